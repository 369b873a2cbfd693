-- How well is each organization covered by rules?
WITH rule AS MATERIALIZED (
  SELECT region, image, count(*) AS rules FROM swr_sync_rule GROUP BY region, image)
SELECT repo.region, namespace, count(*) AS repositories, count(rule.image) AS replicated,
       coalesce(sum(rules), 0) AS rules, round(100.0 * count(rule.image) / count(*)) AS percent
  FROM swr_repo AS repo LEFT JOIN rule USING (region, image)
 GROUP BY repo.region, namespace
 ORDER BY percent, namespace;
