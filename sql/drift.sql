-- Drift: which tags are missing in the target region, or are another image there?
-- Only what was pushed since the rule was made is expected in the target.
-- image IN and region IN are one scan side by side; (region, image) IN would be one a pair.
WITH rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace, createdAt,
         remoteNamespace || '/' || repoName AS copy
    FROM swr_sync_rule),
source AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, digest, updated
    FROM swr_tag
   WHERE image IN (SELECT image FROM rule) AND region IN (SELECT region FROM rule)),
target AS MATERIALIZED (
  SELECT DISTINCT region, image, tag, digest, updated
    FROM swr_tag
   WHERE image IN (SELECT copy FROM rule) AND region IN (SELECT remoteRegionId FROM rule))
SELECT rule.region, rule.image, source.tag, remoteRegionId, remoteNamespace,
       CASE WHEN target.tag IS NULL THEN 'missing' ELSE 'different' END AS state,
       source.updated AS source_pushed, target.updated AS target_pushed
  FROM rule JOIN source USING (region, image)
  LEFT JOIN target ON target.region = remoteRegionId AND target.image = copy
                  AND target.tag = source.tag
 WHERE target.digest IS NOT source.digest AND source.updated >= rule.createdAt
 ORDER BY 1, 2, 4, 5, 3;
