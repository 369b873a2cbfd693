/*
** swr_namespace: the organizations of an account, `ListNamespaces` of SWR's API reference.
**
** `mode::visible` has those, too, of which the caller may see no more than a repository.
*/
#include "api/listing.h"

static const struct column columns[] = {
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    {.name = "name", .key = PLACE_NAMESPACE},
    {.name = "creator_name"},
    {.name = "auth", .kind = COLUMN_INTEGER},
    {.name = "access_user_count", .kind = COLUMN_INTEGER},
    {.name = "repo_count", .kind = COLUMN_INTEGER},
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
    {.name = "namespace", .key = PLACE_NAMESPACE, .flags = COLUMN_HIDDEN},
};

const struct listing namespace_listing = {
    .table = "swr_namespace",
    .noun = "organizations",
    .records = "organizations",
    .record = "organization",
    .path = "/v2/manage/namespaces",
    .filter = "namespace::{namespace}|mode::visible",
    .envelope = "namespaces",
    .required = PLACE_REGION,
    .narrowing = PLACE_NAMESPACE,
    .limit_max = 1000,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
