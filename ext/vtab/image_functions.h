/*
** swr_image_name(), swr_image_tag(), swr_image_digest() and swr_image_region(): parts of a
** reference to an image, so that a dump of a cluster joins with the tables.
**
**     SELECT swr_image_name('swr.cn-north-4.myhuaweicloud.com/group/app:1.2');  -- group/app
**
** NULL for what is no image of SWR, and for a part that the reference does not have.
*/
#ifndef SWR_IMAGE_FUNCTIONS_H
#define SWR_IMAGE_FUNCTIONS_H

#include <sqlite3ext.h>

/* A result code of SQLite. */
int image_functions_register(sqlite3 *db);
void image_functions_unregister(sqlite3 *db);

#endif
