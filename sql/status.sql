-- How did the last day go, in one line for each status?
-- Parameters: :now (the present), :since ('-1 day').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-1 day')) AS since)
SELECT status, count(*) AS jobs, count(DISTINCT image) AS repositories, max(createdAt) AS latest
  FROM swr_sync_job
 WHERE createdAt >= (SELECT since FROM param)
 GROUP BY status
 ORDER BY jobs DESC, status;
