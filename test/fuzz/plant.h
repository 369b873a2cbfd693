/*
** Secrets that are planted in foreign text in the ways in which services echo them, and a look for
** them in what is shown. It shares no code with what hides them.
*/
#ifndef SWR_FUZZ_PLANT_H
#define SWR_FUZZ_PLANT_H

#include "base/secrets.h"
#include "harness.h"

#define PLANT_SECRET_MAX 48

struct plant {
  char secret[PLANT_SECRET_MAX + 1]; /* visible ASCII, three characters at least */
  struct secrets secrets;            /* that one */
};

/* Draws a secret, in which no way to write another character begins. */
void plant_draw(struct plant *plant, struct fuzz_bytes *bytes);

/*
** Text of the fuzzer's with the secret once in it, between blanks, written in up to three ways
** around each other. Owned by the caller, to be freed; NUL-terminated, *size without the NUL.
*/
char *plant_text(const struct plant *plant, struct fuzz_bytes *bytes, size_t *size);

/* What must never be: the secret, or eight characters of it in a row, can be read in the text. */
void plant_check(const struct plant *plant, const char *shown);

#endif
