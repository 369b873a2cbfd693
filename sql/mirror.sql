-- Keep a local database of all sync jobs up to date; run it as often as you like, from cron too.
-- Parameters: :now (the present), :margin ('-1 hour', how late a job may come into the list),
-- :patience ('-30 days', how long a job that does not end is followed).
--   sqlite3 -bail -cmd '.load build/swr_sync_job' mirror.db '.read sql/mirror.sql'
--
-- `job` has every job that was ever seen; gone_at says when the service was first found without it.
-- The view `current` is what the service has. A run reads
--   1. of each repository what is newer than its newest job here, less a margin: mostly one page,
--      whose header tells how many jobs there are,
--   2. the jobs that had not ended then, in the same pages where they are not far,
--   3. where that number is another one than here, the oldest job and then, if they still differ,
--      the whole repository.
-- A run is one transaction: killed or refused anywhere, it leaves what the run before left. Two at
-- once do not mix: the second one ends with "database is locked".
--
-- Times keep their collation, so that they compare as in swr_sync_job: `current`, and what compares
-- or sorts times, needs the extension loaded. `job` itself can be read by any SQLite, as can
-- julianday(createdAt); a WITHOUT ROWID table could not, since it needs all of its collations.

CREATE TABLE IF NOT EXISTS job(
  region TEXT NOT NULL, image TEXT NOT NULL, id INTEGER NOT NULL,
  createdAt TEXT COLLATE SWR_TIME, updatedAt TEXT COLLATE SWR_TIME, status TEXT, tag TEXT,
  namespace TEXT, repoName TEXT, remoteRegionId TEXT, remoteNamespace TEXT, override INTEGER,
  domainID TEXT, domainName TEXT, syncOperatorId TEXT, syncOperatorName TEXT,
  seen_at TEXT NOT NULL, gone_at TEXT,
  PRIMARY KEY(region, image, id));
CREATE INDEX IF NOT EXISTS job_not_ended ON job(region, image)
  WHERE gone_at IS NULL AND status NOT IN ('success', 'failed', 'timeout', 'cancel', 'existed');
CREATE INDEX IF NOT EXISTS job_listed ON job(region, image) WHERE gone_at IS NULL;
CREATE TABLE IF NOT EXISTS repository(
  region TEXT NOT NULL, image TEXT NOT NULL, newest TEXT, seen_at TEXT NOT NULL, gone_at TEXT,
  PRIMARY KEY(region, image));
CREATE TABLE IF NOT EXISTS run(region TEXT NOT NULL, ended_at TEXT NOT NULL);
CREATE VIEW IF NOT EXISTS current AS
  SELECT createdAt, domainID, domainName, id, namespace, override, remoteNamespace, remoteRegionId,
         repoName, status, syncOperatorId, syncOperatorName, tag, updatedAt, image, region
    FROM job
   WHERE gone_at IS NULL;

DROP TABLE IF EXISTS temp.this_run;
DROP TABLE IF EXISTS temp.place;
DROP TABLE IF EXISTS temp.found;
DROP TABLE IF EXISTS temp.total;
DROP TABLE IF EXISTS temp.oldest;
DROP TABLE IF EXISTS temp.whole;
DROP VIEW IF EXISTS temp.differing;

BEGIN IMMEDIATE;

CREATE TEMP TABLE this_run AS
SELECT coalesce((SELECT value FROM swr_setting WHERE name = 'region'), '') AS region,
       strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(:now, 'now')) AS now;

CREATE TEMP TABLE place AS
SELECT listed.region, listed.image,
       coalesce(datetime(newest, coalesce(:margin, '-1 hour')), '0001-01-01') AS since,
       coalesce(datetime(newest, coalesce(:patience, '-30 days')), '0001-01-01') AS patience
  FROM (SELECT region, image FROM swr_repo) AS listed LEFT JOIN repository USING (region, image);

-- Jobs that had not ended are read along where that costs no more than a page for each of them.
UPDATE place SET since = open.createdAt
  FROM (SELECT job.image, min(createdAt) AS createdAt, count(*) AS jobs
          FROM place CROSS JOIN job USING (region, image)
         WHERE gone_at IS NULL
           AND status NOT IN ('success', 'failed', 'timeout', 'cancel', 'existed')
           AND createdAt < since AND createdAt >= patience
         GROUP BY job.image) AS open
 WHERE open.image = place.image
   AND (SELECT count(*) FROM job
         WHERE job.region = place.region AND job.image = place.image AND gone_at IS NULL
           AND job.createdAt >= open.createdAt) <= 100 * (1 + open.jobs);

