/*
** Fuzz target: names of places and references to images, against patterns that say their rules in
** another way: a text is accepted if, and only if, its pattern is found in it.
*/
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/image_reference.h"
#include "api/place.h"
#include "harness.h"

#define NAMESPACE "[a-z]([a-z0-9._-]{0,62}[a-z0-9])?"
#define REPOSITORY "[a-z0-9]([a-z0-9._/-]{0,126}[a-z0-9])?"
#define REGION "[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
#define SCHEME "((docker-pullable|docker-image|docker|containerd|oci|https|http)://)?"
#define CLOUD "[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+"
#define TAG "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
#define DIGEST "[A-Za-z0-9+._-]+:[0-9a-fA-F]{32}[0-9a-fA-F]*"

enum rule { RULE_NAMESPACE, RULE_REPOSITORY, RULE_REGION, RULE_REFERENCE, RULES };

static bool keeps(enum rule rule, const char *text, size_t size) {
  static const char *const patterns[RULES] = {
      [RULE_NAMESPACE] = "^" NAMESPACE "$",
      [RULE_REPOSITORY] = "^" REPOSITORY "$",
      [RULE_REGION] = "^" REGION "$",
      [RULE_REFERENCE] = "^[ \t-\r]*" SCHEME "swr\\." REGION "\\." CLOUD "(:[0-9]{1,5})?/" NAMESPACE
                         "/" REPOSITORY "(:" TAG ")?(@" DIGEST ")?[ \t-\r]*$"};
  static regex_t compiled[RULES];
  static bool ready[RULES];

  if (!ready[rule])
    CHECK_INT(0, regcomp(&compiled[rule], patterns[rule], REG_EXTENDED | REG_NOSUB));
  ready[rule] = true;
  return strlen(text) == size && regexec(&compiled[rule], text, 0, NULL, 0) == 0;
}

static void check_place(const struct place *place) {
  char image[IMAGE_MAX + 1];
  struct place again;

  CHECK(keeps(RULE_NAMESPACE, place->name_space, strlen(place->name_space)));
  CHECK(keeps(RULE_REPOSITORY, place->name, strlen(place->name)));
  CHECK_TEXT("", place->region);
  snprintf(image, sizeof image, "%s/%s", place->name_space, place->name);
  CHECK_TEXT(image, place->image);
  CHECK(place_set_image(&again, place->image, strlen(place->image)));
  CHECK(place_equal(place, &again));
  CHECK(place_matches_name(place, place->name, strlen(place->name)));
  CHECK(place_matches_name(place, place->image, strlen(place->image)));
}

/* Two texts as namespace and repository, and as one image. */
static void check_names(const char *name_space, const char *text, const char *name) {
  size_t space_size = strlen(name_space);
  size_t size = strlen(name);
  bool valid = keeps(RULE_NAMESPACE, name_space, space_size) && keeps(RULE_REPOSITORY, name, size);
  struct place place;

  CHECK_INT(valid, place_set(&place, name_space, space_size, name, size));
  if (valid) check_place(&place);
  if (strchr(name_space, '/')) return;
  CHECK_INT(valid, place_set_image(&place, text, strlen(text)));
  if (valid) check_place(&place);
}

static void check_part(const char *text, const struct reference_part *part) {
  if (part->text) CHECK(part->text >= text && part->text + part->size <= text + strlen(text));
}

/* `text` has a NUL at its end, `bytes` are the same without. */
static void check_reference(const char *text, const char *bytes, size_t size) {
  struct image_reference reference;
  bool valid = keeps(RULE_REFERENCE, text, size);

  CHECK_INT(valid, image_reference_parse(bytes, size, &reference));
  if (!valid) return;
  CHECK(image_reference_parse(text, size, &reference));
  check_part(text, &reference.region);
  check_part(text, &reference.name);
  check_part(text, &reference.tag);
  check_part(text, &reference.digest);
  CHECK(region_valid(reference.region.text, reference.region.size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = fuzz_copy(data, size, true);
  char *bytes = fuzz_copy(data, size, false);
  char *slash = strchr(text, '/');

  CHECK_INT(keeps(RULE_REGION, text, size), region_valid(bytes, size));
  check_reference(text, bytes, size);
  if (slash && strlen(text) == size) {
    char *name_space = fuzz_copy(text, (size_t)(slash - text), true);
    check_names(name_space, text, slash + 1);
    free(name_space);
  }
  free(text);
  free(bytes);
  return 0;
}
