/*
** xBestIndex: see best_index.h, and plan.h for what is handed to xFilter.
**
** What SQLite offers, and what of it can be relied on, differs from version to version. The rules:
** - A key counts if it is usable, its operator is =, IS or IN, and it compares by bytes. Lists are
**   taken whole: one scan over all their repositories.
** - A plan without the keys is very dear: it asks all places that there are, or fails in xFilter
**   where these are not to be found. One with keys, if there is any, is always preferred. Such a
**   plan is not refused: SQLite would take a refusal of the plan without IN for the end of its
**   search, and where there is no other plan the user would not be told what to add.
** - LIKE and GLOB on a name choose among places that are found, and name none.
** - A term on region says which regions are asked, and without one the region that is set is. So
**   where an equality on region cannot be had (its other side comes later in a join, or it compares
**   otherwise than by bytes) and there is no other, the plan is as good as one without the keys:
**   rows of the region that is set alone would be fewer than the query has. A list of a region's
**   own, which no other key could lead to, is read in the region that is set where the equality has
**   its value later, as in a join of two such lists: but only where there is no other way. So is
**   one whose places are found.
** - LIMIT and OFFSET are hints and never end a scan: SQLite counts both itself. They say something
**   only if every term that is seen is a key, and rows leave in the order of the query.
** - The order is taken over for the time, alone or with further columns: ties have no order that
**   the service would tell, and are sorted here (see tie_sort.h). Where there are many places, that
**   takes a merge, and with it smaller pages, which pay only where a LIMIT ends it early.
** - SQLite checks every term again (omit stays 0), and no duplicate is dropped on its word.
*/
#include "vtab/best_index.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "api/keys.h"
#include "base/always.h"
#include "vtab/plan.h"
#include "vtab/prepared.h"
#include "vtab/text_encoding.h"
#include "vtab/time_collation.h"

SQLITE_EXTENSION_INIT3

#define ROWS_OF_A_REPOSITORY 1000.0
#define REPOSITORIES_OF_A_LIST 1.1
#define SHARE_OF_BOUNDS 0.6
#define COST_OF_A_REQUEST 100.0
#define COST_OF_A_ROW 1.0
/*
** Where the region comes later: more than any join costs that has it when it is needed; and for a
** plan without keys yet more.
*/
#define COST_OF_SET_REGION 1e40
#define COST_OF_LATE_REGION 1e32 /* times as much */
#define COST_OF_FAILURE 1e60     /* that it cannot be known */
#define COST_WITHOUT_KEYS 1e12
#define COST_OF_REGIONS 1e9 /* less than names bring the one above down to */
#define ROWS_WITHOUT_KEYS INT64_MAX
#define ROWS_OF_A_REGION 1000000

struct terms {
  struct plan *plan;
  sqlite3 *db;
  int indexes[PLAN_TERMS_MAX];       /* of the plan's terms in aConstraint */
  int checks[BEST_INDEX_CHECKS_MAX]; /* of bounds that are only checked */
  int check_count;
  int limit; /* index of the LIMIT term, -1 if none */
  int offset;
  bool regions; /* an equality on region is left to SQLite, */
  bool late;    /* and all of those have values that come later */
  bool others;  /* terms that are left to SQLite, or of which the service takes more than fits */
  bool names;   /* see best_index_sorts_names */
  enum name_order names_first;
};

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

static bool is_hint(const struct sqlite3_index_constraint *term) {
  return term->op == SQLITE_INDEX_CONSTRAINT_LIMIT || term->op == SQLITE_INDEX_CONSTRAINT_OFFSET;
}

/* A term that a plan may have. False if there is none in this constraint. */
static bool read_term(const struct listing *listing, sqlite3_index_info *info, int i,
                      struct plan_term *term) {
  int column = info->aConstraint[i].iColumn;

  /* The operator first: LIMIT and OFFSET come with column 0. No table has a rowid. */
  if (is_hint(&info->aConstraint[i]) || NEVER(column < 0)) return false;
  term->column = column;
  if (keys_of_column(listing, column)) return key_operator(info, i, &term->op);
  return listing_bounded(listing) && column == listing_time_column(listing) &&
         bound_operator(info, i, &term->op);
}

