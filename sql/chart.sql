-- A bar chart of the last 30 days, in text: # went well, x failed.
-- Parameter: :now (the present).
WITH RECURSIVE param AS (
  SELECT date(coalesce(:now, 'now')) AS today, date(coalesce(:now, 'now'), '-29 days') AS since),
days(day) AS (
  SELECT since FROM param
   UNION ALL
  SELECT date(day, '+1 day') FROM days WHERE day < (SELECT today FROM param)),
counts AS MATERIALIZED (
  SELECT date(createdAt) AS day, count(*) AS jobs, sum(status IN ('failed', 'timeout')) AS failed
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param)
   GROUP BY 1),
bars AS (
  SELECT day, coalesce(jobs, 0) AS jobs, coalesce(failed, 0) AS failed,
         50.0 / (SELECT max(max(jobs), 1) FROM counts) AS scale
    FROM days LEFT JOIN counts USING (day))
SELECT day, jobs, failed,
       substr('##################################################', 1,
              CAST((jobs - failed) * scale AS INTEGER)) ||
       substr('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 1,
              CAST(failed * scale + 0.99 AS INTEGER)) AS chart
  FROM bars
 ORDER BY day;
