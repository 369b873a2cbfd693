/*
** swr_tag: the tags of a repository, `ListRepositoryTags` of SWR's API reference.
**
** A tag that is pushed moves to the end of the order by time, where reading gets to it later.
*/
#include "api/listing.h"

enum { UPDATED = 12 };

static const struct column columns[] = {
    /* its number in the region */
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* the repository's number */
    {.name = "repo_id", .kind = COLUMN_INTEGER},
    /* the tag */
    {.name = "tag", .member = "Tag", .also = "tag"},
    /* digest of the image's configuration */
    {.name = "image_id"},
    /* JSON, kilobytes */
    {.name = "manifest", .flags = COLUMN_LARGE | COLUMN_JSON_TEXT},
    /* sha256:..., what to compare between regions */
    {.name = "digest"},
    /* of the manifest: 1 or 2 */
    {.name = "schema", .kind = COLUMN_INTEGER},
    /* what docker pull takes */
    {.name = "path"},
    /* the same within the cloud */
    {.name = "internal_path"},
    /* bytes */
    {.name = "size", .kind = COLUMN_INTEGER},
    /* 1: signed */
    {.name = "is_trusted", .kind = COLUMN_BOOLEAN},
    /* the first push */
    {.name = "created", .flags = COLUMN_TIME},
    /* the last push */
    {.name = "updated", .flags = COLUMN_TIME},
    /* when it was removed */
    {.name = "deleted", .flags = COLUMN_TIME},
    /* the account's id */
    {.name = "domain_id"},
    /* 1: scanned for vulnerabilities */
    {.name = "scanned", .kind = COLUMN_BOOLEAN},
    /* 0 an image, 1 a list of images */
    {.name = "tag_type", .kind = COLUMN_INTEGER},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
    /* the organization */
    {.name = "namespace", .key = PLACE_NAMESPACE, .flags = COLUMN_HIDDEN},
    /* the repository */
    {.name = "repoName", .key = PLACE_REPOSITORY, .flags = COLUMN_HIDDEN},
    /* namespace || '/' || repoName */
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
