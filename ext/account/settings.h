/*
** The settings: their names, what they take, and where their values come from.
**
** A value set in the session wins over the environment, which wins over the default. This file must
** not know what a setting is used for. Values of secret settings are wiped when they are replaced.
*/
#ifndef SWR_SETTINGS_H
#define SWR_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/environment.h"
#include "base/secret.h"
#include "base/status.h"

#define KEY_MAX 512     /* characters of an access key or secret key; they have 20 and 40 */
#define TOKEN_MAX 65536 /* of a token; IAM's have some kilobytes, 32 KiB are documented */
#define METADATA_VARIABLE "SWR_METADATA_URL" /* where the metadata service is, for tests */
#define CONCURRENCY_MAX 64                   /* requests at once that the setting takes at most */

enum setting {
  SETTING_ENDPOINT,
  SETTING_REGION,
  SETTING_CLOUD,
  SETTING_TOKEN,
  SETTING_ACCESS_KEY,
  SETTING_SECRET_KEY,
  SETTING_SECURITY_TOKEN,
  SETTING_PROFILE,
  SETTING_AGENCY,
  SETTING_USER_NAME,
  SETTING_USER_PASSWORD,
  SETTING_DOMAIN_NAME,
  SETTING_PROJECT_NAME,
  SETTING_PROJECT_ID,
  SETTING_AUTH_URL,
  SETTING_PAGE_SIZE,
  SETTING_CONCURRENCY,
  SETTING_TIMEOUT,
  SETTING_DEADLINE,
  SETTING_RETRIES,
  SETTING_DISCOVERY,
  SETTING_UNREADABLE,
  SETTING_RATE,
  SETTING_PROGRESS,
  SETTING_CA_FILE,
  SETTING_COUNT
};

/* What was set in the session, and what the environment says; one for each database connection. */
struct settings {
  char *values[SETTING_COUNT]; /* owned; NULL where the session set nothing */
  struct environment
      *environment; /* referenced: as it was when it was looked at; NULL: it was not */
};

/* The environment is not looked at yet. */
void settings_init(struct settings *settings);
void settings_free(struct settings *settings);

/*
** Looks at the environment, for all that is asked of the settings until the next time: once for
** each statement (see environment.h). False when out of memory; what was seen before stays then.
*/
bool settings_look(struct settings *settings);

/* Finds a setting by its name; fails with a message that lists the names. */
enum service_status settings_find(const char *name, enum setting *setting,
                                  struct service_error *error);

bool setting_is_secret(enum setting setting);

/* Its name; static. */
const char *setting_name(enum setting setting);

#define SETTING_TAKES_MAX 160 /* bytes, NUL included */

/* What it takes, as words for the user. */
void setting_takes(enum setting setting, char words[SETTING_TAKES_MAX]);

/*
** Fails where the environment forbids to set anything for the session: SWR_CONFIG=readonly, for
** programs that run the SQL of others. A value of it that makes no sense forbids it as well.
*/
enum service_status settings_writable(const struct settings *settings, struct service_error *error);

/*
** Sets a value for the session, checked; NULL goes back to the environment and the default. Fails
** with a message that names the setting and what it takes, never the value of a secret, and where
** nothing may be set (settings_writable).
*/
enum service_status settings_set(struct settings *settings, enum setting setting, const char *value,
                                 struct service_error *error);

/*
** For a copy of settings, which owns nothing and lives no longer than they do: a profile as if the
** session had set it, and no other credentials of the session beside it.
*/
void settings_lend(struct settings *copy, const char *profile);

/*
** The value in force as text: session, environment, default; NULL if none. Not checked where it
** comes from the environment. Valid until the setting changes or the environment is looked at. What
** is read from other places (the file of SWR_TOKEN_FILE, say) is not seen here.
*/
const char *settings_text(const struct settings *settings, enum setting setting);

#define SOURCE_SESSION "session"
#define SOURCE_DEFAULT "default"

/*
** Where that value comes from: SOURCE_SESSION, the name of a variable of the environment, or
** SOURCE_DEFAULT; NULL if there is none. Static.
*/
const char *settings_source(const struct settings *settings, enum setting setting);

/* The value in force, checked: SERVICE_FAILED names the setting, its source and what it takes. */
enum service_status settings_checked_text(const struct settings *settings, enum setting setting,
                                          const char **value, struct service_error *error);
/*
** The same of a number: whole, or in thousandths where it may have decimals; 0, which its kind does
** not take, where there is none or where it is `auto`.
*/
enum service_status settings_number(const struct settings *settings, enum setting setting,
                                    int64_t *value, struct service_error *error);

/*
** The same for a setting that takes one of two words: *first is true if it is the first of them, as
** setting_takes has them.
*/
enum service_status settings_first(const struct settings *settings, enum setting setting,
                                   bool *first, struct service_error *error);

/* The domain that the hosts of a region are under, where no setting says it; static. */
const char *settings_cloud_of(const char *region);

/* The domain that the hosts of a region are under: the setting, else the region's own. */
enum service_status settings_cloud(const struct settings *settings, const char *region,
                                   const char **cloud, struct service_error *error);

/*
** Checks the length of a key or token of the setting's kind, found at `place`; the message of a
** failure names place and length, and not the value.
*/
enum service_status settings_check_length(enum setting setting, const char *value,
                                          const char *place, struct service_error *error);

/* True if a text has visible ASCII characters only, as tokens and keys do: it fits a header. */
bool text_visible(const char *text);

#endif
