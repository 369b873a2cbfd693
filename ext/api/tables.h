/*
** The tables that there are, a line a table. Included wherever LISTING says what a line is to be.
*/
LISTING(sync_job_listing)
