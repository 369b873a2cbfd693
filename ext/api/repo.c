/*
** swr_repo: the repositories of an account, `ListReposDetails` of SWR's API reference.
**
** The service searches for names, so that what comes is checked here. By name the list is steady: a
** push moves a repository to another place of the order by time.
*/
#include "api/listing.h"

enum { NAME = 0, UPDATED_AT = 8 };

static const struct column columns[] = {
    {.name = "name", .key = PLACE_REPOSITORY, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "category"},
    {.name = "description"},
    {.name = "size", .kind = COLUMN_INTEGER},
    {.name = "is_public", .kind = COLUMN_BOOLEAN},
    {.name = "num_images", .kind = COLUMN_INTEGER},
    {.name = "num_download", .kind = COLUMN_INTEGER},
    {.name = "created_at", .flags = COLUMN_TIME},
    {.name = "updated_at", .flags = COLUMN_TIME},
    {.name = "logo"},
    {.name = "url"},
    {.name = "path"},
    {.name = "internal_path"},
    {.name = "domain_name"},
    {.name = "namespace", .key = PLACE_NAMESPACE, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "tags", .kind = COLUMN_JSON},
    {.name = "status", .kind = COLUMN_BOOLEAN, .flags = COLUMN_LENIENT},
    {.name = "total_range", .kind = COLUMN_INTEGER},
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
    {.name = "repoName", .key = PLACE_REPOSITORY, .flags = COLUMN_HIDDEN},
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
