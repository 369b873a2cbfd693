/*
** The columns of swr_sync_job, in the order of its declaration.
*/
#ifndef SWR_COLUMNS_H
#define SWR_COLUMNS_H

/* As in the listing. */
enum table_column {
  COLUMN_CREATED_AT = 0,
  COLUMN_NAMESPACE = 4,
  COLUMN_REPO_NAME = 8,
  COLUMN_IMAGE = 14, /* hidden */
  COLUMN_REGION      /* hidden */
};

/* WITHOUT ROWID: SQLite tells rows apart by the key where an OR finds them twice, or a join must.
 */
#define TABLE_DECLARATION                                                                  \
  "CREATE TABLE swr_sync_job("                                                             \
  "createdAt TEXT COLLATE SWR_TIME, domainID TEXT, domainName TEXT, id INTEGER NOT NULL, " \
  "namespace TEXT NOT NULL, override INTEGER, remoteNamespace TEXT, remoteRegionId TEXT, " \
  "repoName TEXT NOT NULL, status TEXT, syncOperatorId TEXT, syncOperatorName TEXT, "      \
  "tag TEXT, updatedAt TEXT COLLATE SWR_TIME, image HIDDEN TEXT NOT NULL, "                \
  "region HIDDEN TEXT NOT NULL, PRIMARY KEY(region, namespace, repoName, id)) WITHOUT ROWID"

/* True for the columns that follow from what was asked, without a record. */
static inline int column_is_key(int column) {
  return column == COLUMN_NAMESPACE || column == COLUMN_REPO_NAME || column == COLUMN_IMAGE ||
         column == COLUMN_REGION;
}

#endif
