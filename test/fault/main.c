/*
** The command line: see fault.h.
*/
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "fault.h"

static const struct {
  const char *name;
  void (*run)(const struct options *options, struct tally *tally);
} loops[] = {{"cold", loop_cold},     {"memory", loop_memory},   {"wire", loop_wire},
             {"status", loop_status}, {"records", loop_records}, {"interrupt", loop_interrupt},
             {"bombs", loop_bombs},   {"files", loop_files}};

static bool read_options(int count, char **words, struct options *options) {
  for (; count >= 2; count -= 2, words += 2) {
    if (!strcmp(words[0], "--only")) {
      options->only = words[1];
    } else if (!strcmp(words[0], "--point")) {
      options->point = strtoll(words[1], NULL, 10);
    } else if (!strcmp(words[0], "--stride")) {
      options->stride = strtoll(words[1], NULL, 10);
    } else if (!strcmp(words[0], "--seed")) {
      options->seed = strtoll(words[1], NULL, 10);
    } else if (!strcmp(words[0], "--count")) {
      options->count = strtoll(words[1], NULL, 10);
    } else if (!strcmp(words[0], "--patience")) {
      options->patience = strtod(words[1], NULL);
    } else {
      return false;
    }
  }
  return count == 0 && options->stride > 0 && options->patience > 0;
}

int main(int count, char **words) {
  struct options options = {.stride = 1, .patience = 1, .seed = 1, .count = 400};
  struct tally tally = {0};
  bool any = false;

  if (count < 3 || !read_options(count - 3, words + 3, &options) || !allocations_begin()) {
    fprintf(stderr,
            "usage: swr-faults EXTENSION LOOP [--only NAME] [--point N] [--stride N] "
            "[--seed N] [--count N]\n");
    return 2;
  }
  options.extension = words[1];
  setvbuf(stdout, NULL, _IOLBF, 0);
  fault_begin();
  for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
    if (strcmp(words[2], "all") != 0 && strcmp(words[2], loops[i].name) != 0) continue;
    loops[i].run(&options, &tally);
    any = true;
  }
  fault_finish();
  if (!any) return 2;
  printf("%" PRId64 " passed, %" PRId64 " failed\n", tally.points - tally.failed, tally.failed);
  return tally.failed != 0;
}
