/*
** How much, how long, how often: see limits.h.
*/
#include "account/limits.h"

#include <stddef.h>

#define FIRST_PAGE 100 /* records of the first request, where pages grow */

enum service_status limits_read(struct limits *limits, const struct settings *settings,
                                struct service_error *error) {
  const struct {
    enum setting setting;
    int64_t *value;
  } table[] = {{SETTING_PAGE_SIZE, &limits->page_size}, {SETTING_CONCURRENCY, &limits->concurrency},
               {SETTING_TIMEOUT, &limits->timeout},     {SETTING_DEADLINE, &limits->deadline},
               {SETTING_RETRIES, &limits->retries},     {SETTING_RATE, &limits->rate}};
  enum service_status status = SERVICE_OK;

  for (size_t i = 0; status == SERVICE_OK && i < sizeof table / sizeof table[0]; i++) {
    status = settings_number(settings, table[i].setting, table[i].value, error);
  }
  limits->grows = limits->page_size == 0;
  if (limits->grows) limits->page_size = FIRST_PAGE;
  return status;
}
