/*
** swr_feature: what SWR can do for a project in a region, `ListFeatureGates` of its API, in one
** row: the gates that are known, of which a region need not tell all.
*/
#include "api/listing.h"

static const struct column columns[] = {
    /* whether images can be replicated */
    {.name = "enable_image_sync", .kind = COLUMN_BOOLEAN},
    /* whether repositories can be listed by cursor */
    {.name = "enable_list_v3", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_customize_validity_period", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_authorization_token", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_image_scan", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_hss_service", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_image_label", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_image_quota", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_cosign_signature", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_sm3", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_cci_service", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_pipeline", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_resource", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_experience", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "enable_enterprise_edition_link", .kind = COLUMN_BOOLEAN},
    /* what its name says: nowhere documented */
    {.name = "swr_util_download_url"},
    /* the region that was asked */
    {.name = "region", .key = PLACE_REGION, .flags = COLUMN_HIDDEN},
};

const struct listing feature_listing = {
    .table = "swr_feature",
    .noun = "features",
    .records = "features",
    .record = "feature",
    .path = "/v2/manage/projects/{project}/feature-gates",
    .required = PLACE_REGION,
    .single = true,
    .of_project = true,
    .limit_max = 1,
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
};
