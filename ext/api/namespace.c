/*
** swr_namespace: the organizations of an account, `ListNamespaces` of SWR's API reference.
**
** `mode::visible` has those, too, of which the caller may see no more than a repository.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* its number in the region */
    {.name = "id", .kind = COLUMN_INTEGER, .flags = COLUMN_IDENTITY | COLUMN_NOT_NULL},
    /* the organization */
    {.name = "name", .key = PLACE_NAMESPACE},
    /* the IAM user who made it */
    {.name = "creator_name"},
    /* what you may do: 7 manage, 3 edit, 1 read */
    {.name = "auth", .kind = COLUMN_INTEGER},
    /* how many users may use it */
    {.name = "access_user_count", .kind = COLUMN_INTEGER},
    /* how many repositories it has */
    {.name = "repo_count", .kind = COLUMN_INTEGER},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
    /* the same as name, for joins */
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
