/*
** The columns of swr_sync_job, in the order of its declaration.
*/
#ifndef SWR_COLUMNS_H
#define SWR_COLUMNS_H

#include "record/json_record.h"

/* The first JOB_FIELD_COUNT columns are the fields of a record, by enum job_field. */
enum table_column {
  COLUMN_NAMESPACE = JOB_NAMESPACE,
  COLUMN_REPO_NAME = JOB_REPO_NAME,
  COLUMN_CREATED_AT = JOB_CREATED_AT,
  COLUMN_IMAGE = JOB_FIELD_COUNT, /* hidden */
  COLUMN_REGION                   /* hidden */
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
