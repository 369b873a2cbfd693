/*
** swr_retention_log: the tags that rules of retention have removed from a repository,
** `ListRetentionHistories` of SWR's API reference. The records name their place by other names than
** those of jobs do, and need not agree with it.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* when the tag was removed */
    {.name = "created_at", .flags = COLUMN_TIME},
    /* the entry's number */
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* the organization */
    {.name = "namespace", .key = PLACE_NAMESPACE},
    /* the repository, as the API calls it */
    {.name = "repo"},
    /* the rule's number */
    {.name = "retention_id", .kind = COLUMN_INTEGER},
    /* the rule, as JSON */
    {.name = "rule_type", .flags = COLUMN_JSON_TEXT},
    /* the tag */
    {.name = "tag"},
    /* the repository */
    {.name = "repoName", .key = PLACE_REPOSITORY, .flags = COLUMN_HIDDEN},
    /* namespace || '/' || repoName */
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing retention_log_listing = {
    .table = "swr_retention_log",
    .noun = "retention logs",
    .records = "entries",
    .record = "entry",
    .path = "/v2/manage/namespaces/{namespace}/repos/{repository}/retentions/histories",
    .filter = "limit::{limit}|offset::{offset}",
    .envelope = "retention_log",
    .required = PLACE_REGION | PLACE_NAMESPACE | PLACE_REPOSITORY,
    .found_by = &repo_listing,
    .paged = true,
    .aligned = true,
    .limit_max = 100,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
