/*
** IAM as far as clients of the emulated service need it: see iam.h. As strict as the documents of
** the call: the body has these members and no others.
*/
#include "iam.h"
#include "dataset.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WRONG_IN_A_ROW_MAX = 5, INSTANT = 32 };

static const char path[] = "/v3/auth/tokens";

struct issued_token {
  struct issued_token *next;
  uint64_t number;
  int64_t expires; /* microseconds, by the emulator's clock */
  int64_t uses;    /* left; -1 = any number of them */
  bool revoked;
  char text[TOKEN_MAX + 1];
};

/* What a well-formed request asks for; pointers into its JSON. */
struct login {
  const char *user;
  const char *password;
  const char *domain;
  const char *project;
};

static int64_t now_microseconds(const struct options *options) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return ((int64_t)time.tv_sec + options->clock) * 1000000 + time.tv_nsec / 1000;
}

static void write_instant(int64_t microseconds, char out[INSTANT]) {
  time_t seconds = (time_t)(microseconds / 1000000);
  struct tm parts;
  size_t length = 0;
  if (gmtime_r(&seconds, &parts)) length = strftime(out, INSTANT, "%Y-%m-%dT%H:%M:%S", &parts);
  snprintf(out + length, INSTANT - length, ".%06dZ", (int)(microseconds % 1000000));
}

bool iam_asked(const struct api_request *request) {
  size_t length = strcspn(request->uri, "?");
  return strcmp(request->method, "POST") == 0 && length == sizeof path - 1 &&
         memcmp(request->uri, path, length) == 0;
}

/* Keystone's shape, with the code as a number. */
static bool refuse(struct answer *answer, unsigned status, const char *title, const char *message) {
  answer->status = status;
  text_str(&answer->body, "{\"error\":{\"message\":\"");
  text_json(&answer->body, message);
  text_str(&answer->body, "\",\"code\":");
  text_digits(&answer->body, status, 1);
  text_str(&answer->body, ",\"title\":\"");
  text_str(&answer->body, title);
  text_str(&answer->body, "\"}}");
  return false;
}

static bool check_outside(const struct api_request *request, struct answer *answer) {
  const char *mark = strchr(request->uri, '?');
  const char *type = request->content_type;
  struct query query;
  bool good = query_parse(mark ? mark + 1 : "", &query) && query.count <= 1;
  if (good && query.count) {
    good = strcmp(query.name[0], "nocatalog") == 0 && query.value[0][0] != '\0';
  }
  query_free(&query);
  if (!good) return refuse(answer, 400, "Bad Request", "The query is invalid.");
  if (!type || (strcasecmp(type, "application/json") != 0 &&
                strcasecmp(type, "application/json;charset=utf8") != 0 &&
                strcasecmp(type, "application/json;charset=utf-8") != 0)) {
    return refuse(answer, 400, "Bad Request", "The content type must be application/json.");
  }
  return true;
}

/* The member of an object that has so many of them; NULL if it is not so. */
static json_object *member(json_object *object, const char *name, int count) {
  json_object *value = NULL;
  if (!object || !json_object_is_type(object, json_type_object) ||
      json_object_object_length(object) != count) {
    return NULL;
  }
  return json_object_object_get_ex(object, name, &value) ? value : NULL;
}

static const char *text_member(json_object *object, const char *name, int count) {
  json_object *value = member(object, name, count);
  if (!value || !json_object_is_type(value, json_type_string)) return NULL;
  return json_object_get_string_len(value) ? json_object_get_string(value) : NULL;
}

static bool read_login(json_object *body, struct login *login) {
  json_object *auth = member(body, "auth", 1);
  json_object *identity = member(auth, "identity", 2);
  json_object *methods = member(identity, "methods", 2);
  json_object *user = member(member(identity, "password", 2), "user", 1);
  json_object *method;
  if (!methods || !json_object_is_type(methods, json_type_array) ||
      json_object_array_length(methods) != 1) {
    return false;
  }
  method = json_object_array_get_idx(methods, 0);
  if (!json_object_is_type(method, json_type_string) ||
      strcmp(json_object_get_string(method), "password") != 0) {
    return false;
  }
  login->user = text_member(user, "name", 3);
  login->password = text_member(user, "password", 3);
  login->domain = text_member(member(user, "domain", 3), "name", 1);
  login->project = text_member(member(member(auth, "scope", 2), "project", 1), "name", 1);
  return login->user && login->password && login->domain && login->project;
}

static bool check_login(struct iam *iam, const struct login *login, const struct options *options,
                        struct answer *answer) {
  if (iam->wrong_in_a_row > WRONG_IN_A_ROW_MAX) {
    return refuse(answer, 401, "Unauthorized",
                  "The user is locked: too many wrong passwords in a row.");
  }
  if (strcmp(login->user, options->user_name) != 0 ||
      strcmp(login->domain, options->domain_name) != 0 ||
      strcmp(login->password, options->user_password) != 0) {
    iam->wrong++;
    iam->wrong_in_a_row++;
    return refuse(answer, 401, "Unauthorized", "The username or password is wrong.");
  }
  iam->wrong_in_a_row = 0;
  if (options->login_protected) {
    return refuse(answer, 403, "Forbidden", "Login protection is enabled for this user.");
  }
  if (options->project_name[0] && strcmp(login->project, options->project_name) != 0) {
    return refuse(answer, 401, "Unauthorized",
                  "The project does not exist, or the user has no permission for it.");
  }
  return true;
}

