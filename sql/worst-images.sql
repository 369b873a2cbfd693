-- Which images fail most?
-- Parameters: :now (the present), :since ('-30 days').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since)
SELECT region, image, remoteRegionId, count(*) AS jobs,
       sum(status IN ('failed', 'timeout')) AS failed,
       round(100.0 * sum(status IN ('failed', 'timeout')) / count(*), 1) AS percent,
       max(createdAt) FILTER (WHERE status = 'success') AS last_success
  FROM swr_sync_job
 WHERE createdAt >= (SELECT since FROM param)
 GROUP BY region, image, remoteRegionId
HAVING failed > 0
 ORDER BY percent DESC, failed DESC, image, remoteRegionId
 LIMIT 10;
