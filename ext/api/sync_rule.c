/*
** swr_sync_rule: the rules by which a repository is replicated, `ListImageAutoSyncReposDetails` of
** SWR's API reference. The service lists those that replicate by themselves, and 100 at most.
*/
#include "api/listing.h"

static const struct column columns[] = {
    {.name = "createdAt", .flags = COLUMN_TIME},
    {.name = "updatedAt", .flags = COLUMN_TIME},
    {.name = "domainID"},
    {.name = "domainName"},
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "namespace", .key = PLACE_NAMESPACE},
    {.name = "override", .kind = COLUMN_BOOLEAN},
    {.name = "remoteNamespace"},
    {.name = "remoteRegionId"},
    {.name = "repoName", .key = PLACE_REPOSITORY},
    {.name = "syncAuto", .kind = COLUMN_BOOLEAN},
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing sync_rule_listing = {
    .table = "swr_sync_rule",
    .noun = "sync rules",
    .records = "rules",
    .record = "rule",
    .path = "/v2/manage/namespaces/{namespace}/repos/{repository}/sync_repo",
    .required = PLACE_REGION | PLACE_NAMESPACE | PLACE_REPOSITORY,
    .found_by = &repo_listing,
    .limit_max = 100,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
