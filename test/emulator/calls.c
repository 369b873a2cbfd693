/*
** The control calls under /emulator/: how tests change the service while it runs, and look at its
** contents. Must not know the HTTP library nor the contract of the emulated API.
*/
#include "change.h"
#include "control.h"

#include <stdlib.h>
#include <string.h>

static void refuse(struct reply *reply, unsigned status, const char *message, const char *detail) {
  reply->status = status;
  reply->body.length = 0;
  text_str(&reply->body, message);
  if (detail) {
    text_str(&reply->body, ": ");
    text_str(&reply->body, detail);
  }
  text_str(&reply->body, "\n");
}

static void call_set(struct control *control, const struct query *query, const struct text *body,
                     struct reply *reply) {
  struct options *changed = memory_or_exit(NULL, sizeof *changed);
  size_t i;
  (void)body;
  *changed = control->now;
  for (i = 0; i < query->count; i++) {
    if (options_set(changed, query->name[i], query->value[i])) continue;
    refuse(reply, 400, "unknown option, or a value that it does not take", query->name[i]);
    break;
  }
  /* All or nothing, so that a refused call leaves the service as it was. */
  if (i == query->count) control->now = *changed;
  free(changed);
}

static void call_reset(struct control *control, const struct query *query, const struct text *body,
                       struct reply *reply) {
  (void)query;
  (void)body;
  (void)reply;
  control->now = control->initial;
  while (control->scripts) {
    struct script *next = control->scripts->next;
    script_free(control->scripts);
    control->scripts = next;
  }
  change_drop(&control->changes);
  dataset_reset(&control->data);
  memset(&control->guard, 0, sizeof control->guard);
  iam_reset(&control->iam);
  control->most_in_flight = control->in_flight;
  control->rate_since = control->rate_count = 0;
}

static void call_answer(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  const char *fault = "";
  struct script *script = script_parse(query, body, &fault);
  if (script) {
    script_queue(&control->scripts, script);
  } else {
    refuse(reply, 400, "unknown parameter, or a value that it does not take", fault);
  }
}

/* What a kind of change needs besides the image. */
static bool change_parse(const struct query *query, struct change *change, const char **needs) {
  const char *count = query_value(query, "count");
  const char *at = query_value(query, "at");
  const char *after = query_value(query, "after");
  int64_t sign = at && *at == '-' ? -1 : 1;
  *needs = "needs image, count and maybe after";
  if (after && !number_parse(after, INT64_C(1000000000), &change->after)) return false;
  if (change->kind == CHANGE_INSERT || change->kind == CHANGE_PURGE ||
      change->kind == CHANGE_CREATE) {
    return count && number_parse(count, INT64_C(1000000000), &change->count);
  }
  *needs = change->kind == CHANGE_HIDE ? "needs image, at and maybe after"
                                       : "needs image and maybe after";
  if (change->kind == CHANGE_SHOW || change->kind == CHANGE_REMOVE) return true;
  if (!at || !number_parse(at + (sign < 0), INT64_C(1000000000), &change->count)) return false;
  change->count *= sign;
  return true;
}

/* Which image, what of it, and after which request. */
static void order_change(struct control *control, const struct query *query, enum change_kind kind,
                         struct reply *reply) {
  struct change change;
  const char *image = query_value(query, "image");
  const char *needs;
  memset(&change, 0, sizeof change);
  change.kind = kind;
  if (!image || strlen(image) > IMAGE_MAX ||
      (kind != CHANGE_CREATE && !dataset_find(&control->data, image))) {
    refuse(reply, 404, "no such repository", image);
    return;
  }
  memcpy(change.image, image, strlen(image) + 1);
  if (!change_parse(query, &change, &needs)) {
    refuse(reply, 400, needs, NULL);
  } else if (!change_order(&control->changes, &control->data, &change)) {
    refuse(reply, 400,
           kind == CHANGE_HIDE ? "no such job" : "more jobs than this repository has ids for",
           NULL);
  }
}

static void call_insert(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_INSERT, reply);
}

static void call_purge(struct control *control, const struct query *query, const struct text *body,
                       struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_PURGE, reply);
}

static void call_hide(struct control *control, const struct query *query, const struct text *body,
                      struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_HIDE, reply);
}

static void call_show(struct control *control, const struct query *query, const struct text *body,
                      struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_SHOW, reply);
}

static void call_remove(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_REMOVE, reply);
}

static void call_create(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  (void)body;
  order_change(control, query, CHANGE_CREATE, reply);
}

static void call_append(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  const char *image = query_value(query, "image");
  struct repository *repository = image ? dataset_find(&control->data, image) : NULL;
  if (!repository) {
    refuse(reply, 404, "no such repository", image);
  } else if (!body->length) {
    refuse(reply, 400, "the body must hold the record", NULL);
  } else {
    repository_append(repository, body->at, body->length);
  }
}

