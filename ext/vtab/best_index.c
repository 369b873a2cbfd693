/*
** xBestIndex: see best_index.h, and plan.h for what is handed to xFilter.
**
** What SQLite offers, and what of it can be relied on, differs from version to version. The rules:
** - A key counts if it is usable, its operator is =, IS or IN, and it compares by bytes. Lists are
**   taken whole: one scan over all their repositories.
** - A plan without the keys is very dear, and fails in xFilter: one with keys, if there is any, is
**   always preferred. Such a plan is not refused: SQLite would take a refusal of the plan without IN
**   for the end of its search, and where there is no other plan the user would not be told what to add.
** - A term on region says which regions are asked, and without one the region that is set is. So where an
**   equality on region cannot be had (its other side comes later in a join, or it compares otherwise than by
**   bytes) and there is no other, the plan is as good as one without the keys: rows of the region that is set
**   alone would be fewer than the query has.
** - LIMIT and OFFSET are hints and never end a scan: SQLite counts both itself. They say something
**   only if every term that is seen is a key, and rows leave in the order of the query.
** - The order is taken over for createdAt alone, because ties have no known order.
** - SQLite checks every term again (omit stays 0), and no duplicate is dropped on its word.
*/
#include "vtab/best_index.h"

#include <stdbool.h>
#include <string.h>

#include "api/listing.h"
#include "vtab/columns.h"
#include "vtab/plan.h"
#include "vtab/time_collation.h"

SQLITE_EXTENSION_INIT3

#define ROWS_OF_A_REPOSITORY 1000.0
#define REPOSITORIES_OF_A_LIST 1.1
#define SHARE_OF_BOUNDS 0.6
#define COST_OF_A_REQUEST 100.0
#define COST_OF_A_ROW 1.0
#define COST_WITHOUT_KEYS 1e12
#define ROWS_WITHOUT_KEYS INT64_MAX

struct terms {
  struct plan *plan;
  int indexes[PLAN_TERMS_MAX]; /* of the plan's terms in aConstraint */
  int checks[PLAN_CHECKS_MAX]; /* of those that are only checked */
  int limit;                   /* index of the LIMIT term, -1 if none */
  int offset;
  unsigned unusable; /* columns with a key that is there, but not in this plan */
  bool regions;      /* an equality on region is left to SQLite */
  bool others;       /* terms that are left to SQLite */
};

static enum plan_column column_of(int column) {
  switch (column) {
    case COLUMN_NAMESPACE:
      return PLAN_NAMESPACE;
    case COLUMN_REPO_NAME:
      return PLAN_REPO_NAME;
    case COLUMN_IMAGE:
      return PLAN_IMAGE;
    case COLUMN_REGION:
      return PLAN_REGION;
    case COLUMN_CREATED_AT:
      return PLAN_CREATED_AT;
    default:
      return (enum plan_column)0;
  }
}

static bool compares_by(sqlite3_index_info *info, int i, const char *collation) {
  return sqlite3_stricmp(sqlite3_vtab_collation(info, i), collation) == 0;
}

static bool is_equality(const struct sqlite3_index_constraint *term) {
  return term->op == SQLITE_INDEX_CONSTRAINT_EQ || term->op == SQLITE_INDEX_CONSTRAINT_IS;
}

/* The operator of a term on a key: values are equal as names are. False for any other operator. */
static bool key_operator(sqlite3_index_info *info, int i, enum plan_operator *op) {
  const struct sqlite3_index_constraint *term = &info->aConstraint[i];

  if (term->op == SQLITE_INDEX_CONSTRAINT_ISNULL) { /* NULL arrives, which no name equals */
    *op = PLAN_EQ;
    return true;
  }
  if (!is_equality(term) || !compares_by(info, i, "BINARY")) return false;
  *op = sqlite3_vtab_in(info, i, -1) ? PLAN_IN : PLAN_EQ;
  return true;
}

/* The operator of a bound on times: values are compared as times are. */
static bool bound_operator(sqlite3_index_info *info, int i, enum plan_operator *op) {
  switch (info->aConstraint[i].op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      *op = PLAN_EQ;
      return compares_by(info, i, TIME_COLLATION) && !sqlite3_vtab_in(info, i, -1);
    case SQLITE_INDEX_CONSTRAINT_LT:
      *op = PLAN_LT;
      break;
    case SQLITE_INDEX_CONSTRAINT_LE:
      *op = PLAN_LE;
      break;
    case SQLITE_INDEX_CONSTRAINT_GE:
      *op = PLAN_GE;
      break;
    case SQLITE_INDEX_CONSTRAINT_GT:
      *op = PLAN_GT;
      break;
    default:
      return false;
  }
  return compares_by(info, i, TIME_COLLATION);
}

