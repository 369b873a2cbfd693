// Counts the jobs of a repository with the official SDK, 8 requests at once:
// node sdk.cjs BASE-URL ROWS; it trusts NODE_EXTRA_CA_CERTS.
//
// The SDK has no paging of its own, so this asks for the pages that there are. Connections are kept
// alive, which older versions of Node do not do by themselves.
'use strict';

const http = require('http');
const https = require('https');
const core = require('@huaweicloud/huaweicloud-sdk-core');
const swr = require('@huaweicloud/huaweicloud-sdk-swr');

const [base, rows] = process.argv.slice(2);

async function main() {
  const keep = { keepAlive: true, maxSockets: 8 };
  const credentials = new core.BasicCredentials()
    .withAk('emulator-access-key-01').withSk('emulator-secret-key-0123456789').withProjectId('0'.repeat(32));
  const client = swr.SwrClient.newBuilder().withCredential(credentials).withEndpoint(base)
    .withOptions({
      axiosRequestConfig: { httpAgent: new http.Agent(keep), httpsAgent: new https.Agent(keep) },
    }).build();
  let next = 0;
  let count = 0;
  async function reader() {
    while (next < Number(rows)) {
      const offset = next;
      next += 100;
      const request = new swr.ShowSyncJobRequest()
        .withContentType(swr.ShowSyncJobRequestContentTypeEnum.APPLICATION_JSON)
        .withNamespace('bench').withRepository('scan')
        .withFilter(`limit::100|offset::${offset}|order::asc`);
      const jobs = await client.showSyncJob(request);
      count += jobs.length;
    }
  }
  await Promise.all(Array.from({ length: 8 }, reader));
  console.log(count);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
