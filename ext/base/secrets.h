/*
** Secrets inside foreign text: where they stand, in whatever form they are echoed.
**
** - A secret of eight characters and more is hidden in whole and in parts: every run of eight or
**   more of its characters is.
** - A shorter one is hidden where it stands whole, also inside of a word: three letters of it are
**   in any text, and a message that lacks a word is better than a password that is shown.
** - Upper and lower case are the same, and so are a blank, `+` (as forms write it) and control
**   characters, such as the break of a line.
** - So are the ways to write a character that JSON, URLs and HTML have: `\/`, `\u002f`, `%2F`,
**   `&#47;`, `&amp;`, also one around the other, three deep. What stands before a secret may be
**   taken for such a way, as `%` before `e4`: those two characters are not hidden then, where
**   others of it are written in another way.
**
** It must not know where a text comes from, nor what is shown in a secret's place.
*/
#ifndef SWR_SECRETS_H
#define SWR_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#define SECRETS_MAX 8
#define SECRET_PART_MIN 8 /* characters of a secret that are hidden by themselves */

/* What must never be shown: what a request carries, and what it was made with. */
struct secrets {
  const char *texts[SECRETS_MAX]; /* not owned, none of them empty */
  size_t count;
};

/* Adds one; NULL and the empty text are none. There must be room for it. */
void secrets_add(struct secrets *secrets, const char *text);

#define SECRETS_WINDOW 1024 /* bytes of a text that are looked at together */

/* A walk through a text. Its members are the walk's own. */
struct secrets_walk {
  const struct secrets *secrets;
  const char *text;
  size_t size;
  bool parts;
  size_t start;                        /* of the window in the text */
  unsigned char marks[SECRETS_WINDOW]; /* one for each byte of it */
};

/*
** Begins a walk; the text and the secrets (NULL: none) must stay as long as it lasts. Without
** `parts` only whole secrets are hidden, as in a name of the user's own: a password often begins
** like it.
*/
void secrets_walk(struct secrets_walk *walk, const struct secrets *secrets, const char *text,
                  size_t size, bool parts);

/*
** The length of what is to be hidden at this place of the text: of the secrets that overlap
** there, to the end of the last. 0 if nothing is. Places are asked for in ascending order, none
** inside of a run that was told before.
*/
size_t secrets_walk_run(struct secrets_walk *walk, size_t at);

#endif