/*
** Takes the value of a bound that is left to SQLite, so that xFilter can tell what is no time. The plan
** costs the same with it; where the value comes from another table, SQLite prefers the plan without.
*/
static void check_bound(sqlite3_index_info *info, int i, struct terms *terms) {
  const struct sqlite3_index_constraint *term = &info->aConstraint[i];
  struct plan *plan = terms->plan;
  enum plan_operator op;

  if (term->iColumn < 0 || term->iColumn >= sync_job_listing.column_count) return;
  if (!(sync_job_listing.columns[term->iColumn].flags & COLUMN_TIME)) return;
  if (!term->usable || plan->check_count == PLAN_CHECKS_MAX || !bound_operator(info, i, &op)) {
    return;
  }
  terms->checks[plan->check_count] = i;
  plan->checks[plan->check_count++] = term->iColumn;
}

static void read_term(sqlite3_index_info *info, int i, struct terms *terms) {
  const struct sqlite3_index_constraint *term = &info->aConstraint[i];
  struct plan *plan = terms->plan;
  enum plan_column column;
  enum plan_operator op = PLAN_EQ;
  bool fits;

  /* The operator first: LIMIT and OFFSET come with column 0. */
  if (term->op == SQLITE_INDEX_CONSTRAINT_LIMIT) {
    if (term->usable) terms->limit = i;
    return;
  }
  if (term->op == SQLITE_INDEX_CONSTRAINT_OFFSET) {
    if (term->usable) terms->offset = i;
    return;
  }
  column = column_of(term->iColumn);
  fits = column == PLAN_CREATED_AT ? bound_operator(info, i, &op)
                                   : column && key_operator(info, i, &op);
  if (fits && !term->usable) terms->unusable |= (unsigned)column;
  if (!fits || !term->usable || plan->term_count == PLAN_TERMS_MAX) {
    terms->others = true;
    if (column == PLAN_REGION && is_equality(term)) terms->regions = true;
    check_bound(info, i, terms);
    return;
  }
  terms->indexes[plan->term_count] = i;
  plan->terms[plan->term_count].column = column;
  plan->terms[plan->term_count++].op = op;
}

/*
** True if rows leave in the order that is asked for; says whether that order is one of createdAt. Key
** columns that are the same in all rows are left in the list by SQLite; what comes after createdAt would
** need the order of ties, unless it is createdAt again.
*/
static bool order_fits(const sqlite3_index_info *info, struct plan *plan) {
  unsigned pinned = plan_pinned(plan);
  bool ordered = false;

  for (int i = 0; i < info->nOrderBy; i++) {
    const struct sqlite3_index_orderby *term = &info->aOrderBy[i];
    if ((unsigned)column_of(term->iColumn) & pinned) continue;
    if (term->iColumn != COLUMN_CREATED_AT) return false;
    if (ordered) continue;
    ordered = true;
    plan->descending = term->desc != 0;
  }
  plan->ordered = ordered;
  return true;
}

/*
** The order to ask for where the query leaves it open: newest first where only a lower bound is given,
** so that the scan ends at it; else oldest first, in which new jobs come last.
*/
static bool newest_first(const struct plan *plan) {
  bool lower = false;

  for (size_t i = 0; i < plan->term_count; i++) {
    if (plan->terms[i].column != PLAN_CREATED_AT) continue;
    if (plan->terms[i].op != PLAN_GE && plan->terms[i].op != PLAN_GT) return false;
    lower = true;
  }
  return lower;
}

/* True if the query reads a field that only a record has. */
static bool reads_records(const sqlite3_index_info *info) {
  for (int column = 0; column < COLUMN_IMAGE; column++) {
    if (!column_is_key(column) && (info->colUsed & ((sqlite3_uint64)1 << column))) return true;
  }
  return false;
}

