/*
** How much memory may be taken, in one place: bytes where it does not say otherwise.
**
** Where a number is passed, what happens is written where it is used. Tables of a fixed size, and
** names and texts of some hundred bytes, are not here.
*/
#ifndef SWR_MEMORY_BOUNDS_H
#define SWR_MEMORY_BOUNDS_H

#include <stddef.h>

/* One record, and what is around the array of them; a real record has some 420. */
#define RECORD_SIZE_MAX ((size_t)1 << 20)
#define ENVELOPE_SIZE_MAX ((size_t)1 << 16)

/* One answer: its headers (libcurl before 8.4 keeps any number of them); */
#define HEADERS_MAX ((size_t)256 << 10)
/* of SWR's, the body, decompressed: a thousand records have 0.5 MB, */
#define RESPONSE_MAX ((size_t)64 << 20)
/* what is kept of it until somebody needs its rows: a hundred records have 50 KB, */
#define UNDECODED_MAX ((size_t)128 << 10)
/* and what is kept of an error; */
#define ERROR_BODY_MAX ((size_t)64 << 10)
/* of IAM's, the body: with the catalog that was not asked for, some 100 KB. */
#define IAM_BODY_MAX ((size_t)4 << 20)

/*
** All answers of a connection that are here or on their way, where one of them is large: small ones
** cannot add up to so many.
*/
#define ALL_ANSWERS_MAX ((size_t)128 << 20)
#define LARGE_ANSWER ((size_t)1 << 20)

/*
** Of these, the answers that nobody waits for yet: of a connection, and of one list. Decoded, a row
** has some 200 bytes, so that eight pages of a thousand can be under way at once.
*/
#define AHEAD_MAX ((size_t)4 << 20)
#define AHEAD_OF_LIST_MAX ((size_t)3 << 19)

/*
** Pages that are kept: of one list, and of all lists of a statement, those that a reader still has
** counted in. A merge keeps one row of each list at least, and so can pass it.
*/
#define LIST_PAGES_MAX ((size_t)3 << 19)
#define STATEMENT_PAGES_MAX ((size_t)16 << 20)

/* A page that grew, as decoded: a thousand rows of SWR have some 0.2 MB. */
#define GROWN_PAGE_MAX ((size_t)1 << 19)

/* Text of a page that is guessed by its first records: one that is long does not stand for all. */
#define GUESSED_TEXT_MAX ((size_t)256 << 10)

/* Rows: of the first pages of all places that are merged; and of places whose turn comes later. */
#define MERGED_ROWS_MAX 32768
#define SCOUTED_ROWS_MAX 32768

/* A file of a token or of credentials: a token has 32 KiB at most. */
#define SECRET_FILE_MAX ((size_t)64 << 10)
/* What is signed of a request: a security token has 64 KB at most. */
#define CANONICAL_MAX ((size_t)128 << 10)

#endif
