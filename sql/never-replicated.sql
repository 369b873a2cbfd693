-- Which images that my clusters run were never replicated?
-- Parameter: :inventory, a JSON array of full references; images of other registries do not count.
--   kubectl get pods -A -o json | jq '[.items[].spec.containers[].image] | unique' > images.json
--   .parameter set :inventory "CAST(readfile('images.json') AS TEXT)"
WITH inventory AS MATERIALIZED (
  SELECT DISTINCT swr_image_name(value) AS image, coalesce(swr_image_tag(value), 'latest') AS tag
    FROM json_each(coalesce(:inventory, '[]'))
   WHERE swr_image_name(value) IS NOT NULL),
done AS MATERIALIZED (
  SELECT DISTINCT image, tag
    FROM swr_sync_job
   WHERE image IN (SELECT image FROM inventory) AND status IN ('success', 'existed'))
SELECT image, tag FROM inventory
EXCEPT
SELECT image, tag FROM done
 ORDER BY image, tag;
