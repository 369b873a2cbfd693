/*
** The command line of the emulator, its start and its end.
** Must not know HTTP, the contract or what an option means to it.
*/
#include "control.h"
#include "self_test.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command_line {
  int64_t port;
  int64_t seed;
  int64_t fleet;
  int64_t fleet_jobs;
  const char *port_file;
  const char *log_name;
  const char *dump;
  bool stdin_guard;
};

static int signal_pipe[2];

static void on_signal(int number) {
  int saved = errno;
  ssize_t written = write(signal_pipe[1], "", 1);
  (void)number;
  (void)written;
  errno = saved;
}

static void print_help(void) {
  char options[2048];
  options_describe(options, sizeof options);
  printf(
      "Usage: swr-emulator [OPTION]...\n"
      "A local stand-in for the sync_job list call of SWR, on 127.0.0.1 only.\n\n"
      "  --port N           listen on this port (0, the default: the system chooses)\n"
      "  --port-file FILE   write the port number here once listening\n"
      "  --log FILE         append one line per API request\n"
      "  --seed N           the seed of the generated jobs (1)\n"
      "  --token T          the token that is accepted (emulator-token)\n"
      "  --add IMAGE=COUNT  one more repository, NAMESPACE/REPOSITORY, with COUNT jobs\n"
      "  --fleet N          fleet/service-0001 to fleet/service-N, some 40 jobs each\n"
      "  --fleet-jobs N     so many jobs each\n"
      "  --set NAME=VALUE   a run-time option, see below\n"
      "  --stdin-guard      end when standard input ends\n"
      "  --dump IMAGE       print that repository's jobs, oldest first, and exit\n"
      "  --help             print this text\n\nRun-time options:\n%s",
      options);
}

static int unusable(const char *option, const char *value) {
  fprintf(stderr, "swr-emulator: unusable: %s%s%s\n", option, value ? " " : "", value ? value : "");
  return 2;
}

static bool add_image(struct dataset *data, const char *value) {
  char image[IMAGE_MAX + 1];
  size_t length = strcspn(value, "=");
  char *slash;
  int64_t count;
  bool valid;
  if (!value[length] || length > IMAGE_MAX) return false;
  if (!number_parse(value + length + 1, INT32_MAX, &count)) return false;
  memcpy(image, value, length);
  image[length] = '\0';
  slash = strchr(image, '/');
  if (!slash) return false;
  *slash = '\0';
  valid = namespace_name_valid(image) && repository_name_valid(slash + 1);
  *slash = '/';
  return valid && dataset_add(data, image, count);
}

/* The options that say what is served; the seed must be known before --add is looked at. */
static bool apply_late(struct control *control, const char *name, const char *value) {
  if (strcmp(name, "--token") == 0) return options_set(&control->initial, "token", value);
  if (strcmp(name, "--set") == 0) return options_set_pair(&control->initial, value);
  if (strcmp(name, "--add") == 0) return add_image(&control->data, value);
  return true;
}

/* 1 = read, 0 = unknown, -1 = unusable value. */
static int apply_early(struct command_line *line, const char *name, const char *value) {
  if (strcmp(name, "--port") == 0) return number_parse(value, 65535, &line->port) ? 1 : -1;
  if (strcmp(name, "--seed") == 0) return number_parse(value, INT64_MAX, &line->seed) ? 1 : -1;
  if (strcmp(name, "--fleet") == 0) return number_parse(value, 10000, &line->fleet) ? 1 : -1;
  if (strcmp(name, "--fleet-jobs") == 0) {
    return number_parse(value, 99999, &line->fleet_jobs) ? 1 : -1;
  }
  if (strcmp(name, "--port-file") == 0) {
    line->port_file = value;
  } else if (strcmp(name, "--log") == 0) {
    line->log_name = value;
  } else if (strcmp(name, "--dump") == 0) {
    line->dump = value;
  } else if (strcmp(name, "--add") != 0 && strcmp(name, "--set") != 0 &&
             strcmp(name, "--token") != 0) {
    return 0;
  }
  return 1;
}