/* As the real ones begin, and as long as the option says. */
static struct issued_token *issue(struct iam *iam, const struct options *options, int64_t now) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
  struct issued_token *token = memory_or_exit(NULL, sizeof *token);
  size_t length;
  memset(token, 0, sizeof *token);
  snprintf(token->text, sizeof token->text, "MIIemulator%08llx.",
           (unsigned long long)++iam->serial);
  for (length = strlen(token->text); length < (size_t)options->token_size; length++) {
    token->text[length] = letters[hash_mix(iam->serial * 100000 + length) % 64];
  }
  token->number = ++iam->issued;
  token->expires = now + (int64_t)options->token_lifetime * 1000000;
  token->uses = options->token_uses ? options->token_uses : -1;
  token->next = iam->tokens;
  iam->tokens = token;
  return token;
}

static void write_token(const struct issued_token *token, const struct login *login, int64_t now,
                        bool catalog, struct answer *answer, struct text *headers) {
  struct text *body = &answer->body;
  char instant[INSTANT];
  answer->status = 201;
  text_str(body, "{\"token\":{\"expires_at\":\"");
  write_instant(token->expires, instant);
  text_str(body, instant);
  text_str(body, "\",\"methods\":[\"password\"],\"roles\":[],\"project\":{\"name\":\"");
  text_json(body, login->project);
  text_str(body, "\"},\"user\":{\"name\":\"");
  text_json(body, login->user);
  text_str(body, "\",\"domain\":{\"name\":\"");
  text_json(body, login->domain);
  text_str(body, "\"}},\"issued_at\":\"");
  write_instant(now, instant);
  text_str(body, instant);
  text_str(body, catalog ? "\",\"catalog\":[{\"type\":\"swr\",\"endpoints\":[]}]}}" : "\"}}");
  text_str(headers, "X-Subject-Token");
  text_add(headers, "", 1);
  text_add(headers, token->text, strlen(token->text) + 1);
}

/* Strict, and the bytes of characters beyond ASCII well-formed. */
static json_object *parse_body(const struct text *body) {
  struct json_tokener *tokener = json_tokener_new();
  json_object *parsed = NULL;
  char *ascii = malloc(body->length + 1);
  size_t i;
  if (!tokener || !ascii) abort();
  /* Where char is signed, json-c 0.18 takes those bytes for control characters if it is strict. */
  for (i = 0; i < body->length; i++)
    ascii[i] = (char)((unsigned char)body->at[i] < 0x80 ? body->at[i] : '?');
  json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
  json_object_put(json_tokener_parse_ex(tokener, ascii, (int)body->length));
  if (json_tokener_get_error(tokener) == json_tokener_success) {
    json_tokener_reset(tokener);
    json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8);
    parsed = json_tokener_parse_ex(tokener, body->at, (int)body->length);
  }
  if (json_tokener_get_parse_end(tokener) != body->length) {
    json_object_put(parsed);
    parsed = NULL;
  }
  json_tokener_free(tokener);
  free(ascii);
  return parsed;
}

void iam_answer(struct iam *iam, const struct api_request *request, const struct options *options,
                struct answer *answer, struct text *headers) {
  json_object *body = NULL;
  struct login login;
  if (!check_outside(request, answer)) return;
  if (request->body->length) body = parse_body(request->body);
  if (!read_login(body, &login)) {
    refuse(answer, 400, "Bad Request", "The request body is invalid.");
  } else if (check_login(iam, &login, options, answer)) {
    int64_t now = now_microseconds(options);
    const struct issued_token *token = issue(iam, options, now);
    write_token(token, &login, now, !strchr(request->uri, '?'), answer, headers);
  }
  json_object_put(body);
}

enum token_state iam_use(struct iam *iam, const char *token, const struct options *options,
                         uint64_t *number, char expires[32]) {
  struct issued_token *issued = iam->tokens;
  while (issued && strcmp(issued->text, token) != 0) issued = issued->next;
  if (!issued) return TOKEN_UNKNOWN;
  *number = issued->number;
  write_instant(issued->expires, expires);
  if (issued->revoked) return TOKEN_REVOKED;
  if (issued->uses == 0 || issued->expires <= now_microseconds(options)) return TOKEN_EXPIRED;
  if (issued->uses > 0) issued->uses--;
  return TOKEN_GOOD;
}

void iam_revoke(struct iam *iam) {
  struct issued_token *token;
  for (token = iam->tokens; token; token = token->next) token->revoked = true;
}

void iam_reset(struct iam *iam) {
  while (iam->tokens) {
    struct issued_token *next = iam->tokens->next;
    free(iam->tokens);
    iam->tokens = next;
  }
  iam->issued = iam->wrong = 0;
  iam->wrong_in_a_row = 0;
}
