-- When, and to which region, do replications fail?
-- Parameters: :now (the present), :since ('-2 days').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-2 days')) AS since)
SELECT remoteRegionId, strftime('%Y-%m-%d %H:00', createdAt) AS hour, count(*) AS jobs,
       sum(status IN ('failed', 'timeout')) AS failed,
       round(100.0 * sum(status IN ('failed', 'timeout')) / count(*), 1) AS percent
  FROM swr_sync_job
 WHERE createdAt >= (SELECT since FROM param)
 GROUP BY remoteRegionId, hour
HAVING failed > 0
 ORDER BY hour DESC, failed DESC, remoteRegionId;
