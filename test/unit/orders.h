/*
** The orders of the list of sync jobs, as the tests call them.
*/
#ifndef SWR_ORDERS_H
#define SWR_ORDERS_H

#include "api/listing.h"

#define JOBS_ASCENDING (&sync_job_listing.orders[0])
#define JOBS_DESCENDING (&sync_job_listing.orders[1])

#endif
