-- Which replications failed last night, anywhere?
-- Parameters: :now (the present), :since ('-1 day').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-1 day')) AS since)
SELECT region, image, tag, remoteRegionId, remoteNamespace, status, createdAt, syncOperatorName
  FROM swr_sync_job
 WHERE status IN ('failed', 'timeout', 'cancel')
   AND createdAt >= (SELECT since FROM param)
 ORDER BY createdAt DESC;
