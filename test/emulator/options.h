/*
** The run-time options that bend the emulated service, with their names and values as text.
** Must not know where an option is set from nor what it is used for.
*/
#ifndef EMULATOR_OPTIONS_H
#define EMULATOR_OPTIONS_H

#include <stdbool.h>

/* Tokens of the real service are kilobytes long; its documents allow 32768 characters. */
enum { TOKEN_MAX = 32768, KEY_MAX = 128, CLOCK_MAX = 1000000000 };

/* The order of each list is the order of the words in options.c. */
enum content_range_form {
  RANGE_COUNT,
  RANGE_INDEX,
  RANGE_NONE,
  RANGE_GARBAGE,
  RANGE_FOREIGN_OFFSET,
  RANGE_NEGATIVE,
  RANGE_HUGE,
  RANGE_SHORT,
  RANGE_PAGE
};
enum error_shape { SHAPE_ARRAY, SHAPE_ERRORS, SHAPE_OBJECT };
enum repo_name_form { REPO_NAME_PLAIN, REPO_NAME_DOLLAR, REPO_NAME_FULL, REPO_NAME_NULL };
enum list_total { LIST_TOTAL_RIGHT, LIST_TOTAL_NONE, LIST_TOTAL_SMALL, LIST_TOTAL_LARGE };
enum name_match { NAME_FUZZY, NAME_EXACT };
enum namespaces_form { NAMESPACES_OBJECT, NAMESPACES_NULL, NAMESPACES_MISSING };
enum job_order { ORDER_ASC, ORDER_DESC };

struct options {
  int latency;        /* milliseconds */
  int latency_jitter; /* milliseconds, added at random */
  int limit_cap;      /* 0 = none */
  int limit_refused;  /* above this one; 0 = none */
  int total_lag;
  int total_cap;    /* 0 = none */
  int list_limit;   /* of repositories and tags at most: 400 above it */
  int list_cap;     /* of repositories and tags: served at most, silently; 0 = none */
  int list_aligned; /* an offset that is no multiple of the limit is refused */
  int list_total;   /* enum list_total */
  int name_match;   /* enum name_match */
  int namespaces;   /* enum namespaces_form */
  int regions;      /* 0: this region does not offer the list of regions */
  int rate_limit;   /* requests in a window; 0 = any number */
  int rate_window;  /* milliseconds */
  int content_range;
  int default_order;
  int ignore_order;
  int ignore_offset;
  int ignore_limit;
  int offset_pages; /* the offset counts pages */
  int shuffle_ties;
  int error_shape;
  int repo_name;
  int pretty;
  int charset;
  int login_protected;
  int token_lifetime;          /* seconds */
  int token_uses;              /* 0 = any number */
  int token_size;              /* characters of a token that IAM issues */
  int clock;                   /* seconds by which this clock is ahead */
  char forbidden[KEY_MAX * 2]; /* an image that must not be read; empty = none */
  char token[TOKEN_MAX + 1];
  char access_key[KEY_MAX + 1];
  char secret_key[KEY_MAX + 1];
  char security_token[TOKEN_MAX + 1]; /* empty = the key is a lasting one, without a token */
  char user_name[KEY_MAX + 1];
  char user_password[KEY_MAX + 1];
  char domain_name[KEY_MAX + 1];
  char project_name[KEY_MAX + 1]; /* empty = any */
};

void options_init(struct options *options);
bool options_set(struct options *options, const char *name, const char *value);
bool options_set_pair(struct options *options, const char *pair);
void options_describe(char *out, unsigned long room);

#endif