/* Whether the plan has a term of this kind already. */
static bool has_term(const struct plan *plan, const struct plan_term *term) {
  for (size_t i = 0; i < plan->term_count; i++) {
    if (plan->terms[i].column == term->column && plan->terms[i].op == term->op) return true;
  }
  return false;
}

/* Takes a constraint into the plan, in the order of constraints. */
static void take_term(struct terms *terms, int index, const struct plan_term *term) {
  struct plan *plan = terms->plan;
  size_t at = plan->term_count;

  for (; at > 0 && terms->indexes[at - 1] > index; at--) {
    terms->indexes[at] = terms->indexes[at - 1];
    plan->terms[at] = plan->terms[at - 1];
  }
  terms->indexes[at] = index;
  plan->terms[at] = *term;
  plan->term_count++;
}

static bool taken(const struct terms *terms, int index) {
  for (size_t i = 0; i < terms->plan->term_count; i++) {
    if (terms->indexes[i] == index) return true;
  }
  return false;
}

/*
** There may be more terms than a plan has room for: first comes one of each kind on each key, which
** are few enough, then what else names places, then the bounds.
*/
enum round { FIRST_OF_KIND, KEYS, ALL, ROUNDS };

static void choose_terms(sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;

  for (enum round round = FIRST_OF_KIND; round < ROUNDS; round++) {
    for (int i = 0; i < info->nConstraint && plan->term_count < PLAN_TERMS_MAX; i++) {
      struct plan_term term;
      if (!info->aConstraint[i].usable || taken(terms, i)) continue;
      if (!read_term(plan->listing, info, i, &term)) continue;
      if (round < ALL && !keys_of_column(plan->listing, term.column)) continue;
      if (round == FIRST_OF_KIND && has_term(plan, &term)) continue;
      take_term(terms, i, &term);
    }
  }
}

/* Takes patterns on names, where they are all that says which places are asked. */
static void choose_patterns(sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;

  for (int i = 0; i < info->nConstraint && plan->term_count < PLAN_TERMS_MAX; i++) {
    const struct sqlite3_index_constraint *constraint = &info->aConstraint[i];
    bool like = constraint->op == SQLITE_INDEX_CONSTRAINT_LIKE;
    struct plan_term term = {constraint->iColumn, like ? PLAN_LIKE : PLAN_GLOB};
    if (!constraint->usable || (!like && constraint->op != SQLITE_INDEX_CONSTRAINT_GLOB)) continue;
    if (!keys_echo(plan->listing, term.column)) continue;
    if (plan->listing->columns[term.column].key == PLACE_REGION) continue;
    take_term(terms, i, &term);
  }
}

/*
** Takes the value of a bound that is left to SQLite, so that xFilter can tell what is no time.
** The plan costs the same with it; where the value comes from another table, SQLite prefers the
** plan without. A plan that cannot be carried out takes it all the same: SQLite would not ask for
** the plan without it, once the one without an IN did without.
*/
static void check_bound(sqlite3_index_info *info, int i, struct terms *terms) {
  const struct sqlite3_index_constraint *term = &info->aConstraint[i];
  const struct listing *listing = terms->plan->listing;
  enum plan_operator op;

  if (!term->usable || NEVER(term->iColumn < 0) || terms->check_count == BEST_INDEX_CHECKS_MAX)
    return;
  if (!(listing->columns[term->iColumn].flags & COLUMN_TIME)) return;
  if (bound_operator(info, i, &op)) terms->checks[terms->check_count++] = i;
}

