/*
** A plan: what xBestIndex promises and xFilter keeps, written as the text that EXPLAIN QUERY PLAN
** shows.
**
**   plan    = { term " " } ( request | missing )
**   term    = key "=?"                 one value
**           | key " IN ?"              a list, whole
**           | "createdAt" ( "<" | "<=" | "=" | ">=" | ">" ) "?"
**   key     = "namespace" | "repoName" | "image" | "region"
**   request = "filter=limit::" limit "|offset::" offset "|order::" ( "asc" | "desc" ) [ " merged" ]
**   limit   = "?"          LIMIT, a hint        | "page_size" | "1" (no field is read)
**   offset  = "?"          OFFSET, a hint       | "0"
**   missing = "missing: " words                  fails in xFilter with a sentence
**
** Without a term on region, the one that is set is asked.
**
** The arguments of xFilter are the terms in this order, then LIMIT, then OFFSET, where "?" stands for
** them, then the values that are only checked. "merged": many repositories leave in the order of
** createdAt together. idxNum has the PLAN_* bits.
**
** This file must not know SQLite.
*/
#ifndef SWR_PLAN_H
#define SWR_PLAN_H

#include <stdbool.h>
#include <stddef.h>

enum plan_column {
  PLAN_NAMESPACE = 1,
  PLAN_REPO_NAME = 2,
  PLAN_IMAGE = 4,
  PLAN_REGION = 8,
  PLAN_CREATED_AT = 16
};

enum plan_operator { PLAN_EQ, PLAN_IN, PLAN_LT, PLAN_LE, PLAN_GE, PLAN_GT };

struct plan_term {
  enum plan_column column;
  enum plan_operator op; /* a key has PLAN_EQ or PLAN_IN, createdAt any but PLAN_IN */
};

#define PLAN_NAMES ((unsigned)(PLAN_NAMESPACE | PLAN_REPO_NAME | PLAN_IMAGE))
#define PLAN_KEYS (PLAN_NAMES | PLAN_REGION)
#define PLAN_TERMS_MAX 16 /* more of them are left to SQLite */
#define PLAN_TEXT_MAX 400

/*
** Terms on times that bound nothing; their values are only looked at. They are not in the text, since
** they change nothing of what is asked, but in idxNum.
*/
#define PLAN_CHECKS_MAX 4
#define PLAN_CHECKS_SHIFT 8 /* where they begin in idxNum, */
#define PLAN_CHECK_BITS 5   /* and what each takes there */

/* Bits of idxNum. */
#define PLAN_KEYED 1   /* repositories are named, and their regions known */
#define PLAN_HINTED 2  /* LIMIT or OFFSET arrive */
#define PLAN_ORDERED 4 /* ORDER BY createdAt is taken over from SQLite */
#define PLAN_LIMITED \
  8 /* a LIMIT that does not arrive may end the scan: little is asked for ahead */

struct plan {
  struct plan_term terms[PLAN_TERMS_MAX]; /* as their values arrive; a column may come twice */
  size_t term_count;
  int checks[PLAN_CHECKS_MAX]; /* columns of SQL; what is compared with them must be a time */
  size_t check_count;
  bool ordered;        /* rows must leave in the order of createdAt */
  bool descending;     /* newest first */
  bool limit;          /* LIMIT arrives */
  bool offset;         /* OFFSET arrives */
  bool count_only;     /* no field of a record is read */
  bool region_unknown; /* a region is asked for by a term that this plan cannot have */
  bool limited;        /* a LIMIT that does not arrive may end the scan */
};

/* True if columns name repositories: the image, or namespace and repoName. */
bool plan_columns_complete(unsigned columns);

/* The columns of a plan's terms as bits. */
unsigned plan_columns(const struct plan *plan);

/* True if the plan says which repositories are asked, and in which region: it can be carried out. */
bool plan_complete(const struct plan *plan);

/* The key columns, as bits, that have the same value in all rows of a plan that is complete. */
unsigned plan_pinned(const struct plan *plan);

/* True if the plan may have more than one repository: a list, and no single value beside it. */
bool plan_has_many(const struct plan *plan);

/* The PLAN_* bits and the checks for idxNum. */
int plan_number(const struct plan *plan);

/* Writes the plan as text. */
void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]);

/*
** Reads what plan_encode wrote; `ordered`, `limited` and the checks are in idxNum. False if it is
** something else.
*/
bool plan_decode(int number, const char *text, struct plan *plan);

#endif
