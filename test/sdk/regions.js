// The SDK's table of regions, and the endpoints that the extension makes of their names.
"use strict";

const { spawnSync } = require("node:child_process");
const { SwrRegion } = require("@huaweicloud/huaweicloud-sdk-swr/v2/SwrRegion");

const REGIONS_MIN = 27; // of SDK 3.1.128: fewer would mean that the table was not found

// Regions whose endpoint is not the SDK's: { region: [endpoint, why] }. None is known.
const EXCEPTIONS = {};

function compareRegions(tally, build) {
  const regions = Object.keys(SwrRegion.REGION_MAP);
  const { SWR_ENDPOINT, ...env } = process.env; // an endpoint that is set is the endpoint of every region
  const run = spawnSync(`${build}/sdk-endpoint`, regions, { encoding: "utf8", env });
  const endpoints = run.stdout.split("\n");

  tally.equal("regions of the SDK's table", true, regions.length >= REGIONS_MIN);
  regions.forEach((region, i) => {
    const wanted = EXCEPTIONS[region]?.[0] ?? SwrRegion.valueOf(region).endpoints[0];
    tally.equal(`region ${region}`, wanted, endpoints[i]);
  });
  console.log(`regions: ${regions.length} endpoints`);
}

module.exports = { compareRegions };
