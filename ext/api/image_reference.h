/*
** References to images as clusters and inventories write them:
** `swr.cn-north-4.myhuaweicloud.com/group/app:1.2@sha256:...`, taken apart.
**
** The grammar is that of the distribution project ("reference" in its package of that name); which
** hosts are SWR's is the service's own rule `swr.<region>.<cloud>`. It must not know SQL.
*/
#ifndef SWR_IMAGE_REFERENCE_H
#define SWR_IMAGE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* A part of the text that was read; NULL where the reference does not have it. */
struct reference_part {
  const char *text;
  size_t size;
};

struct image_reference {
  struct reference_part region;
  struct reference_part name; /* `namespace/repository` */
  struct reference_part tag;
  struct reference_part digest; /* with its algorithm: `sha256:...` */
};

/*
** Takes a reference apart; the parts point into `text`. A scheme (`docker://`), a port and white
** space around it are accepted. False for what is no image of SWR: other registries, no registry
** at all (which is Docker Hub's, to a cluster), and what cannot be a reference.
*/
bool image_reference_parse(const char *text, size_t size, struct image_reference *reference);

#endif
