/*
** Texts that read as numbers, as SQLite compares them with a number where it applies numeric
** affinity: 7 equals `7`, `007` and `7.0`.
**
** What may be equal counts as equal: SQLite reads a text's last digits in its own way, another one
** from version to version, and checks again. This file must not know SQLite.
*/
#ifndef SWR_NUMBER_TEXT_H
#define SWR_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
** True if SQLite makes a number of a text of `size` bytes; *number is that one, but for its last
** digits. Whatever the locale.
*/
bool number_of_text(const char *text, size_t size, double *number);

/* For number_among. */
void number_sort(double *numbers, size_t count);

/* True if one of the numbers, which are sorted, may equal `number`. */
bool number_among(const double *numbers, size_t count, double number);

#endif
