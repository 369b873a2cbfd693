/*
** A line on the terminal that says how far a statement is: see progress.h.
*/
#include "vtab/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/always.h"

#define FIRST_AFTER 2000 /* milliseconds that a statement takes before anything is shown */
#define DRAW_EVERY 100
#define LINE_MAX_BYTES 256
#define USUAL_WIDTH 80

static int64_t milliseconds(void) {
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_init(struct progress *progress, struct service *service) {
  memset(progress, 0, sizeof *progress);
  progress->service = service;
}

/* A terminal, and one that is ours: what runs in the background writes on nobody's screen. */
static bool on_terminal(void) {
  return isatty(STDERR_FILENO) && tcgetpgrp(STDERR_FILENO) == getpgrp();
}

enum service_status progress_begin(struct progress *progress) {
  const char *value = NULL;
  enum service_status status = settings_checked_text(&progress->service->settings, SETTING_PROGRESS,
                                                     &value, &progress->service->error);

  progress_hide(progress);
  if (status != SERVICE_OK) return status;
  progress->wanted = !strcmp(value, "on") || (!strcmp(value, "auto") && on_terminal());
  progress->began = milliseconds();
  progress->places = 0;
  progress->before = service_tally(progress->service);
  return SERVICE_OK;
}

void progress_add(struct progress *progress, size_t places) { progress->places += (int64_t)places; }

/* Writes all of it, or as much as goes. */
static void put(const char *bytes, size_t size) {
  while (size) {
    ssize_t written = write(STDERR_FILENO, bytes, size);
    if (written <= 0) return;
    bytes += written;
    size -= (size_t)written;
  }
}

/* Columns that may be written on without a line break. */
static size_t room(void) {
  struct winsize window;

  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || window.ws_col < 2) return USUAL_WIDTH - 1;
  return window.ws_col < LINE_MAX_BYTES ? window.ws_col - 1u : LINE_MAX_BYTES - 1;
}

/* A line that is being made, of at most so many bytes, which are columns. */
struct line {
  char text[LINE_MAX_BYTES];
  size_t used;
  size_t most;
};

/* Appends what fits as a whole. */
__attribute__((format(printf, 2, 3))) static void add(struct line *line, const char *format, ...) {
  size_t left = line->most - line->used;
  va_list arguments;
  int size;

  va_start(arguments, format);
  size = vsnprintf(line->text + line->used, left + 1, format, arguments);
  va_end(arguments);
  if (ALWAYS(size > 0) && (size_t)size <= left) line->used += (size_t)size;
}

/* What counts most comes first: narrow terminals have no room for the rest. */
static void describe(const struct progress *progress, int64_t elapsed, struct line *line) {
  const struct service_tally now = service_tally(progress->service);
  int64_t places = progress->places + now.found - progress->before.found;
  int64_t answered = now.places - progress->before.places;
  int64_t again = now.again - progress->before.again;
  int64_t requests = now.requests - progress->before.requests;
  int64_t held = service_held(progress->service);

  if (answered > places) answered = places;
  add(line, "swr: ");
  if (places > 0) add(line, "%" PRId64 " of %" PRId64 " repositories, ", answered, places);
  if (answered > 0 && answered < places) {
    add(line, "%" PRId64 " s left, ", elapsed * (places - answered) / answered / 1000 + 1);
  }
  if (held >= 1000) add(line, "throttled for %" PRId64 " s, ", held / 1000);
  add(line, "%" PRId64 " rows", now.rows - progress->before.rows);
  add(line, ", %" PRId64 " pages", now.pages - progress->before.pages);
  if (again) add(line, ", %" PRId64 " retries", again);
  add(line, ", %.1f requests/s", (double)requests * 1000 / (double)elapsed);
}

void progress_show(void *context) {
  struct progress *progress = context;
  struct line line = {.text = "", .used = 0, .most = 0};
  int64_t now;
  size_t width;

  if (!progress->wanted) return;
  now = milliseconds();
  if (now - progress->began < FIRST_AFTER || now - progress->drawn < DRAW_EVERY) return;
  progress->drawn = now;
  line.most = room();
  describe(progress, now - progress->began, &line);
  width = line.used;
  while (line.used < progress->width) line.text[line.used++] = ' ';
  put("\r", 1);
  put(line.text, line.used);
  progress->width = width;
}

/* Blanks over the line, and back to its start. */
static void wipe(struct progress *progress) {
  char line[LINE_MAX_BYTES + 2] = "\r";

  memset(line + 1, ' ', progress->width);
  line[1 + progress->width] = '\r';
  put(line, progress->width + 2);
  progress->width = 0;
}

void progress_hide(struct progress *progress) {
  if (progress->width) wipe(progress);
}
