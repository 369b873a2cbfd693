-- Which repositories with images are replicated nowhere?
WITH rule AS MATERIALIZED (SELECT DISTINCT region, image FROM swr_sync_rule)
SELECT repo.region, repo.image, num_images, updated_at
  FROM swr_repo AS repo LEFT JOIN rule USING (region, image)
 WHERE num_images > 0 AND rule.image IS NULL
 ORDER BY updated_at DESC, repo.image;
