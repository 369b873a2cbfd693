/*
** xBestIndex: see best_index.h, and plan.h for what is handed to xFilter.
**
** What SQLite offers, and what of it can be relied on, differs from version to version. The rules:
** - A key counts if it is usable, its operator is = or IS, and it compares by bytes.
** - A key that is there but not usable in this plan refuses the plan; one that is not there at all
**   makes it very dear, and xFilter fails: a plan with keys, if there is one, is always preferred.
** - LIMIT and OFFSET are hints and never end a scan: SQLite counts both itself. They say something
**   only if every term that is seen is a key, and rows leave in the order of the query.
** - The order is taken over for createdAt alone, because ties have no known order.
** - SQLite checks every term again (omit stays 0), and no duplicate is dropped on its word.
*/
#include "sql/best_index.h"

#include <stdbool.h>
#include <string.h>

#include "sql/columns.h"
#include "sql/plan.h"

SQLITE_EXTENSION_INIT3

#define ROWS_OF_A_REPOSITORY 1000
#define COST_OF_A_REQUEST 100.0
#define COST_OF_A_ROW 1.0
#define COST_WITHOUT_KEYS 1e50

struct terms {
  struct plan *plan;
  int indexes[PLAN_KEYS_MAX]; /* of the plan's keys in aConstraint */
  int limit;                  /* index of the LIMIT term, -1 if none */
  int offset;
  unsigned unusable; /* keys that are there, but not in this plan */
  bool others;       /* terms that are left to SQLite */
};

static enum plan_key key_of(int column) {
  switch (column) {
    case COLUMN_NAMESPACE:
      return PLAN_NAMESPACE;
    case COLUMN_REPO_NAME:
      return PLAN_REPO_NAME;
    case COLUMN_IMAGE:
      return PLAN_IMAGE;
    default:
      return (enum plan_key)0;
  }
}

/* An operator and a collation under which equal values are equal names. */
static bool is_equality(sqlite3_index_info *info, int i) {
  unsigned char op = info->aConstraint[i].op;

  return (op == SQLITE_INDEX_CONSTRAINT_EQ || op == SQLITE_INDEX_CONSTRAINT_IS) &&
         sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
}

static void read_term(sqlite3_index_info *info, int i, struct terms *terms) {
  const struct sqlite3_index_constraint *term = &info->aConstraint[i];
  struct plan *plan = terms->plan;
  enum plan_key key;

  /* The operator first: LIMIT and OFFSET come with column 0. */
  if (term->op == SQLITE_INDEX_CONSTRAINT_LIMIT || term->op == SQLITE_INDEX_CONSTRAINT_OFFSET) {
    if (!term->usable) return;
    if (term->op == SQLITE_INDEX_CONSTRAINT_LIMIT) {
      terms->limit = i;
    } else {
      terms->offset = i;
    }
    return;
  }
  key = key_of(term->iColumn);
  if (key && !term->usable && is_equality(info, i)) terms->unusable |= (unsigned)key;
  if (!key || !term->usable || !is_equality(info, i) || plan->key_count == PLAN_KEYS_MAX) {
    terms->others = true;
  } else {
    terms->indexes[plan->key_count] = i;
    plan->keys[plan->key_count++] = key;
  }
}

/*
** True if rows of one repository leave in the order that is asked for; says whether that order is
** one of createdAt. Key columns are the same in all rows, and SQLite leaves them in the list; what
** comes after createdAt would need the order of ties, unless it is createdAt again.
*/
static bool order_fits(const sqlite3_index_info *info, struct plan *plan) {
  bool ordered = false;

  for (int i = 0; i < info->nOrderBy; i++) {
    const struct sqlite3_index_orderby *term = &info->aOrderBy[i];
    if (column_is_key(term->iColumn)) continue;
    if (term->iColumn != COLUMN_CREATED_AT) return false;
    if (ordered) continue;
    ordered = true;
    plan->descending = term->desc != 0;
  }
  plan->ordered = ordered;
  return true;
}

/* True if the query reads a field that only a record has. */
static bool reads_records(const sqlite3_index_info *info) {
  for (int column = 0; column < COLUMN_IMAGE; column++) {
    if (!column_is_key(column) && (info->colUsed & ((sqlite3_uint64)1 << column))) return true;
  }
  return false;
}

/* Hands the terms that the plan took to xFilter, in the plan's order. */
static void take_terms(sqlite3_index_info *info, const struct terms *terms) {
  int next = 1;

  for (size_t i = 0; i < terms->plan->key_count; i++) {
    info->aConstraintUsage[terms->indexes[i]].argvIndex = next++;
  }
  if (terms->plan->limit) info->aConstraintUsage[terms->limit].argvIndex = next++;
  if (terms->plan->offset) info->aConstraintUsage[terms->offset].argvIndex = next;
}

static void plan_request(sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;
  bool in_order = order_fits(info, plan);

  if (!in_order) {
    plan->ordered = false;
    plan->descending = false;
  }
  info->orderByConsumed = info->nOrderBy > 0 && in_order;
  if (in_order && !terms->others) {
    plan->limit = terms->limit >= 0;
    plan->offset = terms->offset >= 0;
  }
  plan->count_only = !plan->limit && !plan->offset && !reads_records(info);
  info->estimatedRows = ROWS_OF_A_REPOSITORY;
  info->estimatedCost = COST_OF_A_REQUEST + ROWS_OF_A_REPOSITORY * COST_OF_A_ROW;
}

int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
  struct plan plan;
  struct terms terms = {.plan = &plan, .limit = -1, .offset = -1};
  char text[PLAN_TEXT_MAX];

  (void)table;
  memset(&plan, 0, sizeof plan);
  for (int i = 0; i < info->nConstraint; i++) read_term(info, i, &terms);
  if (plan_keys_complete(plan_keys(&plan))) {
    plan_request(info, &terms);
  } else if (plan_keys_complete(plan_keys(&plan) | terms.unusable)) {
    return SQLITE_CONSTRAINT;
  } else {
    info->estimatedRows = 1000000000;
    info->estimatedCost = COST_WITHOUT_KEYS;
  }
  take_terms(info, &terms);
  plan_encode(&plan, text);
  info->idxNum = plan_number(&plan);
  info->idxStr = sqlite3_mprintf("%s", text);
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}
