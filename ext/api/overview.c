/*
** swr_overview: the size of an account in a region, `ShowDomainOverview` of SWR's API reference, in
** one row. The name of the member that counts organizations is misspelt there, too.
*/
#include "api/listing.h"

static const struct column columns[] = {
    {.name = "domain_id"},
    {.name = "domain_name"},
    {.name = "namspace_num", .kind = COLUMN_INTEGER},
    {.name = "repo_num", .kind = COLUMN_INTEGER},
    {.name = "image_num", .kind = COLUMN_INTEGER},
    {.name = "store_space", .kind = COLUMN_REAL},
    {.name = "downflow_size", .kind = COLUMN_REAL},
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
