-- Which rules go to an organization that does not exist in the target region?
-- The service accepts such a rule, never runs it, and never says so.
WITH rule AS MATERIALIZED (
  SELECT DISTINCT region, image, remoteRegionId, remoteNamespace, createdAt FROM swr_sync_rule),
organization AS MATERIALIZED (
  SELECT DISTINCT region, name FROM swr_namespace WHERE region IN (SELECT remoteRegionId FROM rule))
SELECT rule.region, image, remoteRegionId, remoteNamespace, createdAt
  FROM rule
  LEFT JOIN organization ON organization.region = remoteRegionId AND name = remoteNamespace
 WHERE name IS NULL
 ORDER BY rule.region, image, remoteRegionId, remoteNamespace;
