/*
** A plan: what xBestIndex promises and xFilter keeps. The number (idxNum) and the terms of the text
** (idxStr) say it; the rest of the text is for EXPLAIN QUERY PLAN, which shows both.
**
**   plan    = { term " " } ( request | found | missing )
**   term    = key "=?"                 one value
**           | key " IN ?"              a list, whole
**           | key " LIKE ?"            a pattern, where places are found,
**           | key " GLOB ?"            and one of the other kind
**           | time ( "<" | "<=" | "=" | ">=" | ">" ) "?"
**   key     = a column that echoes a part of the place, or that a filter takes
**   time    = the column that the list is sorted by
**   request = the listing's filter, or its path, with words for the values [ " merged" ] [ ties ]
**             for a limit:  "?"  LIMIT, a hint   | "page_size" | "1" (no field is read)
**             for an offset: "?" OFFSET, a hint  | "0"
**   found   = table "(" request ") then " request
**             the places are not named: the records of another listing are, and each is asked
**   ties    = ", ties by " column [ " DESC" ] { ", " column [ " DESC" ] }
**             rows of one time are sorted here
**   missing = "missing: " words        fails in xFilter with a sentence
**
** Without a term on region, the one that is set is asked.
**
** The arguments of xFilter are the terms in this order, then LIMIT, then OFFSET, where the plan has
** them. "merged": many places leave in the order of time together.
**
** This file must not know SQLite.
*/
#ifndef SWR_PLAN_H
#define SWR_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "api/listing.h"
#include "scan/tie_sort.h"

enum plan_operator { PLAN_EQ, PLAN_IN, PLAN_LIKE, PLAN_GLOB, PLAN_LT, PLAN_LE, PLAN_GE, PLAN_GT };

struct plan_term {
  int column;            /* of the listing: a key or the time */
  enum plan_operator op; /* a key has one of the first four, the time any that compares */
};

#define PLAN_TERMS_MAX 16 /* more of them are left to SQLite */
#define PLAN_TEXT_MAX 2048

/* Bits of idxNum; from PLAN_ORDER on, the index of the order that is asked for. */
#define PLAN_KEYED 1   /* places are named, and their regions known: it can be carried out */
#define PLAN_LIMIT 2   /* LIMIT arrives */
#define PLAN_ORDERED 4 /* ORDER BY is taken over from SQLite */
#define PLAN_LIMITED 8 /* a LIMIT that does not arrive may end the scan */
#define PLAN_OFFSET 16 /* OFFSET arrives */
#define PLAN_COUNT 32  /* no field of a record is read */
#define PLAN_REGION 64 /* the region alone is missing */
#define PLAN_LARGE 128 /* large columns are read */
#define PLAN_ORDER 256

struct plan {
  const struct listing *listing;
  struct plan_term terms[PLAN_TERMS_MAX]; /* as their values arrive; a column may come twice */
  size_t term_count;
  const struct order *order; /* that is asked for */
  bool ordered;              /* rows must leave in that order */
  struct tie ties[TIES_MAX]; /* and those of one time in this one */
  size_t tie_count;
  bool limit;          /* LIMIT arrives */
  bool offset;         /* OFFSET arrives */
  bool count_only;     /* no field of a record is read */
  bool region_unknown; /* a region is asked for by a term that this plan cannot have */
  bool limited;        /* a LIMIT that does not arrive may end the scan */
  bool large;          /* large columns are read */
  bool finds;          /* places that are not named are found, where the listing knows how */
};

/* The key of a term; 0 for one on the time. */
unsigned plan_term_key(const struct plan *plan, const struct plan_term *term);

/* True if a term is a pattern, which names no place. */
bool plan_is_pattern(const struct plan_term *term);

/* The keys that a plan's terms name. */
unsigned plan_keys(const struct plan *plan);

/* True if the plan has a term on the time. */
bool plan_has_bounds(const struct plan *plan);

/* True if the plan says which places are asked, and in which region: it can be carried out. */
bool plan_complete(const struct plan *plan);

/*
** True if it does not, but another listing does. `finds` of a plan that was read from its text says
** only what the setting was then.
*/
bool plan_finds(const struct plan *plan);

/* The keys that have the same value in all rows of a plan that can be carried out. */
unsigned plan_pinned(const struct plan *plan);

/* True if the plan may have more than one place: a list, and no single value beside it. */
bool plan_has_many(const struct plan *plan);

/* The plan as idxNum. */
int plan_number(const struct plan *plan);

/* Writes the plan as text. */
void plan_encode(const struct plan *plan, char text[PLAN_TEXT_MAX]);

/* Reads what plan_number and plan_encode wrote. False if it is something else. */
bool plan_decode(const struct listing *listing, int number, const char *text, struct plan *plan);

#endif
