/*
** swr_sync_job: the replication (sync) jobs of a repository, `ShowSyncJob` of SWR's API reference.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* when the job was created */
    {.name = "createdAt", .flags = COLUMN_TIME},
    /* the account's id */
    {.name = "domainID"},
    /* the account's name */
    {.name = "domainName"},
    /* the job's number */
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* the organization */
    {.name = "namespace", .key = PLACE_NAMESPACE},
    /* 1: an image of that tag in the target is replaced */
    {.name = "override", .kind = COLUMN_BOOLEAN},
    /* the organization in the target region */
    {.name = "remoteNamespace"},
    /* the target region */
    {.name = "remoteRegionId"},
    /* the repository */
    {.name = "repoName", .key = PLACE_REPOSITORY},
    /* waiting, running, success, failed, timeout, cancel or existed; or what comes to be */
    {.name = "status"},
    /* who started it, as an id */
    {.name = "syncOperatorId"},
    /* who started it */
    {.name = "syncOperatorName"},
    /* the image's tag */
    {.name = "tag", .flags = COLUMN_DISTINCT},
    /* its last change: of a job that has ended, its end */
    {.name = "updatedAt", .flags = COLUMN_TIME},
    /* namespace || '/' || repoName */
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    /* the region that was asked; empty where only an endpoint is set */
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
