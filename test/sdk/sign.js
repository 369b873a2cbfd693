// The SDK's signer, the extension's and the emulator's, on random requests.
"use strict";

const { spawnSync } = require("node:child_process");
const url = require("node:url");
const { AKSKSigner } = require("@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner");
const { Requests } = require("./random.js");

// Before it encodes a path, the SDK takes it from Node's old URL parser, which changes some characters
// (it escapes a space or a quotation mark, cuts at a question mark), so that the SDK's own requests to such paths
// have signatures of other paths. No name of the API has these characters. What is compared on such a path is the
// SDK's encoding of the path itself.
class SignerOfExactPaths extends AKSKSigner {
  static CanonicalURI() {
    return super.CanonicalURI(SignerOfExactPaths.path);
  }
}

function signBySdk(request) {
  const endpoint = `https://${request.host}${request.path}`;
  const credential = { getAk: () => request.accessKey, getSk: () => request.secretKey };
  const parameters = new Map();
  for (const [name, value] of request.query) {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  const exact = url.parse(endpoint).pathname === request.path;
  SignerOfExactPaths.path = request.path;
  return (exact ? AKSKSigner : SignerOfExactPaths).sign(
    {
      method: request.method,
      endpoint,
      queryParams: Object.fromEntries(parameters),
      headers: { ...request.headers, host: request.host, "X-Sdk-Date": request.date },
    },
    credential,
  ).Authorization;
}

function sortedHeaders(request) {
  const headers = { ...request.headers, host: request.host, "X-Sdk-Date": request.date };
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value])
    .sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/** Percent-encoded where it must be, and here and there where it need not be. */
function encode(text, kept, random) {
  let out = "";
  for (const character of text) {
    if ((/^[A-Za-z0-9._~-]$/.test(character) || kept.includes(character)) && !random.chance(10)) {
      out += character;
      continue;
    }
    for (const byte of Buffer.from(character)) {
      const hex = byte.toString(16).padStart(2, "0");
      out += `%${random.chance(50) ? hex : hex.toUpperCase()}`;
    }
  }
  return out;
}

/** As it could be sent: parameters in any order, names without their equals sign where they have no value. */
function sentUri(request, random) {
  const path = encode(request.path, "/$:@!,;=+", random);
  const query = request.query.map(([name, value]) => {
    const equals = value === "" && name !== "" && random.chance(50) ? "" : "=";
    return encode(name, ":|$/?", random) + equals + encode(value, ":|$/?=", random);
  });
  return query.length ? `${path}?${query.join("&")}` : path;
}

function lineForExtension(request) {
  const { host, ...rest } = request;
  return JSON.stringify({ ...rest, headers: sortedHeaders(request) });
}

/** Names in other letters and white space around values: what is taken away before signing. */
function lineForEmulator(request, random) {
  const headers = sortedHeaders(request).map(([name, value]) => [
    random.chance(30) ? name.toUpperCase() : name,
    " ".repeat(random.below(3)) + value + random.pick(["", " ", "\t "]),
  ]);
  return JSON.stringify({ ...request, uri: sentUri(request, random), query: [], headers });
}

function signBy(program, lines) {
  const run = spawnSync(program, { input: lines.join("\n") + "\n", encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.error || run.status !== 0) throw new Error(`${program}: ${run.error ?? run.stderr}`);
  return run.stdout.split("\n").slice(0, -1);
}

function compareAll(tally, name, requests, wanted, got, lines) {
  tally.equal(`${name}: lines`, requests.length, got.length);
  requests.forEach((_, i) => tally.equal(`${name}: ${lines[i]}`, wanted[i], got[i]));
}

function compareSigners(tally, build, seed, count) {
  const random = new Requests(seed);
  const single = Array.from({ length: count }, () => random.next(1));
  const several = Array.from({ length: count }, () => random.next(6));
  const exact = [...single, ...several].filter((r) => url.parse(`https://h${r.path}`).pathname === r.path);
  const ofSingle = single.map(signBySdk);
  const ofSeveral = several.map(signBySdk);
  const signature = (authorization) => authorization.replace(/^.*Signature=/s, "");

  let lines = single.map(lineForExtension);
  compareAll(tally, "extension", single, ofSingle, signBy(`${build}/sdk-sign-extension`, lines), lines);

  const all = [...single, ...several];
  lines = all.map((request) => lineForEmulator(request, random));
  const wanted = [...ofSingle, ...ofSeveral].map(signature);
  compareAll(tally, "emulator", all, wanted, signBy(`${build}/sdk-sign-emulator`, lines), lines);
  console.log(
    `signers, seed ${seed}: ${count} requests of the extension and ${all.length} of the emulator; ` +
      `the SDK left ${exact.length} of ${all.length} paths as they are`,
  );
}

module.exports = { compareSigners };
