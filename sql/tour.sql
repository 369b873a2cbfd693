.mode box

-- 1. Which replications failed in the last hours, anywhere in the account? No repository is named:
-- they are listed first, and asked side by side, each from its newest job back to the bound.
SELECT image, count(*) AS failed, count(DISTINCT remoteRegionId) AS targets,
       max(createdAt) AS latest
  FROM swr_sync_job
 WHERE status IN ('failed', 'timeout', 'cancel')
   AND createdAt >= '2025-12-31 12:00'
 GROUP BY image
 ORDER BY failed DESC, image;

-- 2. The latest failures of a repository. ORDER BY and LIMIT travel; status is checked here.
SELECT createdAt, tag, remoteRegionId, status
  FROM swr_sync_job
 WHERE image = 'group/busybox' AND status IN ('failed', 'timeout')
 ORDER BY createdAt DESC
 LIMIT 5;

-- 3. A page in the middle of a long history is one request of ten jobs.
SELECT createdAt, id, tag, status
  FROM swr_sync_job
 WHERE namespace = 'group' AND repoName = 'history'
 ORDER BY createdAt DESC
 LIMIT 10 OFFSET 1000;

-- 4. How many jobs are there? The service tells with the first answer.
SELECT count(*) AS jobs
  FROM swr_sync_job
 WHERE namespace = 'group' AND repoName = 'history';

-- 5. How did the jobs of a repository end?
SELECT status, count(*) AS jobs, max(createdAt) AS latest
  FROM swr_sync_job
 WHERE image = 'group/busybox'
 GROUP BY status
 ORDER BY jobs DESC;

-- 6. Where are jobs stuck: not finished an hour after they were created?
SELECT remoteRegionId, remoteNamespace, count(*) AS stuck, min(createdAt) AS oldest
  FROM swr_sync_job
 WHERE image = 'platform/base/debian'
   AND status IN ('waiting', 'running')
   AND createdAt < datetime('now', '-1 hour')
 GROUP BY remoteRegionId, remoteNamespace
 ORDER BY stuck DESC, oldest;

-- 7. The slowest jobs, in seconds.
SELECT tag, remoteRegionId, status,
       round((julianday(updatedAt) - julianday(createdAt)) * 86400) AS seconds
  FROM swr_sync_job
 WHERE image = 'group/nginx' AND status IN ('success', 'failed', 'timeout')
 ORDER BY seconds DESC
 LIMIT 5;

-- 8. Joined with a table of one's own: which images of the inventory had failures?
CREATE TABLE inventory(image TEXT PRIMARY KEY, owner TEXT);
INSERT INTO inventory VALUES
  ('group/busybox', 'alice'), ('group/nginx', 'bob'), ('platform/base/debian', 'carol'),
  ('group/empty', 'dave');

SELECT i.image, i.owner, count(j.id) AS failed, max(j.createdAt) AS latest
  FROM inventory AS i
  LEFT JOIN swr_sync_job AS j ON j.image = i.image AND j.status = 'failed'
 GROUP BY i.image
 ORDER BY failed DESC;

-- 9. What will a query ask for? EXPLAIN QUERY PLAN shows the request.

EXPLAIN QUERY PLAN
SELECT tag
  FROM swr_sync_job
 WHERE namespace = 'group' AND repoName = 'busybox'
 ORDER BY createdAt DESC
 LIMIT 10;