static void call_replace(struct control *control, const struct query *query,
                         const struct text *body, struct reply *reply) {
  const char *image = query_value(query, "image");
  const char *at = query_value(query, "at");
  struct repository *repository = image ? dataset_find(&control->data, image) : NULL;
  int64_t listed;
  if (!repository) {
    refuse(reply, 404, "no such repository", image);
  } else if (!body->length || !at || !number_parse(at, INT64_MAX, &listed) ||
             !repository_replace(repository, listed, body->at, body->length)) {
    refuse(reply, 400, "at must be an appended record, and the body hold another one", at);
  }
}

static void call_revoke(struct control *control, const struct query *query, const struct text *body,
                        struct reply *reply) {
  (void)query;
  (void)body;
  (void)reply;
  iam_revoke(&control->iam);
}

static void call_repositories(struct control *control, const struct query *query,
                              const struct text *body, struct reply *reply) {
  size_t i;
  (void)query;
  (void)body;
  reply->is_json = true;
  reply->body.length = 0;
  for (i = 0; i < control->data.count; i++) {
    const struct repository *repository = &control->data.repositories[i];
    if (repository->removed) continue;
    text_str(&reply->body, reply->body.length ? ",\n{\"image\":\"" : "[{\"image\":\"");
    text_str(&reply->body, repository->image);
    text_str(&reply->body, "\",\"jobs\":");
    text_number(&reply->body, repository_count(repository));
    text_str(&reply->body, "}");
  }
  text_str(&reply->body, reply->body.length ? "]\n" : "[]\n");
}

static void call_stats(struct control *control, const struct query *query, const struct text *body,
                       struct reply *reply) {
  (void)query;
  (void)body;
  reply->is_json = true;
  reply->body.length = 0;
  text_str(&reply->body, "{\"requests\":");
  text_digits(&reply->body, control->requests, 1);
  text_str(&reply->body, ",\"inFlight\":");
  text_number(&reply->body, control->in_flight);
  text_str(&reply->body, ",\"mostInFlight\":");
  text_number(&reply->body, control->most_in_flight);
  text_str(&reply->body, ",\"badSignatures\":");
  text_digits(&reply->body, control->guard.bad_signatures, 1);
  text_str(&reply->body, ",\"tokensIssued\":");
  text_digits(&reply->body, control->iam.issued, 1);
  text_str(&reply->body, ",\"wrongPasswords\":");
  text_digits(&reply->body, control->iam.wrong, 1);
  text_str(&reply->body, "}\n");
}

typedef void call_function(struct control *control, const struct query *query,
                           const struct text *body, struct reply *reply);

static const struct {
  const char *method;
  const char *path;
  call_function *function;
} calls[] = {
    {"POST", "/emulator/set", call_set},
    {"POST", "/emulator/reset", call_reset},
    {"POST", "/emulator/answer", call_answer},
    {"POST", "/emulator/insert", call_insert},
    {"POST", "/emulator/purge", call_purge},
    {"POST", "/emulator/append", call_append},
    {"POST", "/emulator/hide", call_hide},
    {"POST", "/emulator/show", call_show},
    {"POST", "/emulator/remove", call_remove},
    {"POST", "/emulator/create", call_create},
    {"POST", "/emulator/replace", call_replace},
    {"POST", "/emulator/revoke", call_revoke},
    {"GET", "/emulator/repositories", call_repositories},
    {"GET", "/emulator/stats", call_stats},
};

static bool path_is(const char *uri, const char *path) {
  size_t length = strcspn(uri, "?");
  return strlen(path) == length && memcmp(uri, path, length) == 0;
}

void control_call(struct control *control, const char *method, const char *uri,
                  const struct text *body, struct reply *reply) {
  const char *mark = strchr(uri, '?');
  struct query query;
  bool parsed = query_parse(mark ? mark + 1 : "", &query);
  size_t i;
  memset(reply, 0, sizeof *reply);
  refuse(reply, 404, "no such call, or not with this method", NULL);
  for (i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    if (strcmp(method, calls[i].method) != 0 || !path_is(uri, calls[i].path)) continue;
    if (!parsed) {
      refuse(reply, 400, "the query cannot be read", NULL);
      break;
    }
    refuse(reply, 200, "ok", NULL);
    pthread_mutex_lock(&control->lock);
    calls[i].function(control, &query, body, reply);
    pthread_mutex_unlock(&control->lock);
  }
  query_free(&query);
}

/* GET /emulator/jobs is apart from the others because its answer may be too large to hold. */
bool control_walk(struct control *control, const char *uri, struct walk *walk) {
  struct query query;
  const char *image = NULL;
  bool found = false;
  if (!path_is(uri, "/emulator/jobs")) return false;
  if (query_parse(strchr(uri, '?') ? strchr(uri, '?') + 1 : "", &query)) {
    image = query_value(&query, "image");
  }
  if (image) {
    pthread_mutex_lock(&control->lock);
    found = walk_begin(walk, control, image);
    pthread_mutex_unlock(&control->lock);
  }
  query_free(&query);
  return found;
}
