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

/* True if the first word is `word`, in whatever case. */
bool sql_begins_with(const char *text, const char *word);

/* The same of its first two words. */
bool sql_begins_with_both(const char *text, const char *first, const char *second);

#endif
