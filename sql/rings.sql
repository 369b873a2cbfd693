-- Do two rules form a ring: A to B, and B back to A?
-- The regions that rules go to are asked for theirs.
WITH rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace || '/' || repoName AS copy
    FROM swr_sync_rule),
back AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace || '/' || repoName AS copy
    FROM swr_sync_rule
   WHERE image IN (SELECT copy FROM rule) AND region IN (SELECT remoteRegionId FROM rule))
SELECT rule.region, rule.image, back.region AS back_from, back.image AS back_image
  FROM rule JOIN back ON back.region = rule.remoteRegionId AND back.image = rule.copy
                     AND back.remoteRegionId = rule.region AND back.copy = rule.image
 ORDER BY 1, 2, 3, 4;
