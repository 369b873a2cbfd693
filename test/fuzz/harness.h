/*
** What the fuzz targets share: the fuzzer's bytes as numbers and texts, and checks that end the
** program, so that libFuzzer keeps the bytes that led there.
**
** The fixtures of test/unit are linked in; their checks and random numbers are these. A target is
** one file, `fuzz_NAME.c`, with LLVMFuzzerTestOneInput. This file must not know what is tested.
*/
#ifndef SWR_FUZZ_HARNESS_H
#define SWR_FUZZ_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../unit/unit.h"
#include "api/listing.h"

/* libFuzzer's interface, called for each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes that are taken from the front. */
struct fuzz_bytes {
  const uint8_t *at;
  size_t left;
};

/* A number from 0 to `most`; 0 once the bytes are used up. */
uint32_t fuzz_number(struct fuzz_bytes *bytes, uint32_t most);

/* One of `count` texts. */
const char *fuzz_choice(struct fuzz_bytes *bytes, const char *const *texts, size_t count);

/* One of the tables that there are. */
const struct listing *fuzz_listing(struct fuzz_bytes *bytes);

/*
** The next bytes up to a 0 byte, or `most` of them, or all: as a text of just that size, so that a
** sanitizer sees every access past it. Owned by the caller, to be freed.
*/
char *fuzz_text(struct fuzz_bytes *bytes, size_t most);

/* The same for exactly `size` bytes, or what is left of them; with a NUL after it if `ended`. */
char *fuzz_copy(const void *bytes, size_t size, bool ended);

/*
** From now on the fuzzer's bytes are what unit_random gives, and what odd_random gives; once they
** are used up, numbers follow that the bytes are the seed of.
*/
void fuzz_random(const uint8_t *data, size_t size);

/* Prints if FUZZ_TRACE is set: what happens, for whoever looks for the cause of a finding. */
__attribute__((format(printf, 1, 2))) void fuzz_trace(const char *format, ...);

/* True if FUZZ_PENDING is set: what was found and is not mended yet is to be found, too. */
bool fuzz_pending(void);

/* True if a text holds a control character: what none that is shown may have. */
bool fuzz_has_controls(const char *text);

/* True if a text is fit to be a message: two lines at most, without control characters. */
bool fuzz_is_message(const char *text);

#endif
