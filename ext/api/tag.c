/*
** swr_tag: the tags of a repository, `ListRepositoryTags` of SWR's API reference.
**
** A tag that is pushed moves to the end of the order by time, where reading gets to it later.
*/
#include "api/listing.h"

enum { UPDATED = 12 };

static const struct column columns[] = {
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "repo_id", .kind = COLUMN_INTEGER},
    {.name = "tag", .member = "Tag", .also = "tag"},
    {.name = "image_id"},
    {.name = "manifest", .flags = COLUMN_LARGE | COLUMN_JSON_TEXT},
    {.name = "digest"},
    {.name = "schema", .kind = COLUMN_INTEGER},
    {.name = "path"},
    {.name = "internal_path"},
    {.name = "size", .kind = COLUMN_INTEGER},
    {.name = "is_trusted", .kind = COLUMN_BOOLEAN},
    {.name = "created", .flags = COLUMN_TIME},
    {.name = "updated", .flags = COLUMN_TIME},
    {.name = "deleted", .flags = COLUMN_TIME},
    {.name = "domain_id"},
    {.name = "scanned", .kind = COLUMN_BOOLEAN},
    {.name = "tag_type", .kind = COLUMN_INTEGER},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
    {.name = "namespace", .key = PLACE_NAMESPACE, .flags = COLUMN_HIDDEN},
    {.name = "repoName", .key = PLACE_REPOSITORY, .flags = COLUMN_HIDDEN},
    {.name = "image", .key = PLACE_IMAGE, .flags = COLUMN_HIDDEN},
};

const struct listing tag_listing = {
    .table = "swr_tag",
    .noun = "tags",
    .records = "tags",
    .record = "tag",
    .path = "/v2/manage/namespaces/{namespace}/repos/{repository}/tags",
    .filter = "limit::{limit}|offset::{offset}|order_column::{order}",
    .required = PLACE_REGION | PLACE_NAMESPACE | PLACE_REPOSITORY,
    .found_by = &repo_listing,
    .paged = true,
    .aligned = true,
    .limit_max = 1000,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .orders = {{.column = UPDATED, .words = "updated_at|order_type::asc", .growth = GROWS_ANYWHERE},
               {.column = UPDATED,
                .descending = true,
                .words = "updated_at|order_type::desc",
                .growth = GROWS_ANYWHERE}},
    .order_count = 2,
};
