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

static void check_alone(void) {
  static const char *const alone[] = {
      "SELECT * FROM t",
      "select a from T where b = 7",
      "SELECT 'from', \"a\" FROM main . [t] AS x WHERE b = (SELECT 7)",
      "SELECT a FROM t x ORDER BY a",
      "SELECT a FROM t GROUP BY a;",
      ";SELECT a FROM \"t\" LIMIT 1 -- from u",
      "SELECT a FROM /* from */ t AS limits WHERE 1",
  };
  static const char *const others[] = {
      "",
      "SELECT 7",
      "SELECT * FROM u",
      "SELECT * FROM t.u",
      "SELECT * FROM 't'",
      "SELECT * FROM t, u",
      "SELECT * FROM t x, u",
      "SELECT * FROM t AS x, u",
      "SELECT * FROM t JOIN u",
      "SELECT * FROM t x JOIN u",
      "SELECT * FROM t NATURAL JOIN u",
      "SELECT * FROM (t, u)",
      "SELECT * FROM t WHERE a = (SELECT b FROM u)",
      "SELECT * FROM t WHERE a = (SELECT b FROM t)",
      "SELECT * FROM t UNION SELECT 7",
      "SELECT * FROM t NOT INDEXED, u",
      "SELECT (SELECT b FROM u), a FROM t",
      "WITH t AS (SELECT 7) SELECT * FROM t",
      "INSERT INTO u SELECT * FROM t",
      "EXPLAIN SELECT * FROM t",
      "VALUES (7)",
  };

  for (size_t i = 0; i < COUNT_OF(alone); i++) {
    unit_case("%s", alone[i]);
    CHECK(sql_reads_alone(alone[i], "t"));
  }
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    unit_case("%s", others[i]);
    CHECK(!sql_reads_alone(others[i], "t"));
  }
}

static void check_rows(void) {
  static const char *const rows[] = {
      "SELECT 1 WHERE (a, b) IN (SELECT c, d FROM t)",
      "SELECT 1 WHERE NOT ((a), (b)) /* c */ in t",
      "SELECT ((1), ((a, b) IN (VALUES (1, 2))))",
      "SELECT f(a, b) IN (1)",
      "SELECT 1 FROM (SELECT a, b AS c FROM t) WHERE (a, c) IN (SELECT d, e FROM u)",
      "WITH v(a, c) AS (SELECT a, b FROM t) SELECT 1 FROM v WHERE (a, c) IN (SELECT d, e FROM u)",
  };
  static const char *const others[] = {
      "",
      "SELECT 1 WHERE a IN (1, 2)",
      "SELECT 1 WHERE (a) IN (1, 2)",
      "SELECT f(a) IN (1, 2), (1, 2) = (1, 2)",
      "SELECT (f(a, b)) IN (1)",
      "SELECT (a, c) IN (SELECT a, b FROM t)",
      "SELECT b AS c, 7 IN (1)",
      "SELECT (SELECT 1) IN (2)), b",
      ")) IN (a, b) IS ')'",
      "SELECT '(a, b) IN'",
  };
  char deep[300];

  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    unit_case("%s", rows[i]);
    CHECK(sql_has_row_in(rows[i], "b"));
  }
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    unit_case("%s", others[i]);
    CHECK(!sql_has_row_in(others[i], "b"));
  }
  unit_case("too deep to tell");
  memset(deep, '(', sizeof deep);
  deep[99] = '\0';
  CHECK(!sql_has_row_in(deep, "b"));
  deep[99] = '(';
  deep[100] = '\0';
  CHECK(sql_has_row_in(deep, "b"));
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
    sql_reads_alone(text, "f");
    sql_has_row_in(text, "f");
    if (sql_calls(text, "f")) CHECK(strchr(text, '('));
    free(text);
  }
}

void sql_text_test(void) {
  check_calls();
  check_others();
  check_beginnings();
  check_alone();
  check_rows();
  check_ends();
}
