-- Which tags were pushed after their rule was made, and have no successful job since?
-- Parameters: :now (the present), :since ('-30 days'), :patience ('-15 minutes').
-- max() loses the collation of its column, hence COLLATE SWR_TIME.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since,
         datetime(coalesce(:now, 'now'), coalesce(:patience, '-15 minutes')) AS patience),
rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace, createdAt FROM swr_sync_rule),
pushed AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, updated
    FROM swr_tag
   WHERE image IN (SELECT image FROM rule)
     AND updated BETWEEN (SELECT since FROM param) AND (SELECT patience FROM param)),
done AS MATERIALIZED (
  SELECT region, image, tag, remoteRegionId, remoteNamespace,
         max(createdAt) COLLATE SWR_TIME AS latest
    FROM swr_sync_job
   WHERE image IN (SELECT image FROM pushed)
     AND createdAt >= (SELECT since FROM param) AND status IN ('success', 'existed')
   GROUP BY region, image, tag, remoteRegionId, remoteNamespace)
SELECT region, image, tag, updated AS pushed, remoteRegionId, remoteNamespace, latest AS last_job
  FROM rule JOIN pushed USING (region, image)
  LEFT JOIN done USING (region, image, tag, remoteRegionId, remoteNamespace)
 WHERE updated > createdAt AND (latest IS NULL OR latest < datetime(updated, '-1 minute'))
 ORDER BY updated, image, tag, remoteRegionId, remoteNamespace;
