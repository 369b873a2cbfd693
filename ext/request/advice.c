/*
** What to do about an answer that is an error: see advice.h.
*/
#include "request/advice.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "api/keys.h"
#include "base/timestamp.h"

/*
** Seconds. The gateway refuses signatures that are fifteen minutes off; a clock that is off by less
** than this is no cause, and the difference says nothing: an answer takes time.
*/
#define CLOCK_NOTABLE 300

/* Servers that have no status of its own for it say so in words: nginx, Apache. */
static bool headers_too_large(const struct refusal *refusal) {
  const char *message = refusal->error->message;

  return refusal->status == 431 || refusal->status == 494 ||
         (refusal->status == 400 && (strstr(message, "Header Or Cookie Too Large") ||
                                     strstr(message, "header field exceeds server limit")));
}

static void advise_shorter_headers(const struct refusal *refusal, char text[ADVICE_MAX]) {
  char carried[80] = "";

  if (refusal->token_size) {
    snprintf(carried, sizeof carried, ", and the token alone has %zu characters",
             refusal->token_size);
  }
  snprintf(text, ADVICE_MAX,
           "The headers of the request are larger than this server takes%s: use an access key, or "
           "the token of a user with fewer roles.",
           carried);
}

/* By how much this machine's clock is off, if that may be the reason. */
static void append_clock(const struct refusal *refusal, char text[ADVICE_MAX]) {
  int64_t fast = refusal->signed_at - refusal->date;
  size_t used = strlen(text);
  const char *space = used ? " " : "";
  char here[TIMESTAMP_SIZE];
  char there[TIMESTAMP_SIZE];

  if (!refusal->signed_at || !refusal->date) return;
  if (fast < CLOCK_NOTABLE && -fast < CLOCK_NOTABLE) return;
  timestamp_write(refusal->signed_at, here);
  timestamp_write(refusal->date, there);
  snprintf(text + used, ADVICE_MAX - used,
           "%sThe clock here is %" PRId64
           " s %s: it was %sZ here and %sZ at the service, which takes 15 minutes at most. Set it.",
           space, fast < 0 ? -fast : fast, fast < 0 ? "slow" : "fast", here, there);
}

static void advise_on_absence(const struct refusal *refusal, char text[ADVICE_MAX]) {
  if (!refusal->listing->regional) {
    snprintf(text, ADVICE_MAX, "The endpoint does not serve this API: check endpoint and region.");
    return;
  }
  snprintf(text, ADVICE_MAX,
           "This region does not offer the list of %s, or the endpoint is not SWR's: check "
           "endpoint and region.",
           refusal->listing->noun);
}

static void advise_on_credentials(const struct refusal *refusal, char text[ADVICE_MAX]) {
  if (refusal->status == 401) {
    snprintf(text, ADVICE_MAX, "%s", refusal->credentials);
  } else {
    snprintf(text, ADVICE_MAX, "These credentials may not read the %s of this %s.",
             refusal->listing->noun, keys_place(refusal->listing));
  }
  /* SWR itself looks at no clock: whoever gets there had a signature that was right. */
  if (!answer_error_is_swr(refusal->error)) append_clock(refusal, text);
}

void advice_write(const struct refusal *refusal, char text[ADVICE_MAX]) {
  int status = refusal->status;

  text[0] = '\0';
  if (status == 429 || (status != 401 && answer_error_is_throttling(refusal->error))) {
    snprintf(text, ADVICE_MAX,
             "The service throttles: ask for less at once (setting concurrency), or later.");
  } else if (answer_error_is_limit(refusal->error)) {
    snprintf(text, ADVICE_MAX, "Set page_size to less, or to 'auto'.");
  } else if (headers_too_large(refusal)) {
    advise_shorter_headers(refusal, text);
  } else if (status == 401 || status == 403) {
    advise_on_credentials(refusal, text);
  } else if (status == 404) {
    advise_on_absence(refusal, text);
  } else if (status >= 300 && status < 400) {
    snprintf(text, ADVICE_MAX,
             "Redirects are not followed: set endpoint to the address that it leads to.");
  }
}