/* -1 = go on, else the exit code. */
static int read_command_line(int argc, char **argv, struct command_line *line,
                             struct control *control) {
  int i;
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      print_help();
      return 0;
    }
    if (strcmp(argv[i], "--stdin-guard") == 0) {
      line->stdin_guard = true;
      continue;
    }
    if (i + 1 == argc || apply_early(line, argv[i], argv[i + 1]) != 1) {
      return unusable(argv[i], argv[i + 1]);
    }
    i++;
  }
  dataset_init(&control->data, (uint64_t)line->seed);
  options_init(&control->initial);
  for (i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--stdin-guard") == 0) continue;
    if (!apply_late(control, argv[i], argv[i + 1])) return unusable(argv[i], argv[i + 1]);
    i++;
  }
  if (!dataset_add_fleet(&control->data, line->fleet, line->fleet_jobs)) {
    return unusable("--fleet", NULL);
  }
  control->now = control->initial;
  return -1;
}

static int dump(struct control *control, const char *image) {
  struct text out = {0};
  struct walk walk;
  if (!walk_begin(&walk, control, image)) return unusable("--dump", image);
  while (walk_next(&walk, &out)) {
    if (fwrite(out.at, 1, out.length, stdout) != out.length) break;
    out.length = 0;
  }
  text_free(&out);
  if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
  fputs("swr-emulator: cannot write to standard output\n", stderr);
  return 1;
}

/* Renamed into place, so that whoever waits for the file never reads half a number. */
static bool write_port_file(const char *name, unsigned port) {
  size_t room = strlen(name) + 32;
  char *temporary = memory_or_exit(NULL, room);
  FILE *file;
  bool good = false;
  snprintf(temporary, room, "%s.%ld.tmp", name, (long)getpid());
  file = fopen(temporary, "w");
  if (file) {
    good = fprintf(file, "%u\n", port) > 0;
    good = fclose(file) == 0 && good && rename(temporary, name) == 0;
    if (!good) unlink(temporary);
  }
  free(temporary);
  return good;
}

static void wait_for_end(bool stdin_guard) {
  struct pollfd sources[2] = {
      {.fd = signal_pipe[0], .events = POLLIN, .revents = 0},
      {.fd = stdin_guard ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
  };
  for (;;) {
    char unused[256];
    if (poll(sources, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (sources[0].revents) return;
    if (sources[1].revents && read(STDIN_FILENO, unused, sizeof unused) <= 0) return;
  }
}

static bool catch_signals(void) {
  struct sigaction action;
  struct sigaction before;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_handler = SIG_IGN;
  if (sigaction(SIGPIPE, &action, NULL) != 0 || pipe(signal_pipe) != 0) return false;
  /* A full pipe must not block the handler: the first byte is all that matters. */
  if (fcntl(signal_pipe[1], F_SETFL, O_NONBLOCK) != 0) return false;
  action.sa_handler = on_signal;
  if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, NULL, &before) != 0) return false;
  /* Started in the background by a shell, it must not end when Ctrl-C stops a query beside it. */
  return before.sa_handler == SIG_IGN || sigaction(SIGINT, &action, NULL) == 0;
}

static int run(struct control *control, const struct command_line *line) {
  struct server *server;
  unsigned port;
  int result = 0;
  if (!catch_signals()) {
    perror("swr-emulator");
    return 1;
  }
  server = server_start(control, (uint16_t)line->port);
  if (!server) {
    fprintf(stderr, "swr-emulator: cannot listen on 127.0.0.1:%d\n", (int)line->port);
    control_stop(control);
    return 1;
  }
  port = server_port(server);
  if (line->port_file && !write_port_file(line->port_file, port)) {
    result = unusable("--port-file", line->port_file);
  } else {
    printf("listening on http://127.0.0.1:%u\n", port);
    fflush(stdout);
    wait_for_end(line->stdin_guard);
  }
  server_stop(server);
  return result;
}

int main(int argc, char **argv) {
  static struct control control; /* static because of the tokens in its options */
  struct command_line line = {.seed = 1};
  int result;
  /* Not in the help: it is for the tests of this program. */
  if (argc == 2 && strcmp(argv[1], "--self-test") == 0) return self_test() ? 0 : 1;
  result = read_command_line(argc, argv, &line, &control);
  if (result >= 0) {
    dataset_free(&control.data);
    return result;
  }
  if (!control_open(&control, line.log_name)) {
    result = unusable("--log", line.log_name);
    dataset_free(&control.data);
    return result;
  }
  if (line.dump) {
    result = dump(&control, line.dump);
    control_stop(&control);
  } else {
    result = run(&control, &line);
  }
  control_close(&control);
  return result;
}
