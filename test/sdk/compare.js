// Compares with the official SDK; run by run.sh. Environment: SWR_TEST_BUILD, SWR_TEST_SEED (1),
// SWR_TEST_COUNT (10000), and what test/emulator/run.sh sets.
"use strict";

const { compareSigners } = require("./sign.js");
const { compareRegions } = require("./regions.js");
const { compareClients } = require("./client.js");

const SHOWN_MAX = 20; // failures that are printed; all of them count

class Tally {
  passed = 0;
  failed = 0;

  equal(name, wanted, got) {
    const [left, right] = [wanted, got].map((value) => JSON.stringify(value));
    if (left === right) {
      this.passed++;
      return;
    }
    this.failed++;
    if (this.failed <= SHOWN_MAX) {
      console.log(`! ${name.slice(0, 2000)}\n    SDK:  ${left?.slice(0, 2000)}\n    ours: ${right?.slice(0, 2000)}`);
    }
  }
}

async function main() {
  const tally = new Tally();
  const build = process.env.SWR_TEST_BUILD;
  const seed = Number(process.env.SWR_TEST_SEED ?? 1);
  const count = Number(process.env.SWR_TEST_COUNT ?? 10000);

  try {
    compareSigners(tally, build, seed, count);
    compareRegions(tally, build);
    await compareClients(tally, build);
  } catch (error) {
    tally.failed++;
    console.log(`! the comparison broke off: ${error.stack ?? JSON.stringify(error)}`);
  }
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  process.exitCode = tally.failed || !tally.passed ? 1 : 0;
}

main();
