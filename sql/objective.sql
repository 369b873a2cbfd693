-- What share of the jobs was done within ten minutes, by day? (An objective would be 99 %.)
-- Parameters: :now (the present), :since ('-30 days'), :minutes (10).
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since,
         coalesce(:minutes, 10) AS minutes)
SELECT date(createdAt) AS day, count(*) AS jobs,
       round(100.0 * avg(status IN ('success', 'existed')
                         AND (julianday(updatedAt) - julianday(createdAt)) * 1440
                             <= (SELECT minutes FROM param)), 2) AS percent_in_time
  FROM swr_sync_job
 WHERE createdAt >= (SELECT since FROM param)
 GROUP BY day
 ORDER BY day;
