/*
** A list of the API as constant data: what can be asked of it, and what one of its records holds.
**
** A table is one listing in one file of this folder. From its literal come the CREATE TABLE text,
** the key columns, the words of a plan, the request and its text in EXPLAIN, and what is decoded.
** Nothing outside this folder may name a member of a record. It must not know SQL, nor how a
** request is sent.
*/
#ifndef SWR_LISTING_H
#define SWR_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COLUMNS_MAX 32 /* of a listing, hidden ones included */
#define ORDERS_MAX 4

/* The parts of a place, as bits: what a path can name, and what a query can say. */
enum place_key {
  PLACE_REGION = 1,
  PLACE_NAMESPACE = 2,
  PLACE_REPOSITORY = 4,
  PLACE_IMAGE = 8 /* namespace and repository in one text */
};

enum column_kind {
  COLUMN_TEXT,
  COLUMN_INTEGER,
  COLUMN_REAL,
  COLUMN_BOOLEAN, /* INTEGER 0 or 1 in SQL */
  COLUMN_JSON     /* a value of any kind, kept as it was sent */
};

enum column_flag {
  COLUMN_IDENTITY = 1, /* tells records of one place apart; together, where several are flagged */
  COLUMN_TIME = 2,     /* compared as an instant */
  COLUMN_HIDDEN = 4,
  COLUMN_NOT_NULL = 8,   /* a record without it is an error */
  COLUMN_LARGE = 16,     /* neither kept nor decoded unless it is read */
  COLUMN_DISTINCT = 32,  /* tells records apart whose identity repeats */
  COLUMN_JSON_TEXT = 64, /* a text that holds JSON: NULL where it holds nothing */
  COLUMN_LENIENT = 128,  /* a boolean that may come as a text */
  COLUMN_ORDINAL = 256   /* hidden: the number of the record in the answer, where nothing tells
                            records apart */
};

struct column {
  const char *name;   /* in SQL */
  const char *member; /* of the record; NULL: as the name. Hidden columns have none. */
  const char *also;   /* another name that the member may have; NULL: none */
  enum column_kind kind;
  unsigned key;   /* the part of the place that it echoes (enum place_key); 0: it is the record's */
  unsigned flags; /* enum column_flag */
};

/*
** Where new records come in an order: all that following a list while it changes has to know of it.
*/
enum growth { GROWS_AT_END, GROWS_AT_START, GROWS_ANYWHERE };

struct order {
  int column; /* index of the column that records are sorted by */
  bool descending;
  const char *words; /* for {order} in the filter: `asc` */
  enum growth growth;
};

struct listing {
  const char *table;    /* its name in SQL */
  const char *noun;     /* what its records are, in the plural, for messages: `sync jobs` */
  const char *records;  /* the same in one word: `jobs` */
  const char *record;   /* and one of them: `job` */
  const char *path;     /* with {namespace} and {repository} */
  const char *filter;   /* value of the parameter `filter`, with {limit}, {offset} and {order} */
  const char *envelope; /* the member that holds the array; NULL: the answer is the array */
  unsigned required;    /* parts of the place that the path names (enum place_key) */
  unsigned narrowing;   /* parts that a filter takes: supersets, checked again locally */
  bool single;          /* the answer is itself the record */
  bool regional;        /* not every region serves it */
  bool of_project;      /* the path has {project}, too */
  bool paged;           /* false: the first answer is all */
  bool aligned;         /* offsets must be multiples of the limit, and it is read whole */
  int64_t limit_max;    /* rows of one request at most */
  const struct listing *found_by; /* the listing whose records are the places of this one */
  const struct column *columns;
  struct order orders[ORDERS_MAX]; /* the first one where a query leaves it open */
  int column_count;
  int order_count;
};

/*
** Name in a record of what a column holds; NULL for a hidden column, which no record has.
*/
const char *listing_member(const struct column *column);

/*
** Index of the integer that alone tells records of a place apart; -1 if that takes something else.
*/
int listing_identity(const struct listing *listing);

/* Index of the time that the list can be sorted by; -1 if there is none. */
int listing_time_column(const struct listing *listing);

/*
** The order by the time of listing_time_column, descending or not; where there is none, the first
** of all, and where the list has none at all, one without words in which new records come anywhere.
*/
const struct order *listing_order(const struct listing *listing, bool descending);

/* The order where a query leaves it open; see above for a list that has none. */
const struct order *listing_steady_order(const struct listing *listing);

/*
** True if bounds on the time end a scan: in its order, records stay where they are. A list in which
** one can move while it is read is read whole.
*/
bool listing_bounded(const struct listing *listing);

/* Index of the column in which a record itself tells a part of its place; -1 if none does. */
int listing_key_column(const struct listing *listing, enum place_key key);

/*
** A bit for each column that is decoded: those that records have, and of large ones those that have
** a bit in `wanted`.
*/
uint32_t listing_decoded(const struct listing *listing, uint32_t wanted);

#define LISTING(name) extern const struct listing name;
#include "api/tables.h"
#undef LISTING

#endif
