/*
** The columns of the listing of sync jobs, which most tests use, by name.
**
** It must not know how they are read.
*/
#ifndef SWR_SYNC_JOB_COLUMNS_H
#define SWR_SYNC_JOB_COLUMNS_H

/* In the order of the listing; unit tests of records check that. */
enum sync_job_column {
  JOB_CREATED_AT,
  JOB_DOMAIN_ID,
  JOB_DOMAIN_NAME,
  JOB_ID,
  JOB_NAMESPACE,
  JOB_OVERRIDE,
  JOB_REMOTE_NAMESPACE,
  JOB_REMOTE_REGION_ID,
  JOB_REPO_NAME,
  JOB_STATUS,
  JOB_SYNC_OPERATOR_ID,
  JOB_SYNC_OPERATOR_NAME,
  JOB_TAG,
  JOB_UPDATED_AT,
  JOB_COLUMN_COUNT /* without the hidden ones */
};

#endif
