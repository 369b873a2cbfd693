/*
** Tests of ext/vtab/sql_text: which texts call a function, and with which word they begin.
*/
#include "vtab/sql_text.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void check_calls(void) {
  static const char *const texts[] = {
      "f(",
      "SELECT f('a')",
      "SELECT F ('a')",
      "SELECT \"f\"('a')",
      "SELECT [F]('a')",
      "SELECT `f`('a')",
      "SELECT f /* of */ -- one\n ('a')",
      "SELECT 'f' || f(1)",
      "SELECT 'it''s', f(1)",
      "SELECT 1/f(1)",
      "SELECT 1--f(1)\n+f(1)",
      "SELECT x'00', -f(1)",
      "SELECT :f, f(:f)",
      "SELECT $f(f), f(1)",
      "SELECT $(f(1)",
      "SELECT ?1(f(1))",
      "SELECT @a(b) f(1)",
      "SELECT :a: f(1)",
      "\xef\xbb\xbfSELECT f(1)",
      "SELECT/**/f(1)",
      "SELECT \"a\"\"f\", f(1)",
  };

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    unit_case("%s", texts[i]);
    CHECK(sql_calls(texts[i], "f"));
  }
}

static void check_others(void) {
  static const char *const texts[] = {
      "",
      "f",
      "SELECT f",
      "SELECT f FROM f",
      "SELECT f, (1)",
      "SELECT g(f)",
      "SELECT f0(1), f9(1), fA(1), fZ(1), fa(1), fz(1)",
      "SELECT ff(1), f1(1), _f(1), $f(1), f$(1), a\xc3\xa4_(1), \303\200f(1)",
      "SELECT 'f'('a')",
      "SELECT 'f(1)'",
      "SELECT 'it''s f(1)'",
      "SELECT \"f(1)\", [f(1)], `f(1)`",
      "SELECT \"a\"\"f\"(1), \"\"\"f\"(1)",
      "SELECT 1 -- f(1)",
      "SELECT 1 /* f(1) */",
      "SELECT 1 /* f(1)",
      "SELECT 1 /*/ f(1) */",
      "SELECT 1 -- '\n, ' f(1)",
      "SELECT main.f(1)",
      "SELECT main . \"f\" (1)",
      "SELECT :f (1), @f (1), #f (1), ?1",
      "SELECT $a::f(f(1) ",
      "SELECT :a::f(1)",
      "SELECT @a(f(1)",
      "SELECT #a::b::f(1)",
      "SELECT 1f(1)",
      "SELECT '",
      "SELECT \"",
      "SELECT [",
      "SELECT \"f",
      "f)",
  };

  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    unit_case("%s", texts[i]);
    CHECK(!sql_calls(texts[i], "f"));
  }
}

static void check_beginnings(void) {
  static const char *const begin[] = {"pragma x", "PRAGMA\tx", " \n;; /* a */ -- b\n;Pragma(x)",
                                      "\xef\xbb\xbfPRAGMA x", "/**/PRAGMA"};
  static const char *const others[] = {
      "",           ";",       "SELECT pragma", "pragmatic",
      "'pragma' x", "(PRAGMA", "-- pragma",     "EXPLAIN PRAGMA x"};

  for (size_t i = 0; i < COUNT_OF(begin); i++) {
    unit_case("%s", begin[i]);
    CHECK(sql_begins_with(begin[i], "pragma"));
  }
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    unit_case("%s", others[i]);
    CHECK(!sql_begins_with(others[i], "pragma"));
  }
}

/* Nothing is read past the end of any text; for the sanitizers to say. */
static void check_ends(void) {
  static const char alphabet[] = "f(f('\"[]`-/*. ;:$@\xef\xbb\xbf\n";

  unit_case("texts of all kinds");
  for (int i = 0; i < 20000; i++) {
    size_t size = unit_random(15);
    char *text = malloc(size + 1);
    if (!text) continue;
    for (size_t at = 0; at < size; at++) text[at] = alphabet[unit_random(sizeof alphabet - 2)];
    text[size] = 0;
    sql_begins_with(text, "f");
    if (sql_calls(text, "f")) CHECK(strchr(text, '('));
    free(text);
  }
}

void sql_text_test(void) {
  check_calls();
  check_others();
  check_beginnings();
  check_ends();
}
