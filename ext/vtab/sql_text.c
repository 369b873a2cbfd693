/*
** What the text of an SQL statement says: see sql_text.h.
*/
#include "vtab/sql_text.h"

#include <stddef.h>
#include <string.h>

#include "base/always.h"

#define DEPTH_MAX 100 /* parentheses; with more, a text may have anything */

enum kind { TOKEN_END, TOKEN_SPACE, TOKEN_NAME, TOKEN_OTHER };

/* A piece of a text. */
struct token {
  enum kind kind;
  const char *start;
  size_t size;
};

static bool is_space(char c) { return ALWAYS(c) && strchr(" \t\n\f\r", c); }

/* Of a name, or of a number. */
static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || (unsigned char)c >= 0x80;
}

static size_t word_size(const char *text) {
  size_t size = 0;

  while (is_word(text[size])) size++;
  return size;
}

/* With both quotes; a quote that is doubled does not end it, and the end of the text does. */
static size_t quoted_size(const char *text) {
  char quote = *text;
  size_t size = 1;

  if (quote == '[') quote = ']';

  while (text[size]) {
    if (text[size] != quote) {
      size++;
    } else if (quote != ']' && text[size + 1] == quote) {
      size += 2;
    } else {
      return size + 1;
    }
  }
  return size;
}

/* Of a comment; 0 if none begins here. */
static size_t comment_size(const char *text) {
  const char *end;

  if (text[0] == '-' && text[1] == '-') return strcspn(text, "\n");
  if (text[0] != '/' || text[1] != '*' || !text[2]) return 0;
  end = strstr(text + 2, "*/");
  return end ? (size_t)(end - text) + 2 : strlen(text);
}

/* A parameter; those with a name may have Tcl's namespaces, and an index in parentheses. */
static size_t parameter_size(const char *text) {
  size_t size = 1;

  for (;;) {
    size += word_size(text + size);
    if (*text == '?' || text[size] != ':' || text[size + 1] != ':') break;
    size += 2;
  }
  if (*text != '?' && size > 1 && text[size] == '(') size += strcspn(text + size, ") \t\n\f\r");
  return size;
}

static struct token next_token(const char *text) {
  struct token token = {TOKEN_OTHER, text, 1};
  size_t comment = comment_size(text);

  if (!*text) {
    token.kind = TOKEN_END;
    token.size = 0;
  } else if (is_space(*text) || comment) {
    token.kind = TOKEN_SPACE;
    token.size = comment ? comment : 1;
  } else if (!strncmp(text, "\xef\xbb\xbf", 3)) {
    token.kind = TOKEN_SPACE; /* a byte order mark */
    token.size = 3;
  } else if (strchr("\"`[", *text)) {
    token.kind = TOKEN_NAME;
    token.size = quoted_size(text);
  } else if (*text == '\'') {
    token.size = quoted_size(text);
  } else if (strchr("?:@#$", *text)) {
    token.size = parameter_size(text);
  } else if (is_word(*text)) {
    token.kind = *text >= '0' && *text <= '9' ? TOKEN_OTHER : TOKEN_NAME;
    token.size = word_size(text);
  }
  return token;
}

/* The next one that is no space. */
static struct token next_meaning(const struct token *after) {
  struct token token = *after;

  do {
    token = next_token(token.start + token.size);
  } while (token.kind == TOKEN_SPACE);
  return token;
}

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }

/* In whatever case; one that doubles a quote is not asked for. */
static bool is_name(const struct token *token, const char *name) {
  const char *start = token->start;
  size_t size = token->size;

  if (token->kind != TOKEN_NAME) return false;
  if (strchr("\"`[", *start)) {
    if (size < 2) return false;
    start++;
    size -= 2;
  }
  if (strlen(name) != size) return false;
  for (size_t i = 0; i < size; i++) {
    if (lower(start[i]) != lower(name[i])) return false;
  }
  return true;
}

static bool is_sign(const struct token *token, char sign) {
  return token->kind == TOKEN_OTHER && token->size == 1 && *token->start == sign;
}

bool sql_calls(const char *text, const char *function) {
  struct token before = {TOKEN_OTHER, text, 0};

  for (;;) {
    struct token name = next_meaning(&before);
    struct token next = next_meaning(&name);
    if (name.kind == TOKEN_END) return false;
    if (is_name(&name, function) && is_sign(&next, '(') && !is_sign(&before, '.')) return true;
    before = name;
  }
}

static struct token first_word(const char *text) {
  struct token token = {TOKEN_OTHER, text, 0};

  do {
    token = next_meaning(&token);
  } while (is_sign(&token, ';'));
  return token;
}

/* Moves past the table of a FROM. False if it is another one. */
static bool take_table(struct token *token, const char *table) {
  struct token next;

  *token = next_meaning(token);
  next = next_meaning(token);
  if (is_sign(&next, '.')) *token = next_meaning(&next);
  return is_name(token, table);
}

/* True if a token ends a FROM clause of one table. */
static bool ends_from(const struct token *token) {
  static const char *const words[] = {"where", "group", "order", "limit"};

  if (token->kind == TOKEN_END || is_sign(token, ';')) return true;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (is_name(token, words[i])) return true;
  }
  return false;
}

bool sql_reads_alone(const char *text, const char *table) {
  struct token token = first_word(text);
  bool found = false;

  if (!is_name(&token, "select")) return false;
  while (token.kind != TOKEN_END) {
    struct token next = next_meaning(&token);
    if (is_name(&next, "from")) {
      if (found || !take_table(&next, table)) return false;
      found = true;
      token = next_meaning(&next);
      if (is_name(&token, "as")) token = next_meaning(&token);
      if (!ends_from(&token)) token = next_meaning(&token); /* its alias */
      if (!ends_from(&token)) return false;
    } else {
      token = next;
    }
  }
  return found;
}

/* What stands in parentheses that are open. */
struct group {
  bool comma;
  bool column;
};

bool sql_has_row_in(const char *text, const char *column) {
  struct token token = {TOKEN_OTHER, text, 0};
  struct group groups[DEPTH_MAX] = {{false, false}};
  bool renamed = sql_begins_with(text, "with");
  bool row = false;
  size_t depth = 0;

  for (token = next_meaning(&token); token.kind != TOKEN_END; token = next_meaning(&token)) {
    struct token next = next_meaning(&token);
    if (is_sign(&token, '(')) {
      if (++depth == DEPTH_MAX) return true;
      groups[depth] = (struct group){false, false};
    } else if (is_sign(&token, ',')) {
      groups[depth].comma = true;
    } else if (is_name(&token, column)) {
      groups[depth].column = true;
      renamed = renamed || is_name(&next, "as");
    } else if (is_sign(&token, ')') && depth) {
      const struct group *group = &groups[depth--];
      groups[depth].column = groups[depth].column || group->column;
      if (!group->comma || !is_name(&next, "in")) continue;
      if (group->column) return true;
      row = true;
    }
  }
  return row && renamed;
}

bool sql_begins_with(const char *text, const char *word) {
  struct token token = first_word(text);

  return is_name(&token, word);
}

bool sql_begins_with_both(const char *text, const char *first, const char *second) {
  struct token token = first_word(text);
  struct token next;

  if (!is_name(&token, first)) return false;
  next = next_meaning(&token);
  return is_name(&next, second);
}