/* Hands the terms that the plan took to xFilter, in the plan's order, and lists of them whole. */
static void take_terms(sqlite3_index_info *info, const struct terms *terms) {
  const struct plan *plan = terms->plan;
  int next = 1;

  for (size_t i = 0; i < plan->term_count; i++) {
    info->aConstraintUsage[terms->indexes[i]].argvIndex = next++;
    if (plan->terms[i].op == PLAN_IN) sqlite3_vtab_in(info, terms->indexes[i], 1);
  }
  if (plan->limit) info->aConstraintUsage[terms->limit].argvIndex = next++;
  if (plan->offset) info->aConstraintUsage[terms->offset].argvIndex = next++;
  for (size_t i = 0; i < plan->check_count; i++) {
    info->aConstraintUsage[terms->checks[i]].argvIndex = next++;
  }
}

/* How many repositories a plan is expected to ask. */
static double expected_places(const struct plan *plan) {
  unsigned single = 0;
  unsigned listed = 0;

  for (size_t i = 0; i < plan->term_count; i++) {
    unsigned column = (unsigned)plan->terms[i].column;
    if (plan->terms[i].op == PLAN_IN) listed |= column;
    if (plan->terms[i].op == PLAN_EQ) single |= column;
  }
  if (plan_columns_complete(single)) return 1;
  if (listed & PLAN_IMAGE) return REPOSITORIES_OF_A_LIST;
  return (single & PLAN_NAMESPACE ? 1 : REPOSITORIES_OF_A_LIST) *
         (single & PLAN_REPO_NAME ? 1 : REPOSITORIES_OF_A_LIST);
}

/*
** Two things matter more here than the truth, which nobody knows. A list must cost hardly more than a
** single value, so that a join begins with all its repositories at once. And an OR of two or more
** branches must cost more than one scan with the keys beside the OR: from 3.47 on SQLite plans the
** branches with these keys, but runs them without those that hold a subquery or a row value.
*/
static void estimate(sqlite3_index_info *info, const struct plan *plan) {
  double places = expected_places(plan);
  double share = plan_columns(plan) & PLAN_CREATED_AT ? SHARE_OF_BOUNDS : 1.0;

  info->estimatedRows = (sqlite3_int64)(places * share * ROWS_OF_A_REPOSITORY);
  info->estimatedCost = places * share * (COST_OF_A_REQUEST + ROWS_OF_A_REPOSITORY * COST_OF_A_ROW);
}

static void plan_request(sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;
  bool in_order = order_fits(info, plan);

  if (!in_order) plan->ordered = false;
  if (!plan->ordered) plan->descending = newest_first(plan);
  info->orderByConsumed = info->nOrderBy > 0 && in_order;
  if (in_order && !terms->others) {
    plan->limit = terms->limit >= 0;
    plan->offset = terms->offset >= 0;
  }
  plan->limited = terms->limit >= 0 && !plan->limit;
  plan->count_only = !plan->limit && !plan->offset && !reads_records(info);
  estimate(info, plan);
}

/*
** What a plan costs that cannot be carried out: more than any that can; and its rows are so many that no
** join begins with it. That is the rows' part, because from 3.47 on SQLite raises the cost of small
** tables that are joined with a large one to that of the large one's dearest plan. Below 3.47 SQLite plans the
** branches of an OR without the terms beside the OR, and runs them with these: where `namespace = …` is
** beside an OR of repositories, the OR must look cheaper than the scan for it to be tried at all.
*/
static double cost_of_incomplete(unsigned columns) {
  if (columns & PLAN_REPO_NAME) return COST_WITHOUT_KEYS / 100;
  if (columns & PLAN_NAMESPACE) return COST_WITHOUT_KEYS / 10;
  return COST_WITHOUT_KEYS;
}

int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
  struct plan plan;
  struct terms terms = {.plan = &plan, .limit = -1, .offset = -1};
  char text[PLAN_TEXT_MAX];

  (void)table;
  memset(&plan, 0, sizeof plan);
  for (int i = 0; i < info->nConstraint; i++) read_term(info, i, &terms);
  plan.region_unknown = terms.regions && !(plan_columns(&plan) & PLAN_REGION);
  if (plan_complete(&plan)) {
    plan_request(info, &terms);
  } else {
    plan.check_count = 0; /* it fails anyway */
    info->estimatedRows = ROWS_WITHOUT_KEYS;
    info->estimatedCost = cost_of_incomplete(plan_columns(&plan));
  }
  take_terms(info, &terms);
  plan_encode(&plan, text);
  info->idxNum = plan_number(&plan);
  info->idxStr = sqlite3_mprintf("%s", text);
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}
