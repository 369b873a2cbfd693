/*
** Names, values and limits of the run-time options.
** Must not know where an option is set from nor what it is used for.
*/
#include "options.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

struct rule {
  const char *name;
  const char *words; /* the values, in the order of their numbers; NULL for a plain number */
  size_t offset;
  int largest; /* for a plain number */
  int initial;
};

#define FIELD(field) offsetof(struct options, field)

static const struct rule rules[] = {
    {"latency", NULL, FIELD(latency), 3600000, 0},
    {"latency-jitter", NULL, FIELD(latency_jitter), 3600000, 0},
    {"limit-cap", NULL, FIELD(limit_cap), 1000000, 0},
    {"limit-refused", NULL, FIELD(limit_refused), 1000, 0},
    {"total-lag", NULL, FIELD(total_lag), 1000000000, 0},
    {"total-cap", NULL, FIELD(total_cap), 1000000000, 0},
    {"list-limit", NULL, FIELD(list_limit), 100000, 1000},
    {"list-cap", NULL, FIELD(list_cap), 100000, 0},
    {"list-aligned", "0|1", FIELD(list_aligned), 0, 0},
    {"list-total", "right|none|small|large", FIELD(list_total), 0, LIST_TOTAL_RIGHT},
    {"name-match", "fuzzy|exact", FIELD(name_match), 0, NAME_FUZZY},
    {"namespaces", "object|null|missing", FIELD(namespaces), 0, NAMESPACES_OBJECT},
    {"regions", "0|1", FIELD(regions), 0, 1},
    {"rate-limit", NULL, FIELD(rate_limit), 1000000, 0},
    {"rate-window", NULL, FIELD(rate_window), 3600000, 1000},
    {"content-range", "count|index|none|garbage|foreign-offset|negative|huge|short|page",
     FIELD(content_range), 0, RANGE_COUNT},
    {"default-order", "asc|desc", FIELD(default_order), 0, ORDER_DESC},
    {"ignore-order", "0|1", FIELD(ignore_order), 0, 0},
    {"ignore-offset", "0|1", FIELD(ignore_offset), 0, 0},
    {"ignore-limit", "0|1", FIELD(ignore_limit), 0, 0},
    {"offset-pages", "0|1", FIELD(offset_pages), 0, 0},
    {"shuffle-ties", "0|1", FIELD(shuffle_ties), 0, 0},
    {"error-shape", "array|errors|object", FIELD(error_shape), 0, SHAPE_ARRAY},
    {"repo-name", "plain|dollar|full|null", FIELD(repo_name), 0, REPO_NAME_PLAIN},
    {"pretty", "0|1", FIELD(pretty), 0, 0},
    {"charset", "0|1", FIELD(charset), 0, 0},
    {"login-protected", "0|1", FIELD(login_protected), 0, 0},
    {"token-lifetime", NULL, FIELD(token_lifetime), 100000000, 86400},
    {"token-uses", NULL, FIELD(token_uses), 1000000, 0},
    {"token-size", NULL, FIELD(token_size), TOKEN_MAX, 2048},
};

enum { RULES = sizeof rules / sizeof rules[0] };

/* Options that are free text. */
struct text_rule {
  const char *name;
  size_t offset;
  size_t shortest;
  size_t longest;
  const char *initial;
};

static const struct text_rule text_rules[] = {
    {"forbidden", FIELD(forbidden), 0, 2 * KEY_MAX - 1, ""},
    {"token", FIELD(token), 1, TOKEN_MAX, "emulator-token"},
    {"access-key", FIELD(access_key), 1, KEY_MAX, "emulator-access-key-01"},
    {"secret-key", FIELD(secret_key), 1, KEY_MAX, "emulator-secret-key-0123456789"},
    {"security-token", FIELD(security_token), 0, TOKEN_MAX, ""},
    {"user-name", FIELD(user_name), 1, KEY_MAX, "emulator-user"},
    {"user-password", FIELD(user_password), 1, KEY_MAX, "emulator-password"},
    {"domain-name", FIELD(domain_name), 1, KEY_MAX, "emulator-domain"},
    {"project-name", FIELD(project_name), 0, KEY_MAX, "emulator-project"},
};

enum { TEXT_RULES = sizeof text_rules / sizeof text_rules[0] };

static int *field_of(struct options *options, const struct rule *rule) {
  return (int *)(void *)((char *)options + rule->offset);
}

/* The place of `value` in a list of words, -1 if it is not there. */
static int word_index(const char *words, const char *value) {
  size_t length = strlen(value);
  int index;
  for (index = 0;; index++) {
    size_t word = strcspn(words, "|");
    if (word == length && memcmp(words, value, length) == 0) return index;
    if (!words[word]) return -1;
    words += word + 1;
  }
}

static bool set_text(struct options *options, const struct text_rule *rule, const char *value) {
  size_t length = strlen(value);
  if (length < rule->shortest || length > rule->longest) return false;
  memcpy((char *)options + rule->offset, value, length + 1);
  return true;
}

static bool set_clock(struct options *options, const char *value) {
  bool behind = *value == '-';
  int64_t seconds;
  if (!number_parse(value + behind, CLOCK_MAX, &seconds)) return false;
  options->clock = (int)(behind ? -seconds : seconds);
  return true;
}

void options_init(struct options *options) {
  size_t i;
  memset(options, 0, sizeof *options);
  for (i = 0; i < RULES; i++) *field_of(options, &rules[i]) = rules[i].initial;
  for (i = 0; i < TEXT_RULES; i++) set_text(options, &text_rules[i], text_rules[i].initial);
}

bool options_set(struct options *options, const char *name, const char *value) {
  size_t i;
  if (strcmp(name, "clock") == 0) return set_clock(options, value);
  for (i = 0; i < TEXT_RULES; i++) {
    if (strcmp(name, text_rules[i].name) == 0) return set_text(options, &text_rules[i], value);
  }
  for (i = 0; i < RULES; i++) {
    int64_t number;
    if (strcmp(name, rules[i].name) != 0) continue;
    if (rules[i].words) {
      number = word_index(rules[i].words, value);
      if (number < 0) return false;
    } else if (!number_parse(value, rules[i].largest, &number)) {
      return false;
    }
    *field_of(options, &rules[i]) = (int)number;
    return true;
  }
  return false;
}

bool options_set_pair(struct options *options, const char *pair) {
  char name[32];
  size_t length = strcspn(pair, "=");
  if (!pair[length] || length >= sizeof name) return false;
  memcpy(name, pair, length);
  name[length] = '\0';
  return options_set(options, name, pair + length + 1);
}

/* One line per option, made from the table so that the help cannot fall behind it. */
void options_describe(char *out, unsigned long room) {
  size_t i;
  if (room) *out = '\0';
  for (i = 0; i < RULES; i++) {
    int written = rules[i].words
                      ? snprintf(out, room, "  %s=%s\n", rules[i].name, rules[i].words)
                      : snprintf(out, room, "  %s=0..%d\n", rules[i].name, rules[i].largest);
    if (written < 0 || (unsigned long)written >= room) return;
    out += written;
    room -= (unsigned long)written;
  }
  snprintf(
      out, room,
      "  clock=SECONDS\n  forbidden=[IMAGE]\n  token=TEXT\n  access-key=TEXT\n  secret-key=TEXT\n"
      "  security-token=[TEXT]\n  user-name=TEXT\n"
      "  user-password=TEXT\n  domain-name=TEXT\n  project-name=[TEXT]\n");
}
