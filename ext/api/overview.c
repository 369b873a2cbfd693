/*
** swr_overview: the size of an account in a region, `ShowDomainOverview` of SWR's API reference, in
** one row. The name of the member that counts organizations is misspelt there, too.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* the account's id */
    {.name = "domain_id"},
    /* the account's name */
    {.name = "domain_name"},
    /* organizations, spelt as the API does */
    {.name = "namspace_num", .kind = COLUMN_INTEGER},
    /* repositories */
    {.name = "repo_num", .kind = COLUMN_INTEGER},
    /* images */
    {.name = "image_num", .kind = COLUMN_INTEGER},
    /* what they take; the unit is nowhere said */
    {.name = "store_space", .kind = COLUMN_REAL},
    /* what was pulled; the unit is nowhere said */
    {.name = "downflow_size", .kind = COLUMN_REAL},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing overview_listing = {
    .table = "swr_overview",
    .noun = "overviews",
    .records = "overviews",
    .record = "overview",
    .path = "/v2/manage/overview",
    .required = PLACE_REGION,
    .single = true,
    .limit_max = 1,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
