-- How many seconds do replications take, by target? Percentiles, slowest target first.
-- Parameters: :now (the present), :since ('-30 days').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since),
job AS (
  SELECT region, remoteRegionId,
         (julianday(updatedAt) - julianday(createdAt)) * 86400 AS seconds
    FROM swr_sync_job
   WHERE status = 'success' AND createdAt >= (SELECT since FROM param)),
ranked AS (
  SELECT *, cume_dist() OVER (PARTITION BY region, remoteRegionId ORDER BY seconds) AS share
    FROM job)
SELECT region, remoteRegionId, count(*) AS jobs,
       round(min(seconds) FILTER (WHERE share >= 0.50)) AS p50,
       round(min(seconds) FILTER (WHERE share >= 0.95)) AS p95,
       round(min(seconds) FILTER (WHERE share >= 0.99)) AS p99, round(max(seconds)) AS longest
  FROM ranked
 GROUP BY region, remoteRegionId
 ORDER BY p95 DESC, remoteRegionId;
