// What DuckDB makes of pages that curl has saved: node duckdb.cjs group|copy|table FOLDER [OUT]
//
// group prints status|count. copy writes all columns to OUT as CSV, for the sqlite3 shell to import;
// table makes a table of a new DuckDB database OUT instead.
'use strict';

const { DuckDBInstance } = require('@duckdb/node-api');

const [task, folder, out] = process.argv.slice(2);
const names = ('createdAt domainID domainName id namespace override remoteNamespace remoteRegionId ' +
  'repoName status syncOperatorId syncOperatorName tag updatedAt').split(' ');
const types = { id: 'BIGINT', override: 'BOOLEAN' };
const columns = names.map((name) => `${name}: '${types[name] || 'VARCHAR'}'`).join(', ');
const jobs = `read_json('${folder}/*.json', format = 'array', columns = {${columns}})`;

async function main() {
  const instance = await DuckDBInstance.create(task === 'table' ? out : ':memory:');
  const database = await instance.connect();
  if (task === 'group') {
    const answer = await database.runAndReadAll(
      `SELECT status, count(*) FROM ${jobs} GROUP BY status ORDER BY status`);
    for (const [status, count] of answer.getRows()) console.log(`${status}|${count}`);
  } else if (task === 'copy') {
    await database.run(`COPY (SELECT * REPLACE (CAST(override AS INTEGER) AS override) FROM ${jobs})
      TO '${out}' (FORMAT csv, HEADER false)`);
  } else {
    await database.run(`CREATE TABLE job AS SELECT * FROM ${jobs}`);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
