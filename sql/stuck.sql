-- What is stuck: waiting or running for more than an hour?
-- Parameters: :now (the present), :since ('-7 days'), :patience ('-1 hour').
WITH param AS (
  SELECT datetime(coalesce(:now, 'now')) AS now,
         datetime(coalesce(:now, 'now'), coalesce(:since, '-7 days')) AS since,
         datetime(coalesce(:now, 'now'), coalesce(:patience, '-1 hour')) AS patience)
SELECT region, image, tag, remoteRegionId, remoteNamespace, status, createdAt,
       round((julianday((SELECT now FROM param)) - julianday(createdAt)) * 24, 1) AS hours
  FROM swr_sync_job
 WHERE status IN ('waiting', 'running')
   AND createdAt BETWEEN (SELECT since FROM param) AND (SELECT patience FROM param)
 ORDER BY createdAt;
