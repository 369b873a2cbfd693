// Where the extension lies, for whatever loads extensions: better-sqlite3, node:sqlite, Bun, Deno, libsql.
//
// It must not load SQLite itself: whose connection it is, and whether it may load extensions, is the
// program's matter.
'use strict';

const {existsSync} = require('node:fs');
const {join} = require('node:path');

const suffix = process.platform === 'darwin' ? 'dylib' : 'so';

// The path of the library, whole, with its suffix. Throws where the package has none for this machine.
exports.getLoadablePath = function getLoadablePath() {
  const platform = `${process.platform}-${process.arch}`;
  const path = join(__dirname, 'lib', platform, `swr_sync_job.${suffix}`);
  if (!existsSync(path)) {
    throw new Error(`swr-sync-job: this package has no library for ${platform}; build one from the ` +
      'sources (make) and load it by its path');
  }
  return path;
};

// Loads it into a connection that has loadExtension(), as those of better-sqlite3, node:sqlite and Bun have.
exports.load = function load(db) {
  db.loadExtension(exports.getLoadablePath());
};
