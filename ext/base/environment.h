/*
** The environment of the process, as it was at one moment.
**
** A program that sets variables in one thread while another one reads them may crash the reader:
** what setenv() replaces is freed under its eyes, and no lock that a library could take is known
** to the program. So the variables are read in one pass, seldom, and where the system can copy
** memory that may be gone (Linux) by that. A list that looks as if it had been freed is looked at
** again a little later. It must not know what variables mean.
*/
#ifndef SWR_ENVIRONMENT_H
#define SWR_ENVIRONMENT_H

/* Shared by all that have a reference, and not changed; wiped and freed with the last one. */
struct environment;

/*
** Reads the variables of these names, NULL at their end; a name that ends with `*` stands for all
** that begin like it. `before` is what was read the time before, or NULL: a list of which all is
** gone since is not believed at once. One reference, the caller's; NULL when out of memory.
*/
struct environment *environment_read(const char *const *names, const struct environment *before);

/*
** The value of a variable; set to nothing is as good as not set: NULL. `environment` may be NULL.
*/
const char *environment_value(const struct environment *environment, const char *name);

/* One reference more; returns its argument. NULL is fine, here and there. */
struct environment *environment_retain(struct environment *environment);
void environment_release(struct environment *environment);

#endif
