-- Write the commands that start the failed replications again, ready to paste into a POSIX shell.
-- Parameters: :now (the present), :since ('-1 day').
-- Every value stands in single quotes, and a quote within it is written '\''.
WITH param AS (
  SELECT datetime(coalesce(:now, 'now'), coalesce(:since, '-1 day')) AS since),
ended AS (
  SELECT *, region,
         row_number() OVER (PARTITION BY region, namespace, repoName, tag, remoteRegionId,
                                         remoteNamespace
                            ORDER BY createdAt DESC, id DESC) AS nth
    FROM swr_sync_job
   WHERE createdAt >= (SELECT since FROM param)),
failed AS (
  SELECT *, row_number() OVER (PARTITION BY region, namespace, repoName, remoteRegionId,
                                            remoteNamespace, override
                               ORDER BY tag) AS number
    FROM ended
   WHERE nth = 1 AND status IN ('failed', 'timeout')),
quoted AS (
  SELECT '''' || replace(region, '''', '''\''''') || '''' AS region,
         '''' || replace(namespace, '''', '''\''''') || '''' AS namespace,
         '''' || replace(replace(repoName, '/', '$'), '''', '''\''''') || '''' AS repository,
         '''' || replace(remoteRegionId, '''', '''\''''') || '''' AS remote_region,
         '''' || replace(remoteNamespace, '''', '''\''''') || '''' AS remote_namespace,
         CASE override WHEN 1 THEN 'true' ELSE 'false' END AS override,
         '--imageTag.' || number || '=''' || replace(tag, '''', '''\''''') || '''' AS tag
    FROM failed
   ORDER BY namespace, repoName, remoteRegionId, remoteNamespace, override, number)
SELECT 'hcloud SWR CreateManualImageSyncRepo --cli-region=' || region ||
       ' --namespace=' || namespace || ' --repository=' || repository ||
       ' --remoteRegionId=' || remote_region || ' --remoteNamespace=' || remote_namespace ||
       ' --override=' || override || ' ' || group_concat(tag, ' ') AS command
  FROM quoted
 GROUP BY region, namespace, repository, remote_region, remote_namespace, override
 ORDER BY command;