/* True if a term is one of those that SQLite makes of a pattern which begins with plain text. */
static bool goes_with_pattern(const struct terms *terms,
                              const struct sqlite3_index_constraint *term) {
  const struct plan *plan = terms->plan;

  if (term->op != SQLITE_INDEX_CONSTRAINT_GE && term->op != SQLITE_INDEX_CONSTRAINT_LT)
    return false;
  for (size_t i = 0; i < plan->term_count; i++) {
    if (plan->terms[i].column == term->iColumn && plan_is_pattern(&plan->terms[i])) return true;
  }
  return false;
}

/* What is left to SQLite, and LIMIT and OFFSET. */
static void read_rest(sqlite3_index_info *info, struct terms *terms) {
  const struct listing *listing = terms->plan->listing;

  for (int i = 0; i < info->nConstraint; i++) {
    const struct sqlite3_index_constraint *term = &info->aConstraint[i];
    if (is_hint(term)) {
      int *hint = term->op == SQLITE_INDEX_CONSTRAINT_LIMIT ? &terms->limit : &terms->offset;
      if (term->usable) *hint = i;
    } else if (!taken(terms, i)) {
      terms->others = terms->others || !goes_with_pattern(terms, term);
      if (is_equality(term) && keys_of_column(listing, term->iColumn) == PLACE_REGION) {
        terms->late = !term->usable && (terms->late || !terms->regions);
        terms->regions = true;
      }
      check_bound(info, i, terms);
    } else if (!keys_echo(listing, term->iColumn) &&
               term->iColumn != listing_time_column(listing)) {
      terms->others = true; /* a filter of the service narrows only */
    }
  }
}

/* True if ties may be sorted by a column, and are from now on. */
static bool add_tie(struct plan *plan, int column, bool descending) {
  const struct column *definition;

  if (NEVER(column < 0)) return false; /* no table has a rowid */
  for (size_t i = 0; i < plan->tie_count; i++) {
    if (plan->ties[i].column == column) return true;
  }
  definition = &plan->listing->columns[column];
  if (definition->flags & COLUMN_HIDDEN && !(definition->flags & COLUMN_ORDINAL) &&
      !keys_echo(plan->listing, column)) {
    return false; /* it is made of others */
  }
  if (plan->tie_count == TIES_MAX) return false;
  plan->ties[plan->tie_count++] = (struct tie){column, descending};
  return true;
}

/* True if the columns of ties compare here as they do in SQLite. */
static bool ties_compare(const struct plan *plan, sqlite3 *db) {
  for (size_t i = 0; i < plan->tie_count; i++) {
    const struct column *column = &plan->listing->columns[plan->ties[i].column];
    bool text = column->kind == COLUMN_TEXT || column->kind == COLUMN_JSON;
    if (text && !(column->flags & (COLUMN_TIME | COLUMN_ORDINAL))) return text_is_utf8(db);
  }
  return true;
}

/* A column that one value pins is a part of the order; `late`: not the first one. */
static void note_name(struct terms *terms, const struct sqlite3_index_orderby *term, bool late) {
  unsigned key = keys_of_column(terms->plan->listing, term->iColumn);

  if (terms->names || !(key & (PLACE_REPOSITORY | PLACE_IMAGE))) return;
  terms->names = true;
  if (!late) terms->names_first = term->desc ? NAMES_DESCENDING : NAMES_ASCENDING;
}

/*
** True if rows leave in the order that is asked for; says whether that order is one of the time.
** Key columns that are the same in all rows are left in the list by SQLite.
*/
static bool order_fits(const sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;
  unsigned pinned = plan_pinned(plan);
  bool ordered = false;

  for (int i = 0; i < info->nOrderBy; i++) {
    const struct sqlite3_index_orderby *term = &info->aOrderBy[i];
    bool descending = term->desc != 0;
    if (keys_of_column(plan->listing, term->iColumn) & pinned) {
      note_name(terms, term, ordered);
      continue;
    }
    if (NEVER(term->iColumn < 0) || term->iColumn != listing_time_column(plan->listing)) {
      if (!ordered || !add_tie(plan, term->iColumn, descending)) return false;
      continue;
    }
    if (ordered) continue;
    ordered = true;
    plan->order = listing_order(plan->listing, descending);
    if (NEVER(plan->order->descending != descending)) return false; /* lists have both */
  }
  plan->ordered = ordered;
  return true;
}

