-- Which failures are still open: no later success of the same tag to the same target?
-- Parameters: :now (the present), :since ('-7 days').
-- Jobs of one push can have the same time, hence the id as tie-breaker.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since),
ended AS (
  SELECT region, image, tag, remoteRegionId, remoteNamespace, status, createdAt,
         row_number() OVER (PARTITION BY region, image, tag, remoteRegionId, remoteNamespace
                            ORDER BY createdAt DESC, id DESC) AS nth,
         count(*) FILTER (WHERE status IN ('failed', 'timeout'))
           OVER (PARTITION BY region, image, tag, remoteRegionId, remoteNamespace) AS failures
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param) AND status NOT IN ('waiting', 'running'))
SELECT region, image, tag, remoteRegionId, remoteNamespace, status, createdAt, failures
  FROM ended
 WHERE nth = 1 AND status IN ('failed', 'timeout', 'cancel')
 ORDER BY createdAt DESC, image, tag, remoteRegionId, remoteNamespace;
