/*
** Prints the base URL that the extension makes of each region that it is given, one a line, for the
** comparison with the official SDK's table of regions. Nothing is sent.
*/
#include <stdio.h>
#include <stdlib.h>

#include "account/access.h"

static bool print_endpoint(const char *region) {
  struct settings settings;
  struct service_error error;
  struct access *access = NULL;
  bool done;

  settings_init(&settings);
  done = settings_look(&settings) &&
         settings_set(&settings, SETTING_REGION, region, &error) == SERVICE_OK &&
         settings_set(&settings, SETTING_TOKEN, "t", &error) == SERVICE_OK &&
         access_resolve(&access, &settings, &error) == SERVICE_OK;
  puts(done ? access->base_url : error.message);
  access_release(access);
  settings_free(&settings);
  return done;
}

int main(int argc, char **argv) {
  bool done = true;

  for (int i = 1; i < argc; i++) done = print_endpoint(argv[i]) && done;
  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
