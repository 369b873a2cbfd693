/*
** swr_repo: the repositories of an account, `ListReposDetails` of SWR's API reference.
**
** The service searches for names, so that what comes is checked here. By name the list is steady: a
** push moves a repository to another place of the order by time.
*/
#include "api/listing.h"

enum { NAME = 0, UPDATED_AT = 8 };

static const struct column columns[] = {
    /* the repository */
    {.name = "name", .key = PLACE_REPOSITORY, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* what kind of software it is */
    {.name = "category"},
    /* free text */
    {.name = "description"},
    /* bytes */
    {.name = "size", .kind = COLUMN_INTEGER},
    /* 1: anybody may pull */
    {.name = "is_public", .kind = COLUMN_BOOLEAN},
    /* how many tags it has; 0 does not mean that it has no jobs */
    {.name = "num_images", .kind = COLUMN_INTEGER},
    /* how often it was pulled */
    {.name = "num_download", .kind = COLUMN_INTEGER},
    /* when it was made */
    {.name = "created_at", .flags = COLUMN_TIME},
    /* the last push */
    {.name = "updated_at", .flags = COLUMN_TIME},
    /* not used */
    {.name = "logo"},
    /* not used */
    {.name = "url"},
    /* what docker pull takes */
    {.name = "path"},
    /* the same within the cloud */
    {.name = "internal_path"},
    /* the account's name */
    {.name = "domain_name"},
    /* the organization */
    {.name = "namespace", .key = PLACE_NAMESPACE, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* names of its tags, a JSON array */
    {.name = "tags", .kind = COLUMN_JSON},
    /* of shared repositories alone */
    {.name = "status", .kind = COLUMN_BOOLEAN, .flags = COLUMN_LENIENT},
    /* how many repositories the service has found */
    {.name = "total_range", .kind = COLUMN_INTEGER},
    /* namespace || '/' || name */
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    /* the same as name, for joins */
    {.name = "repoName", .key = PLACE_REPOSITORY, .flags = COLUMN_HIDDEN},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing repo_listing = {
    .table = "swr_repo",
    .noun = "repositories",
    .records = "repositories",
    .record = "repository",
    .path = "/v2/manage/repos",
    .filter =
        "namespace::{namespace}|name::{repository}|limit::{limit}|offset::{offset}"
        "|order_column::{order}",
    .required = PLACE_REGION,
    .narrowing = PLACE_NAMESPACE | PLACE_REPOSITORY,
    .paged = true,
    .aligned = true,
    .limit_max = 1000,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .orders = {{.column = NAME, .words = "name|order_type::asc", .growth = GROWS_ANYWHERE},
               {.column = UPDATED_AT,
                .words = "updated_time|order_type::asc",
                .growth = GROWS_ANYWHERE},
               {.column = UPDATED_AT,
                .descending = true,
                .words = "updated_time|order_type::desc",
                .growth = GROWS_ANYWHERE}},
    .order_count = 3,
};
