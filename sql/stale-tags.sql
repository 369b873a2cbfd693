-- Where does a tag that moved (latest, say) silently stay old in the target?
-- Parameters: :now (the present), :since ('-30 days').
-- 'existed' without override means that nothing was copied; the digests tell whether it matters.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-30 days')) AS since),
skipped AS MATERIALIZED (
  SELECT region, image, tag, remoteRegionId, remoteNamespace,
         remoteNamespace || '/' || repoName AS copy, max(createdAt) AS latest
    FROM swr_sync_job
   WHERE status = 'existed' AND override = 0 AND createdAt >= (SELECT since FROM param)
   GROUP BY region, image, tag, remoteRegionId, remoteNamespace),
source AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, digest
    FROM swr_tag
   WHERE image IN (SELECT image FROM skipped) AND region IN (SELECT region FROM skipped)),
target AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, digest, updated
    FROM swr_tag
   WHERE image IN (SELECT copy FROM skipped)
     AND region IN (SELECT remoteRegionId FROM skipped))
SELECT skipped.region, skipped.image, skipped.tag, remoteRegionId, remoteNamespace,
       latest AS skipped, target.updated AS target_pushed
  FROM skipped JOIN source USING (region, image, tag)
  JOIN target ON target.region = remoteRegionId AND target.image = copy
             AND target.tag = skipped.tag
 WHERE target.digest <> source.digest
 ORDER BY 1, 2, 3, 4, 5;
