-- Which rules do nothing: no successful job for 30 days, although the repository was pushed to?
-- Parameters: :now (the present), :since ('-30 days').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since),
rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace FROM swr_sync_rule),
repo AS MATERIALIZED (
  SELECT DISTINCT region, image, updated_at FROM swr_repo),
ok AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param) AND status IN ('success', 'existed')
     AND image IN (SELECT image FROM rule))
SELECT region, image, remoteRegionId, remoteNamespace, updated_at AS pushed
  FROM rule JOIN repo USING (region, image)
 WHERE updated_at >= (SELECT since FROM param)
   AND NOT EXISTS (SELECT 1 FROM ok
                    WHERE ok.region = rule.region AND ok.image = rule.image
                      AND ok.remoteRegionId = rule.remoteRegionId
                      AND ok.remoteNamespace = rule.remoteNamespace)
 ORDER BY updated_at DESC, image, remoteRegionId, remoteNamespace;
