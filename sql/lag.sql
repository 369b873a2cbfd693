-- Recovery point: how many seconds after its push did each tag arrive in the target? Worst first.
-- Parameters: :now (the present), :since ('-7 days').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since),
ok AS MATERIALIZED (
  SELECT region, image, tag, remoteRegionId, remoteNamespace, createdAt, updatedAt
    FROM swr_sync_job
   WHERE status = 'success' AND createdAt >= (SELECT since FROM param)),
pushed AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, updated FROM swr_tag WHERE image IN (SELECT image FROM ok))
SELECT region, image, tag, remoteRegionId, remoteNamespace, updated AS pushed,
       min(updatedAt) AS arrived,
       round((julianday(min(updatedAt)) - julianday(updated)) * 86400) AS seconds
  FROM pushed JOIN ok USING (region, image, tag)
 WHERE createdAt >= updated
 GROUP BY region, image, tag, remoteRegionId, remoteNamespace
 ORDER BY seconds DESC, image, tag, remoteRegionId, remoteNamespace
 LIMIT 20;