/*
** The order to ask for where the query leaves it open: newest first where only a lower bound is
** given, so that the scan ends at it; else oldest first, in which new jobs come last.
*/
static bool newest_first(const struct plan *plan) {
  bool lower = false;

  for (size_t i = 0; i < plan->term_count; i++) {
    if (plan_term_key(plan, &plan->terms[i])) continue;
    if (plan->terms[i].op != PLAN_GE && plan->terms[i].op != PLAN_GT) return false;
    lower = true;
  }
  return lower;
}

/* True if the query reads a field that only a record has. */
static bool reads_records(const struct listing *listing, const sqlite3_index_info *info) {
  for (int column = 0; column < listing->column_count; column++) {
    if (keys_echo(listing, column)) continue;
    if (info->colUsed & ((sqlite3_uint64)1 << column)) return true;
  }
  return false;
}

/* True if it reads one that is neither kept nor decoded otherwise. */
static bool reads_large(const struct listing *listing, const sqlite3_index_info *info) {
  for (int column = 0; column < listing->column_count; column++) {
    if (!(listing->columns[column].flags & COLUMN_LARGE)) continue;
    if (info->colUsed & ((sqlite3_uint64)1 << column)) return true;
  }
  return false;
}

/*
** Hands the terms that the plan took to xFilter, in the plan's order, and lists of them whole. What
** goes with a pattern comes last, for nobody to read: from 3.46 on LIMIT arrives only where every
** term does.
*/
static void take_terms(sqlite3_index_info *info, const struct terms *terms) {
  const struct plan *plan = terms->plan;
  int next = 1;

  for (size_t i = 0; i < plan->term_count; i++) {
    info->aConstraintUsage[terms->indexes[i]].argvIndex = next++;
    if (plan->terms[i].op == PLAN_IN) sqlite3_vtab_in(info, terms->indexes[i], 1);
  }
  if (plan->limit) info->aConstraintUsage[terms->limit].argvIndex = next++;
  if (plan->offset) info->aConstraintUsage[terms->offset].argvIndex = next++;
  for (int i = 0; i < terms->check_count; i++) {
    info->aConstraintUsage[terms->checks[i]].argvIndex = next++;
  }
  for (int i = 0; plan->limit && i < info->nConstraint; i++) {
    if (taken(terms, i) || !info->aConstraint[i].usable) continue;
    if (goes_with_pattern(terms, &info->aConstraint[i])) {
      info->aConstraintUsage[i].argvIndex = next++;
    }
  }
}

/* How many places a plan is expected to ask. */
static double expected_places(const struct plan *plan) {
  unsigned single = 0;
  unsigned listed = 0;

  for (size_t i = 0; i < plan->term_count; i++) {
    unsigned key = plan_term_key(plan, &plan->terms[i]);
    if (plan->terms[i].op == PLAN_IN) listed |= key;
    if (plan->terms[i].op == PLAN_EQ) single |= key;
  }
  if (keys_complete(plan->listing, single)) return 1;
  if (listed & PLACE_IMAGE) return REPOSITORIES_OF_A_LIST;
  return (single & PLACE_NAMESPACE ? 1 : REPOSITORIES_OF_A_LIST) *
         (single & PLACE_REPOSITORY ? 1 : REPOSITORIES_OF_A_LIST);
}

/*
** Two things matter more here than the truth, which nobody knows. A list must cost hardly more than
** a single value, so that a join begins with all its repositories at once. And an OR of two or more
** branches must cost more than one scan with the keys beside the OR: from 3.47 on SQLite plans the
** branches with these keys, but runs them without those that hold a subquery or a row value.
*/
static void estimate(sqlite3_index_info *info, const struct plan *plan) {
  double places = expected_places(plan);
  double share = plan_has_bounds(plan) ? SHARE_OF_BOUNDS : 1.0;

  info->estimatedRows = (sqlite3_int64)(places * share * ROWS_OF_A_REPOSITORY);
  info->estimatedCost = places * share * (COST_OF_A_REQUEST + ROWS_OF_A_REPOSITORY * COST_OF_A_ROW);
}

