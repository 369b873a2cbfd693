/*
** The tables that there are, a line a table. Included wherever LISTING says what a line is to be.
*/
LISTING(sync_job_listing)
LISTING(namespace_listing)
LISTING(repo_listing)
LISTING(tag_listing)
LISTING(sync_rule_listing)
LISTING(sync_region_listing)
LISTING(overview_listing)
LISTING(feature_listing)
LISTING(retention_log_listing)
