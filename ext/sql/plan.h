/*
** A plan: what xBestIndex promises and xFilter keeps, written as the text that EXPLAIN QUERY PLAN
** shows.
**
**   plan    = { key "=? " } ( request | missing )
**   key     = "namespace" | "repoName" | "image"
**   request = "filter=limit::" limit "|offset::" offset "|order::" ( "asc" | "desc" )
**   limit   = "?"          LIMIT, a hint        | "page_size" | "1" (no field is read)
**   offset  = "?"          OFFSET, a hint       | "0"
**   missing = "missing: " words                  fails in xFilter with a sentence
**
** The arguments of xFilter are the keys in this order, then LIMIT, then OFFSET, where "?" stands
*for
** them. idxNum has the PLAN_* bits, for the reader's eye only: xFilter goes by the text.
**
** This file must not know SQLite.
*/
#ifndef SWR_PLAN_H
#define SWR_PLAN_H

#include <stdbool.h>
#include <stddef.h>

enum plan_key { PLAN_NAMESPACE = 1, PLAN_REPO_NAME = 2, PLAN_IMAGE = 4 };

#define PLAN_KEYS_MAX 12 /* terms; more of them are left to SQLite */
#define PLAN_TEXT_MAX 320

/* Bits of idxNum. */
#define PLAN_KEYED 1   /* one repository is named */
#define PLAN_HINTED 2  /* LIMIT or OFFSET arrive */
#define PLAN_ORDERED 4 /* ORDER BY createdAt is taken over from SQLite */

struct plan {
  enum plan_key keys[PLAN_KEYS_MAX]; /* as their values arrive; a key may come twice */
  size_t key_count;
  bool ordered;    /* rows must leave in the order of createdAt */
  bool descending; /* newest first */
  bool limit;      /* LIMIT arrives */
  bool offset;     /* OFFSET arrives */
  bool count_only; /* no field of a record is read */
};

/* True if keys name one repository: the image, or namespace and repoName. */
bool plan_keys_complete(unsigned keys);

/* The keys of a plan as bits. */
unsigned plan_keys(const struct plan *plan);

/* The PLAN_* bits for idxNum. */
int plan_number(const struct plan *plan);

/* Writes the plan as text. */
void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]);

/* Reads what plan_encode wrote, apart from `ordered` (in idxNum). False if it is something else. */
bool plan_decode(int number, const char *text, struct plan *plan);

#endif