/* True if the rows come in the order that the statement asks for. */
static bool comes_in_order(const sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;

  if (!order_fits(info, terms)) return false;
  if (!plan->tie_count) return true;
  return (!plan_has_many(plan) || terms->limit >= 0) && ties_compare(plan, terms->db);
}

static void plan_request(sqlite3_index_info *info, struct terms *terms) {
  struct plan *plan = terms->plan;
  bool in_order = comes_in_order(info, terms);

  if (!in_order) plan->ordered = false;
  if (!in_order) plan->tie_count = 0;
  plan->large = reads_large(plan->listing, info);
  if (!plan->ordered) {
    plan->order = listing_bounded(plan->listing) ? listing_order(plan->listing, newest_first(plan))
                                                 : listing_steady_order(plan->listing);
  }
  info->orderByConsumed = info->nOrderBy > 0 && in_order;
  if (in_order && !terms->others) {
    plan->limit = terms->limit >= 0;
    plan->offset = terms->offset >= 0;
  }
  plan->limited = terms->limit >= 0 && !plan->limit;
  plan->count_only = !plan->limit && !plan->offset && !reads_records(plan->listing, info);
  estimate(info, plan);
}

/*
** What a plan costs that does not name its places: more than any that does; and its rows are so
** many that no join begins with it, but where that leaves the region of another table to the one
** that is set. That is the rows' part, because from 3.47 on SQLite raises the cost of small tables
** that are joined with a large one to that of the large one's dearest plan. Below 3.47 SQLite plans
** the branches of an OR without the terms beside the OR, and runs them with these: where `namespace
** = …` is beside an OR of repositories, the OR must look cheaper than the scan for it to be tried
** at all. A scan of all that regions have is cheaper than any that asks the region that is set, and
** than two with a name more: branches of an OR are run without the term on region beside them where
** SQLite does not see it there, or it holds a subquery, and the rows of other regions would be
** missing.
*/
static double cost_of_incomplete(unsigned keys) {
  if (keys & PLACE_REGION) {
    return keys & (PLACE_REPOSITORY | PLACE_NAMESPACE) ? COST_OF_REGIONS * 0.8 : COST_OF_REGIONS;
  }
  if (keys & PLACE_REPOSITORY) return COST_WITHOUT_KEYS / 100;
  if (keys & PLACE_NAMESPACE) return COST_WITHOUT_KEYS / 10;
  return COST_WITHOUT_KEYS;
}

/* What goes with the text of a plan, after its NUL, for xFilter alone. */
struct companion {
  uint64_t number;
  unsigned literals; /* a bit for each term */
  bool fixes;        /* a column of numbers has one value by some term */
  bool names;        /* see best_index_sorts_names */
  enum name_order names_first;
  int columns[BEST_INDEX_CHECKS_MAX];
  int column_count;
};

/* SQLite hands xFilter the very string that it gets here, and reads it up to the NUL. */
static char *text_with(const char *text, const struct companion *companion) {
  size_t size = strlen(text) + 1;
  char *both = sqlite3_malloc64(size + sizeof *companion);

  if (!both) return NULL;
  memcpy(both, text, size);
  memcpy(both + size, companion, sizeof *companion);
  return both;
}

static struct companion companion_of(const char *text) {
  struct companion companion;

  memcpy(&companion, text + strlen(text) + 1, sizeof companion);
  return companion;
}

uint64_t best_index_number(const char *text) { return companion_of(text).number; }

unsigned best_index_literals(const char *text, bool alone) {
  struct companion companion = companion_of(text);

  return alone && !companion.fixes ? ~0u : companion.literals;
}

