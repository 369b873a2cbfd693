/*
** swr_sync_job: the replication (sync) jobs of a repository, `ShowSyncJob` of SWR's API reference.
*/
#include "api/listing.h"

static const struct column columns[] = {
    {.name = "createdAt", .flags = COLUMN_TIME},
    {.name = "domainID"},
    {.name = "domainName"},
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "namespace", .key = PLACE_NAMESPACE},
    {.name = "override", .kind = COLUMN_BOOLEAN},
    {.name = "remoteNamespace"},
    {.name = "remoteRegionId"},
    {.name = "repoName", .key = PLACE_REPOSITORY},
    {.name = "status"},
    {.name = "syncOperatorId"},
    {.name = "syncOperatorName"},
    {.name = "tag", .flags = COLUMN_DISTINCT},
    {.name = "updatedAt", .flags = COLUMN_TIME},
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing sync_job_listing = {
    .table = "swr_sync_job",
    .noun = "sync jobs",
    .records = "jobs",
    .record = "job",
    .path = "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_job",
    .filter = "limit::{limit}|offset::{offset}|order::{order}",
    .required = PLACE_REGION | PLACE_NAMESPACE | PLACE_REPOSITORY,
    .found_by = &repo_listing,
    .paged = true,
    .limit_max = 1000,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .orders = {{.column = 0, .words = "asc", .growth = GROWS_AT_END},
               {.column = 0, .descending = true, .words = "desc", .growth = GROWS_AT_START}},
    .order_count = 2,
};
