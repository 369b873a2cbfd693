/*
** Scripted answers: parsing an order, and which of the queued ones is due.
** Must not know the contract, the HTTP library or the log.
*/
#include "script.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const int64_t largest = INT64_C(1000000000000);

static bool parse_flag(const char *value, bool *flag) {
  int64_t number;
  if (!number_parse(value, 1, &number)) return false;
  *flag = number == 1;
  return true;
}

/* A line break would let a test send two headers by accident. */
static bool parse_header(const char *value, struct text *headers) {
  size_t name = strcspn(value, ":");
  const char *content;
  if (!name || !value[name] || strpbrk(value, "\r\n")) return false;
  content = value + name + 1 + strspn(value + name + 1, " ");
  text_add(headers, value, name);
  text_add(headers, "", 1);
  text_add(headers, content, strlen(content) + 1);
  return true;
}

static void set_type(struct script *script, const char *type) {
  size_t length = strlen(type);
  script->type = memory_or_exit(script->type, length + 1);
  memcpy(script->type, type, length + 1);
  script->has_type = true;
}

static bool parse_one(struct script *script, const char *name, const char *value,
                      bool *has_status) {
  int64_t number;
  if (strcmp(name, "status") == 0) {
    if (!number_parse(value, 599, &number) || number < 200) return false;
    script->status = (unsigned)number;
    return *has_status = true;
  }
  if (strcmp(name, "times") == 0) return number_parse(value, largest, &script->times);
  if (strcmp(name, "after") == 0) return number_parse(value, largest, &script->after);
  if (strcmp(name, "cut") == 0) return number_parse(value, largest, &script->cut);
  if (strcmp(name, "hang") == 0) return number_parse(value, 3600000, &script->hang);
  if (strcmp(name, "reset") == 0) return parse_flag(value, &script->reset);
  if (strcmp(name, "chunked") == 0) return parse_flag(value, &script->chunked);
  if (strcmp(name, "header") == 0) return parse_header(value, &script->headers);
  if (strcmp(name, "type") == 0 && !strpbrk(value, "\r\n")) {
    set_type(script, value);
    return true;
  }
  return false;
}

struct script *script_parse(const struct query *query, const struct text *body,
                            const char **fault) {
  struct script *script = memory_or_exit(NULL, sizeof *script);
  bool has_status = false;
  size_t i;
  memset(script, 0, sizeof *script);
  script->times = 1;
  script->status = 200;
  script->cut = -1;
  for (i = 0; i < query->count; i++) {
    if (!parse_one(script, query->name[i], query->value[i], &has_status)) {
      *fault = query->name[i];
      script_free(script);
      return NULL;
    }
  }
  text_add(&script->body, body->at, body->length);
  script->altered = !body->length && !has_status;
  return script;
}

void script_free(struct script *script) {
  if (!script) return;
  free(script->type);
  text_free(&script->headers);
  text_free(&script->body);
  free(script);
}

void script_queue(struct script **queue, struct script *script) {
  while (*queue) queue = &(*queue)->next;
  *queue = script;
}

/*
** The one that is meant for the present request, or NULL. Only the head of the queue counts
** down, so each `after` is counted from the end of the one before it.
*/
struct script *script_due(struct script **queue) {
  struct script *head = *queue;
  if (!head) return NULL;
  if (head->after) {
    head->after--;
    return NULL;
  }
  return head;
}

void script_used(struct script **queue) {
  struct script *head = *queue;
  if (head->times == 0 || --head->times) return;
  *queue = head->next;
  script_free(head);
}

const char *script_header(const struct text *headers, const char *name) {
  size_t at = 0;
  while (at < headers->length) {
    const char *value = headers->at + at + strlen(headers->at + at) + 1;
    if (strcasecmp(headers->at + at, name) == 0) return value;
    at = (size_t)(value - headers->at) + strlen(value) + 1;
  }
  return NULL;
}