bool best_index_sorts_names(const char *text, enum name_order *first) {
  struct companion companion = companion_of(text);

  *first = companion.names_first;
  return companion.names;
}

int best_index_checks(const char *text, int columns[BEST_INDEX_CHECKS_MAX]) {
  struct companion companion = companion_of(text);

  memcpy(columns, companion.columns, sizeof companion.columns);
  return companion.column_count;
}

/* True if a term says which value a column of numbers has. */
static bool fixes_number(const struct listing *listing, const sqlite3_index_info *info) {
  for (int i = 0; i < info->nConstraint; i++) {
    int column = info->aConstraint[i].iColumn;
    if (!is_equality(&info->aConstraint[i]) || NEVER(column < 0)) continue;
    if (listing->columns[column].kind != COLUMN_TEXT) return true;
  }
  return false;
}

/* The terms that compare a name with a literal number. */
static unsigned literals_of(sqlite3_index_info *info, const struct terms *terms) {
  const struct plan *plan = terms->plan;
  unsigned literals = 0;

  for (size_t i = 0; i < plan->term_count; i++) {
    sqlite3_value *value = NULL;
    int type;
    if (plan_term_key(plan, &plan->terms[i]) != PLACE_REPOSITORY) continue;
    if (sqlite3_vtab_rhs_value(info, terms->indexes[i], &value) != SQLITE_OK) continue;
    type = sqlite3_value_type(value);
    if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) literals |= 1u << i;
  }
  return literals;
}

/*
** Costs of a plan; `late`: the region that it asks is the one that is set, where others may be
** meant.
*/
static void plan_costs(sqlite3_index_info *info, const struct plan *plan, bool late) {
  if (plan_complete(plan)) {
    if (late) info->estimatedCost = COST_OF_SET_REGION;
    return;
  }
  info->estimatedRows = ROWS_WITHOUT_KEYS;
  if (plan->region_unknown) {
    info->estimatedCost = COST_OF_FAILURE;
    return;
  }
  if (plan_keys(plan) & PLACE_REGION) info->estimatedRows = ROWS_OF_A_REGION;
  info->estimatedCost = cost_of_incomplete(plan_keys(plan)) * (late ? COST_OF_LATE_REGION : 1);
}

int best_index(const struct listing *listing, sqlite3_index_info *info, bool finds, sqlite3 *db) {
  struct plan plan;
  struct terms terms = {.plan = &plan, .db = db, .limit = -1, .offset = -1};
  struct companion companion = {.number = prepared_number(db)};
  bool named; /* the places are, but for their region */
  bool late;  /* which will be known later than it is wanted */
  char text[PLAN_TEXT_MAX];

  memset(&plan, 0, sizeof plan);
  plan.listing = listing;
  plan.order = listing_order(listing, false);
  plan.finds = finds && listing->found_by;
  choose_terms(info, &terms);
  named = keys_complete(listing, plan_keys(&plan));
  if (!named && plan.finds) choose_patterns(info, &terms);
  read_rest(info, &terms);
  plan.region_unknown = terms.regions && !(plan_keys(&plan) & PLACE_REGION);
  late = plan.region_unknown && terms.late && (named ? !keys_of_path(listing) : plan.finds);
  plan.region_unknown = plan.region_unknown && !late;
  if (plan_complete(&plan) || plan_finds(&plan)) plan_request(info, &terms);
  plan_costs(info, &plan, late);
  take_terms(info, &terms);
  plan_encode(&plan, text);
  info->idxNum = plan_number(&plan);
  companion.literals = literals_of(info, &terms);
  companion.fixes = fixes_number(listing, info);
  companion.names = terms.names && info->orderByConsumed;
  companion.names_first = plan.tie_count ? NAMES_ANYHOW : terms.names_first;
  for (int i = 0; i < terms.check_count; i++) {
    companion.columns[companion.column_count++] = info->aConstraint[terms.checks[i]].iColumn;
  }
  info->idxStr = text_with(text, &companion);
  if (!info->idxStr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  return SQLITE_OK;
}
