/*
** swr_sync_rule: the rules by which a repository is replicated, `ListImageAutoSyncReposDetails` of
** SWR's API reference. The service lists those that replicate by themselves, and 100 at most.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* when the rule was made */
    {.name = "createdAt", .flags = COLUMN_TIME},
    /* when it was changed */
    {.name = "updatedAt", .flags = COLUMN_TIME},
    /* the account's id */
    {.name = "domainID"},
    /* the account's name */
    {.name = "domainName"},
    /* the rule's number */
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* the organization */
    {.name = "namespace", .key = PLACE_NAMESPACE},
    /* 1: an image of that tag in the target is replaced; often NULL */
    {.name = "override", .kind = COLUMN_BOOLEAN},
    /* the organization in the target region; nobody checks that it is there */
    {.name = "remoteNamespace"},
    /* the target region */
    {.name = "remoteRegionId"},
    /* the repository */
    {.name = "repoName", .key = PLACE_REPOSITORY},
    /* 1: it acts by itself */
    {.name = "syncAuto", .kind = COLUMN_BOOLEAN},
    /* namespace || '/' || repoName */
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    /* the region that was asked */
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
