-- Who started what, and is there a rule that explains it?
-- Parameters: :now (the present), :since ('-7 days').
-- A job without a rule was started by hand, or its rule has been deleted since.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since),
rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace FROM swr_sync_rule),
job AS MATERIALIZED (
  SELECT region, image, remoteRegionId, remoteNamespace, status, syncOperatorName
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param))
SELECT syncOperatorName, count(*) AS jobs, count(DISTINCT job.image) AS images,
       sum(status IN ('failed', 'timeout')) AS failed, sum(rule.image IS NULL) AS without_a_rule
  FROM job LEFT JOIN rule USING (region, image, remoteRegionId, remoteNamespace)
 GROUP BY syncOperatorName
 ORDER BY jobs DESC, syncOperatorName;
