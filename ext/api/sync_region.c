/*
** swr_sync_region: the regions that images can be replicated to, `ListSyncRegions` of SWR's API
** reference. Not every region has the list, and a record need not say any of its fields, so that
** its number in the answer is part of the key.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* a region that can be replicated to */
    {.name = "regionID"},
    /* its registry */
    {.name = "registryURL"},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
    /* its place in the answer */
    {.name = "position",
     .flags = COLUMN_HIDDEN | COLUMN_NOT_NULL | COLUMN_ORDINAL,
     .kind = COLUMN_INTEGER},
};

const struct listing sync_region_listing = {
    .table = "swr_sync_region",
    .noun = "sync regions",
    .records = "regions",
    .record = "region",
    .path = "/v2/manage/regions",
    .required = PLACE_REGION,
    .regional = true,
    .limit_max = 1000,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
