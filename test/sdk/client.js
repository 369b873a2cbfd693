// The SDK's client, page by page, and SQL: both ask the emulator, with the same access key.
"use strict";

const { spawnSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { BasicCredentials } = require("@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials");
const { SwrClient } = require("@huaweicloud/huaweicloud-sdk-swr/v2/SwrClient");

// The emulator's defaults, and a security token that it is told to want.
const ACCESS_KEY = "emulator-access-key-01";
const SECRET_KEY = "emulator-secret-key-0123456789";
const SECURITY_TOKEN = "STEMULATOR0123456789+/=";
const PROJECT_ID = "0123456789abcdef0123456789abcdef";

const COLUMNS = [
  "createdAt", "domainID", "domainName", "id", "namespace", "override", "remoteNamespace",
  "remoteRegionId", "repoName", "status", "syncOperatorId", "syncOperatorName", "tag", "updatedAt",
];

// Repositories and how many jobs of each; the page sizes that each is read by.
const LISTINGS = [
  ["test/testrepo", 1, [1, 7, 100]],
  ["group/empty", 0, [1, 7, 100]],
  ["group/hundred", 100, [1, 7, 100]],
  ["dev--ops/runner--pool", 12, [1, 7, 100]],
  ["team-a.b_c/x.y_z-0/deep", 37, [1, 7, 100]],
  ["platform/base/debian", 320, [1, 7, 100]],
  ["group/busybox", 1000, [7, 100]],
];

function split(image) {
  const slash = image.indexOf("/");
  return { namespace: image.slice(0, slash), repository: image.slice(slash + 1) };
}

function makeClient(endpoint, securityToken) {
  const credentials = new BasicCredentials()
    .withAk(ACCESS_KEY)
    .withSk(SECRET_KEY)
    .withProjectId(PROJECT_ID);
  if (securityToken) credentials.withSecurityToken(securityToken);
  return SwrClient.newBuilder().withCredential(credentials).withEndpoint(endpoint).build();
}

/** One page as the SDK gives it: the records, and the total of its Content-Range. */
async function askSdk(client, image, filter) {
  const { namespace, repository } = split(image);
  const page = await client.showSyncJob({ namespace, repository: repository.replaceAll("/", "$"), filter });
  return { records: [...page], total: Number(page["Content-Range"].split("/")[1]) };
}

/** All pages, until one is not full. */
async function listBySdk(client, image, size, order) {
  const records = [];
  for (;;) {
    const page = await askSdk(client, image, `limit::${size}|offset::${records.length}|order::${order}`);
    records.push(...page.records);
    if (page.records.length < size) return { records, total: page.total };
  }
}

/** What a record is as a row: the names and repository that were asked, null for what is missing, 0 or 1. */
function row(image, record) {
  const { namespace, repository } = split(image);
  return COLUMNS.map((column) => {
    if (column === "namespace") return namespace;
    if (column === "repoName") return repository;
    const value = record[column] ?? null;
    return typeof value === "boolean" ? Number(value) : value;
  });
}

class Sql {
  constructor(build, endpoint) {
    this.extension = `${build}/swr_sync_job`;
    const { HW_AUTH_TOKEN, ...environment } = process.env;
    this.environment = {
      ...environment, SWR_ENDPOINT: endpoint, HW_ACCESS_KEY: ACCESS_KEY, HW_SECRET_KEY: SECRET_KEY,
    };
  }

  ask(sql, settings = {}) {
    const run = spawnSync("sqlite3", ["-json", "-cmd", `.load ${this.extension}`, ":memory:", sql], {
      encoding: "utf8", env: { ...this.environment, ...settings }, maxBuffer: 1 << 28,
    });
    if (run.error || run.status !== 0) throw new Error(`${sql}: ${run.error ?? run.stderr}`);
    return run.stdout.trim() ? JSON.parse(run.stdout) : [];
  }
}

/** The URIs that the emulator has logged from a place in its log on. */
function requestsSince(place) {
  return log().slice(place).split("\n").filter(Boolean).map((line) => line.split("\t")[2]);
}

function log() {
  return readFileSync(process.env.SWR_REQUEST_LOG, "utf8");
}

async function compareListing(tally, client, sql, image, count, size, order) {
  const name = `${image}, page size ${size}, ${order}`;
  const columns = COLUMNS.join(", ");
  const theirs = await listBySdk(client, image, size, order);
  const ours = sql.ask(
    `SELECT ${columns} FROM swr_sync_job WHERE image = '${image}' ORDER BY createdAt ${order}`,
    { SWR_PAGE_SIZE: String(size) },
  );

  tally.equal(`${name}: all jobs`, count, theirs.records.length);
  tally.equal(`${name}: rows`, theirs.records.length, ours.length);
  theirs.records.forEach((record, i) => {
    const mine = ours[i] && COLUMNS.map((column) => ours[i][column]);
    tally.equal(`${name}, row ${i}`, row(image, record), mine);
    tally.equal(`${name}, row ${i}, namespace`, split(image).namespace, record.namespace);
  });
  tally.equal(
    `${name}: count`,
    theirs.total,
    sql.ask(`SELECT count(*) AS n FROM swr_sync_job WHERE image = '${image}'`)[0].n,
  );
}

/** One page by LIMIT and OFFSET: both send the same request, byte by byte. */
async function compareRequest(tally, client, sql, image, size, page, order) {
  const place = log().length;
  const limited = sql.ask(
    `SELECT id FROM swr_sync_job WHERE image = '${image}' ORDER BY createdAt ${order}
      LIMIT ${size} OFFSET ${page * size}`,
    { SWR_PAGE_SIZE: String(size) },
  );
  const [ours] = requestsSince(place);
  const filter = new URL(ours, "http://127.0.0.1").searchParams.get("filter");
  const between = log().length;
  const theirs = await askSdk(client, image, filter);
  const name = `${image}, page ${page} of ${size}, ${order}`;

  tally.equal(`${name}: request`, requestsSince(between)[0], ours);
  tally.equal(`${name}: page`, theirs.records.map((record) => record.id), limited.map((job) => job.id));
}

async function withSecurityToken(tally, sql, endpoint) {
  const image = "platform/base/debian";
  const set = (token) =>
    fetch(`${endpoint}/emulator/set?security-token=${encodeURIComponent(token)}`, { method: "POST" });

  await set(SECURITY_TOKEN);
  const client = makeClient(endpoint, SECURITY_TOKEN);
  const theirs = await askSdk(client, image, "limit::20|offset::40|order::desc");
  const ours = sql.ask(
    `SELECT id FROM swr_sync_job WHERE image = '${image}' ORDER BY createdAt DESC LIMIT 20 OFFSET 40`,
    { HW_SECURITY_TOKEN: SECURITY_TOKEN },
  );
  await set("");
  tally.equal("with a security token", theirs.records.map((record) => record.id), ours.map((job) => job.id));
}

async function compareClients(tally, build) {
  const endpoint = process.env.SWR_ENDPOINT;
  const client = makeClient(endpoint);
  const sql = new Sql(build, endpoint);
  let listings = 0;

  for (const [image, count, sizes] of LISTINGS) {
    for (const size of sizes) {
      for (const order of ["asc", "desc"]) {
        await compareListing(tally, client, sql, image, count, size, order);
        listings++;
      }
    }
    for (const page of [0, 3]) {
      if (page * 7 < count) await compareRequest(tally, client, sql, image, 7, page, page ? "asc" : "desc");
    }
  }
  await withSecurityToken(tally, sql, endpoint);
  const refused = log().split("\n").filter((line) => /^(4|5)/.test(line) || /authorization=invalid/.test(line));
  tally.equal("requests that the emulator refused", [], refused);
  console.log(`clients: ${listings} listings, ${log().split("\n").length - 1} requests`);
}

module.exports = { compareClients };
