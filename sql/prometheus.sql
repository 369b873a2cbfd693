-- Numbers of the last day for Prometheus, for its node exporter's textfile collector.
-- Parameters: :now (the present), :since ('-1 day').
--   sqlite3 -cmd '.load build/swr_sync_job' :memory: '.read sql/prometheus.sql' > swr.prom
-- Labels are quoted as in JSON: a backslash before quotes and backslashes, \n for a line break.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-1 day')) AS since),
counts AS (
  SELECT region, namespace, remoteRegionId, remoteNamespace, status, count(*) AS jobs
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param)
   GROUP BY region, namespace, remoteRegionId, remoteNamespace, status)
SELECT '# HELP swr_sync_jobs Image sync jobs created in the period, by present status.' AS line
 UNION ALL
SELECT '# TYPE swr_sync_jobs gauge'
 UNION ALL
SELECT 'swr_sync_jobs{region=' || json_quote(region) || ',namespace=' || json_quote(namespace) ||
       ',target_region=' || json_quote(coalesce(remoteRegionId, '')) ||
       ',target_namespace=' || json_quote(coalesce(remoteNamespace, '')) ||
       ',status=' || json_quote(coalesce(status, '')) || '} ' || jobs
  FROM counts;
