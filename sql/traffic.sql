-- How many gigabytes went where in the last week?
-- Parameters: :now (the present), :since ('-7 days').
-- An upper bound: layers that the target had already are not sent. Tags that are gone have no size.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since),
job AS MATERIALIZED (
  SELECT region, image, tag, remoteRegionId
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param) AND status = 'success'),
tags AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, size FROM swr_tag WHERE image IN (SELECT image FROM job))
SELECT region, remoteRegionId, count(*) AS jobs, round(sum(size) / 1e9, 2) AS gigabytes,
       sum(size IS NULL) AS tag_gone
  FROM job LEFT JOIN tags USING (region, image, tag)
 GROUP BY region, remoteRegionId
 ORDER BY gigabytes DESC, remoteRegionId;