-- 1. A LEFT JOIN whose list announces all of them, so that they travel side by side. The second
-- half counts them at no cost: it asks, in the same statement, for the order that has just been
-- read, and reads no field. Its LIMIT keeps SQLite from dropping that order.
CREATE TEMP TABLE found AS
SELECT listed.*, listed.image, listed.region, NULL AS jobs
  FROM place
  LEFT JOIN swr_sync_job AS listed ON listed.image = place.image AND listed.createdAt >= since
                                  AND listed.image IN (SELECT image FROM place)
 UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       image, region,
       (SELECT count(*)
          FROM (SELECT 1 FROM swr_sync_job AS counted
                 WHERE counted.image = place.image
                 ORDER BY createdAt DESC LIMIT -1))
  FROM place;
CREATE TEMP TABLE total AS SELECT image, jobs FROM found WHERE jobs IS NOT NULL;
DELETE FROM found WHERE id IS NULL;

-- 2. Those that are farther back.
INSERT INTO found
SELECT listed.*, listed.image, listed.region, NULL
  FROM (SELECT job.image, id, createdAt
          FROM place CROSS JOIN job USING (region, image)
         WHERE gone_at IS NULL
           AND status NOT IN ('success', 'failed', 'timeout', 'cancel', 'existed')
           AND createdAt < since AND createdAt >= patience) AS open
 CROSS JOIN swr_sync_job AS listed
    ON listed.image = open.image AND listed.createdAt = open.createdAt AND listed.id = open.id;

INSERT OR REPLACE INTO job
SELECT region, image, id, createdAt, updatedAt, status, tag, namespace, repoName, remoteRegionId,
       remoteNamespace, override, domainID, domainName, syncOperatorId, syncOperatorName,
       (SELECT now FROM this_run), NULL
  FROM found;

UPDATE job SET gone_at = (SELECT now FROM this_run)
 WHERE region = (SELECT region FROM this_run) AND gone_at IS NULL
   AND image NOT IN (SELECT image FROM place);

-- 3.
CREATE TEMP VIEW differing AS
SELECT place.image, coalesce(total.jobs, 0) AS jobs
  FROM place LEFT JOIN total USING (image)
 WHERE coalesce(total.jobs, 0) <> (SELECT count(*) FROM job
                                    WHERE job.region = place.region AND job.image = place.image
                                      AND gone_at IS NULL);

CREATE TEMP TABLE oldest AS
SELECT image, (SELECT createdAt FROM swr_sync_job AS first
                WHERE first.image = differing.image
                ORDER BY createdAt LIMIT 1) AS createdAt
  FROM differing
 WHERE jobs > 0;

UPDATE job SET gone_at = (SELECT now FROM this_run)
 WHERE region = (SELECT region FROM this_run) AND gone_at IS NULL
   AND image IN (SELECT image FROM oldest)
   AND createdAt < (SELECT createdAt FROM oldest WHERE oldest.image = job.image);

CREATE TEMP TABLE whole AS
SELECT *, image, region
  FROM swr_sync_job
 WHERE image IN (SELECT image FROM differing);

UPDATE job SET gone_at = (SELECT now FROM this_run)
 WHERE region = (SELECT region FROM this_run) AND gone_at IS NULL
   AND image IN (SELECT image FROM differing)
   AND (image, id) NOT IN (SELECT image, id FROM whole);

INSERT OR REPLACE INTO job
SELECT region, image, id, createdAt, updatedAt, status, tag, namespace, repoName, remoteRegionId,
       remoteNamespace, override, domainID, domainName, syncOperatorId, syncOperatorName,
       (SELECT now FROM this_run), NULL
  FROM whole;

-- What the next run begins with. A time of tomorrow, or none at all, would hide what comes today.
INSERT OR REPLACE INTO repository
SELECT region, image,
       (SELECT newest
          FROM (SELECT createdAt AS newest FROM found
                 WHERE found.image = place.image AND found.region = place.region
                   AND createdAt COLLATE SWR_TIME < datetime('now', '+1 day')
                 UNION ALL
                SELECT newest FROM repository AS known
                 WHERE known.image = place.image AND known.region = place.region)
         WHERE datetime(newest) IS NOT NULL
         ORDER BY newest COLLATE SWR_TIME DESC LIMIT 1),
       (SELECT now FROM this_run), NULL
  FROM place;
UPDATE repository SET newest = NULL, gone_at = (SELECT now FROM this_run)
 WHERE region = (SELECT region FROM this_run) AND gone_at IS NULL
   AND image NOT IN (SELECT image FROM place);
INSERT INTO run SELECT region, now FROM this_run;
DELETE FROM run WHERE rowid <= (SELECT max(rowid) FROM run) - 1000;

COMMIT;
