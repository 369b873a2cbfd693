-- TEMP views over the tables, with their hidden columns as ordinary ones: for programs that show what a catalogue
-- lists (.tables, JDBC, DBeaver, SQLAlchemy). Run it once for each connection; it asks nothing of the service.
-- What is pushed down through a table is so through its view. Nothing is stored in the database file.
CREATE TEMP VIEW IF NOT EXISTS swr_sync_jobs AS SELECT *, image, region FROM swr_sync_job;
CREATE TEMP VIEW IF NOT EXISTS swr_repos AS SELECT *, image, repoName, region FROM swr_repo;
CREATE TEMP VIEW IF NOT EXISTS swr_tags AS SELECT *, region, namespace, repoName, image FROM swr_tag;
CREATE TEMP VIEW IF NOT EXISTS swr_sync_rules AS SELECT *, image, region FROM swr_sync_rule;
CREATE TEMP VIEW IF NOT EXISTS swr_namespaces AS SELECT *, region, namespace FROM swr_namespace;
CREATE TEMP VIEW IF NOT EXISTS swr_retention_logs AS SELECT *, repoName, image, region FROM swr_retention_log;
CREATE TEMP VIEW IF NOT EXISTS swr_sync_regions AS SELECT *, region, position FROM swr_sync_region;
CREATE TEMP VIEW IF NOT EXISTS swr_overviews AS SELECT *, region FROM swr_overview;
CREATE TEMP VIEW IF NOT EXISTS swr_features AS SELECT *, region FROM swr_feature;
CREATE TEMP VIEW IF NOT EXISTS swr_requests AS SELECT * FROM swr_request;
CREATE TEMP VIEW IF NOT EXISTS swr_settings AS SELECT * FROM swr_setting;
