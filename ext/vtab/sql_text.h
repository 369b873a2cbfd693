/*
** What the text of an SQL statement says, read as SQLite's tokenizer reads it: comments, literals
** and quoted names are what they are there.
**
** It must not know SQLite's library.
*/
#ifndef SWR_SQL_TEXT_H
#define SWR_SQL_TEXT_H

#include <stdbool.h>

/*
** True if the text has the name of the function, bare or in the quotes of identifiers, in whatever
** case, and an opening parenthesis next. Not after a dot, where it is a table of some database.
*/
bool sql_calls(const char *text, const char *function);

/*
** True if the text is a SELECT that reads one table, which has this name, and nothing beside it: no
** subquery, no join. False of some that do, too.
*/
bool sql_reads_alone(const char *text, const char *table);

/*
** True if the text has a row value before an IN, with a column of this name, or maybe with another
** name for it: `(a, b) IN (...)`; `f(a, b) IN (...)` looks like one.
*/
bool sql_has_row_in(const char *text, const char *column);

/* True if the first word is `word`, in whatever case. */
bool sql_begins_with(const char *text, const char *word);

/* The same of its first two words. */
bool sql_begins_with_both(const char *text, const char *first, const char *second);

#endif
