/*
** How an answer goes on from the rows that are here: see drift.h.
**
** Why a time is enough: in a list that is sorted by time, an answer that begins at the very first
** record, or with a row before the time T of the last row that is here, has every record of the
** list from T on, up to its own end. Of those with the time T, the ones that were read are told by
** their identity. Whatever came, went or changed places in front of them does not matter.
*/
#include "scan/drift.h"

#include <string.h>

#define RUN_MAX 1024 /* rows of one time that can be told apart: more than a request may bring */
#define BACK_MAX 64  /* rows that are looked for in a list that is not sorted */

void drift_init(struct drift *drift, struct page_cache *cache, const struct order *order) {
  memset(drift, 0, sizeof *drift);
  drift->cache = cache;
  drift->order = order;
}

void drift_learn_from(struct drift *drift, const struct drift *other) {
  struct page_cache *cache = drift->cache;

  *drift = *other;
  drift->cache = cache;
  drift->stirred = true;
}

/* ---- what an answer says by itself ---- */

static int compare(const struct drift *drift, const struct record_page *a_page, size_t a,
                   const struct record_page *b_page, size_t b) {
  return row_compare(drift->order, drift->nulls, a_page, a, b_page, b);
}

static void note_total(struct drift *drift, const struct page_response *answer, bool agrees) {
  drift->change = 0;
  if (!agrees) return;
  if (drift->served_known) drift->change = answer->range.total - drift->served_total;
  drift->served_known = true;
  drift->served_total = answer->range.total;
}

/* What the first row of an answer says of where rows without a time stand. */
static void note_first_null(struct drift *drift, const struct record_page *rows, int64_t offset) {
  bool timeless = row_timeless(rows, 0);
  bool after_timed =
      rows->time >= 0 && timeless && drift->timed_from && drift->timed_from <= offset;

  if (rows->time >= 0 && !timeless) drift->timed_from = offset + 1;
  if (after_timed || (offset == 0 && !timeless && !drift->timeless_start)) {
    drift->nulls = NULLS_LAST;
  } else if (offset == 0 && timeless) {
    drift->timeless_start = true;
  } else if (offset > 0 && !timeless && drift->timeless_start) {
    drift->nulls = NULLS_FIRST; /* at the start, one may have come in front of all the others */
  }
}

/* Both ends are accepted: SQLite puts rows without a time first, and PostgreSQL last. */
static void note_nulls(struct drift *drift, const struct record_page *rows, int64_t offset) {
  for (size_t i = 1; drift->nulls == NULLS_UNKNOWN && i < rows->row_count; i++) {
    bool timeless = row_timeless(rows, i);
    if (timeless == row_timeless(rows, i - 1)) continue;
    drift->nulls = timeless ? NULLS_LAST : NULLS_FIRST;
  }
  if (drift->nulls == NULLS_UNKNOWN && rows->row_count > 0) note_first_null(drift, rows, offset);
}

/* Which rows of an answer share the time of the row before them, by index. */
struct ties {
  bool known[RUN_MAX];
};

/*
** That the service sorts by creation time stands in one page of its reference only, so that no
** statement relies on it unchecked.
*/
static void note_order(struct drift *drift, const struct record_page *rows, struct ties *ties) {
  int64_t run = 1;

  for (size_t i = 1; rows->time >= 0 && i < rows->row_count; i++) {
    int order = record_page_repeats(rows, i, rows->time) ? 0 : compare(drift, rows, i - 1, rows, i);
    run = order == 0 ? run + 1 : 1;
    if (i < RUN_MAX) ties->known[i] = order == 0;
    if (run > drift->longest) drift->longest = run;
    if (order <= 0) continue;
    drift->disordered = true;
    drift->disordered_id = record_page_id(rows, i);
  }
}

/*
** A record that an answer lists twice is one. Both have the same time, and stand side by side or
** nearly so. The ties are those by the index that rows had before any was left out.
*/
static void leave_out_twins(struct drift *drift, struct record_page *rows,
                            const struct ties *ties) {
  size_t run = 0; /* where the rows of one time begin */
  size_t index = 0;

  for (size_t i = 1; i < rows->row_count; i++) {
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): note_order has seen each row. */
    bool tied = rows->time >= 0 && (++index < RUN_MAX ? ties->known[index]
                                                      : compare(drift, rows, i - 1, rows, i) == 0);
    size_t twin = tied || drift->disordered ? run : i;
    while (twin < i && !row_same(rows, twin, rows, i)) twin++;
    if (!tied && !drift->disordered) run = i;
    if (twin == i) continue;
    record_page_remove(rows, i--);
    drift->twins++;
  }
}

void drift_note(struct drift *drift, struct page_response *answer, bool agrees) {
  struct ties ties;

  note_total(drift, answer, agrees);
  note_nulls(drift, &answer->page, answer->window.offset);
  note_order(drift, &answer->page, &ties);
  drift->twins = 0;
  if (drift->longest > 1 || drift->disordered) leave_out_twins(drift, &answer->page, &ties);
}

bool drift_total(const struct drift *drift, int64_t *total) {
  if (drift->served_known) *total = drift->served_total - drift->shift;
  return drift->served_known;
}

/* ---- the rows in front of a position ---- */

/* A row that is here, by its position. */
struct place_of_row {
  const struct record_page *page;
  size_t index;
};

static bool row_at(struct drift *drift, int64_t position, struct place_of_row *row) {
  const struct cached_page *page = page_cache_peek(drift->cache, position);

  if (!page) return false;
  row->page = &page->rows;
  row->index = cached_page_index(page, position);
  return true;
}

/* True if the row at a position is known to follow the one before it, which is here. */
static bool follows(struct drift *drift, int64_t position) {
  const struct cached_page *page = page_cache_peek(drift->cache, position);

  return page && (position > page->start || page->joined);
}

/* How many rows in front of a position share the time of the last of them. */
static int64_t run_before(struct drift *drift, int64_t position) {
  struct place_of_row last;
  struct place_of_row row;
  int64_t run = 1;

  if (drift->disordered || !row_at(drift, position - 1, &last) || last.page->time < 0) return 1;
  while (run < RUN_MAX && follows(drift, position - run) &&
         row_at(drift, position - run - 1, &row) &&
         compare(drift, row.page, row.index, last.page, last.index) == 0) {
    run++;
  }
  return run;
}

int64_t drift_overlap(struct drift *drift, int64_t position) {
  int64_t run = run_before(drift, position);

  return page_cache_peek(drift->cache, position - run - 1) ? run + 1 : run;
}

int64_t drift_room(struct drift *drift, int64_t position) {
  return run_before(drift, position) + 2;
}

/* ---- joining ---- */

/* An answer, and the row that it is to go on from. */
struct joint {
  struct drift *drift;
  struct record_page *rows;
  int64_t offset;
  int64_t position; /* of the row that is wanted */
  int64_t begun;    /* see struct page_reader */
  struct place_of_row anchor;
  int64_t run;           /* rows that share its time and are here, itself included */
  int64_t expected;      /* index of the row that is wanted, if nothing has moved */
  size_t first;          /* rows from here on do not come before the anchor's time, */
  size_t past;           /* and from here on they come after it */
  int64_t known;         /* rows between that were read before, */
  bool matched[RUN_MAX]; /* by index from `first` on */
};

static bool same_at(struct joint *joint, size_t index, int64_t position) {
  struct place_of_row row;

  return row_at(joint->drift, position, &row) && index < joint->rows->row_count &&
         row_same(joint->rows, index, row.page, row.index);
}

static int compare_to_anchor(const struct joint *joint, size_t index) {
  return compare(joint->drift, joint->rows, index, joint->anchor.page, joint->anchor.index);
}

static void find_times(struct joint *joint) {
  size_t count = joint->rows->row_count;

  joint->first = 0;
  while (joint->first < count && compare_to_anchor(joint, joint->first) < 0) joint->first++;
  joint->past = joint->first;
  while (joint->past < count && compare_to_anchor(joint, joint->past) == 0) joint->past++;
}

/*
** Finds the row at a position among those of the anchor's time that nothing was found for: *found.
*/
static bool match(struct joint *joint, int64_t position, size_t *found) {
  int64_t guess = joint->expected - (joint->position - position);
  size_t count = joint->past - joint->first;

  for (size_t i = 0; i < count; i++) {
    /* Where it should be first: mostly it is there. */
    size_t at = joint->first + i;
    if (guess >= (int64_t)joint->first && guess < (int64_t)joint->past) {
      at = joint->first + ((size_t)guess - joint->first + i) % count;
    }
    if (joint->matched[at - joint->first] || !same_at(joint, at, position)) continue;
    joint->matched[at - joint->first] = true;
    joint->known++;
    *found = at;
    return true;
  }
  return false;
}

/* True if rows stand elsewhere in the answer than where they were, as far as that can be seen. */
static bool moved(struct joint *joint) {
  int64_t count = (int64_t)joint->rows->row_count;
  struct place_of_row row;

  for (int64_t i = 0; i < joint->expected && i < count; i++) {
    int64_t position = joint->position - joint->expected + i;
    if (position >= 0 && row_at(joint->drift, position, &row) &&
        !row_same(joint->rows, (size_t)i, row.page, row.index)) {
      return true;
    }
  }
  return count == 0 && joint->expected > 0;
}

/*
** True if the answer begins with just the rows in front of the position, in their order, as far as
** these are here: what was asked for ahead may begin before the first row that was read.
*/
static bool repeats(struct joint *joint) {
  int64_t count = joint->expected;

  if (count < 1 || count > (int64_t)joint->rows->row_count || moved(joint)) return false;
  /* One of them that comes again after these has changed places with one that is not seen. */
  return joint->known <= (joint->run < count ? joint->run : count);
}

/* True if nothing has happened since the answer before that rows which repeat could hide. */
static bool calm(const struct drift *drift) { return !drift->stirred && drift->change == 0; }

/* Rows of the anchor's time may be missing: only the total can tell in the end. */
static void make_unsure(struct joint *joint) {
  struct drift *drift = joint->drift;

  if (!drift->unsure) drift->unsure_from = joint->position - joint->run;
  drift->unsure = true;
}

/* True if the answer has every row of the anchor's time. */
static bool shows_run(const struct joint *joint) {
  if (joint->run >= RUN_MAX) return false; /* more that were read cannot be told apart */
  return joint->offset == 0 || joint->first > 0;
}

/* True if a row of the answer was read, at a position from `from` on. */
static bool was_read(struct joint *joint, size_t index, int64_t from) {
  for (int64_t position = joint->position; position-- > from;) {
    if (same_at(joint, index, position)) return true;
  }
  return false;
}

/*
** True if an answer that has all of the anchor's time begins before the time of the row at a
** position, too, and has nothing in between that was not read.
*/
static bool shows_from(struct joint *joint, int64_t from) {
  struct place_of_row row;
  size_t index = 0;

  if (joint->position - joint->run <= from) return from < joint->position;
  if (joint->first == joint->rows->row_count) return false; /* it has not come to that time */
  if (!row_at(joint->drift, from, &row)) return false;
  while (index < joint->first &&
         compare(joint->drift, joint->rows, index, row.page, row.index) < 0) {
    index++;
  }
  if (index == 0 && joint->offset > 0) return false;
  while (index < joint->first && was_read(joint, index, from)) index++;
  return index == joint->first;
}

/* True if an answer that shows less than the run stands by how far it could have reached. */
static bool reaches(struct joint *joint, enum reach reach, bool exact, struct join *join) {
  if (reach == REACHES_MORE) return false;
  if (reach == REACHES_ON) return joint->known == (int64_t)(joint->past - joint->first);
  join->standing = CANNOT;
  if (reach == REACHES_NEVER) return false;
  if (exact) make_unsure(joint);
  return exact;
}

/*
** True if the answer has all rows of the anchor's time, or shows that it goes on from the anchor.
*/
static bool covers(struct joint *joint, enum reach reach, struct join *join) {
  struct drift *drift = joint->drift;
  bool shown = shows_run(joint);
  bool exact = repeats(joint);
  bool was_calm = calm(drift);

  if (moved(joint) || drift->change != 0) drift->stirred = true;
  join->standing = TOO_LATE;
  join->shown =
      shown && joint->known == joint->run && joint->known == (int64_t)(joint->past - joint->first);
  if (shown) {
    if (drift->unsure && shows_from(joint, drift->unsure_from)) drift->unsure = false;
    return true;
  }
  if (joint->first == joint->past) return false; /* all of it comes later */
  if (exact && was_calm && reach != REACHES_NEVER) return true;
  return reaches(joint, reach, exact, join);
}

/* Takes the rows that were read before out of those of the anchor's time. */
static size_t leave_out_known(struct joint *joint) {
  size_t skip = joint->first;

  while (skip < joint->past && joint->matched[skip - joint->first]) skip++;
  for (size_t i = joint->past; i-- > skip;) {
    if (joint->matched[i - joint->first]) record_page_remove(joint->rows, i);
  }
  return skip;
}

/*
** Where the rows that are here begin in the middle of those of one time (an OFFSET), as many of
** these stand before the first of them: it does not matter which.
*/
static void leave_out_skipped(struct joint *joint) {
  int64_t start = joint->position - joint->run;
  const struct cached_page *page = page_cache_peek(joint->drift->cache, start);
  int64_t skipped = page ? start + page->shift - (joint->offset + (int64_t)joint->first) : 0;

  if (start == 0 || follows(joint->drift, start)) return;
  if (joint->begun > 0 && joint->begun - 1 < start) return; /* it has read on to there */
  for (size_t i = 0; i < joint->past - joint->first && skipped > 0; i++) {
    if (joint->matched[i]) continue;
    joint->matched[i] = true;
    joint->known++;
    skipped--;
  }
}

/* True if the answer was cut before the row that is wanted, as the total tells. */
static bool ends_early(const struct joint *joint) {
  const struct drift *drift = joint->drift;
  int64_t count = (int64_t)joint->rows->row_count;

  return count < joint->expected && drift->served_known &&
         joint->offset + count < drift->served_total;
}

/* Finds the rows that were read of the anchor's time. True if the anchor itself is among them. */
static bool match_all(struct joint *joint) {
  bool anchored = false;
  size_t last = 0;

  for (int64_t i = joint->run; i > 0; i--) {
    size_t at;
    anchored = match(joint, joint->position - i, &at);
    if (!anchored) continue;
    if (at < last) joint->drift->shuffled = true;
    last = at;
  }
  return anchored;
}

static enum standing join_by_time(struct joint *joint, enum reach reach, struct join *join) {
  bool anchored;

  find_times(joint);
  if (joint->past - joint->first > RUN_MAX) return CANNOT;
  anchored = match_all(joint);
  join->anchored = anchored;
  join->known = joint->known == (int64_t)joint->rows->row_count;
  if (!covers(joint, reach, join)) {
    bool within = joint->known == (int64_t)joint->rows->row_count && !moved(joint);
    if (!within || joint->drift->stirred) return join->standing;
    if (join->standing != CANNOT && !ends_early(joint)) return join->standing;
    if (join->standing == CANNOT) make_unsure(joint); /* no answer can show more of that time */
    return NOTHING_NEW; /* it has not come to the end of the rows that are here */
  }
  if (!anchored) joint->drift->relied = true;
  leave_out_skipped(joint);
  if (joint->past == joint->rows->row_count &&
      joint->known == (int64_t)(joint->past - joint->first)) {
    return NOTHING_NEW;
  }
  join->skip = leave_out_known(joint);
  return STANDS;
}

/* True if rows of an answer from an index on were read before. */
static bool repeats_from(struct joint *joint, size_t index) {
  for (; index < joint->rows->row_count; index++) {
    for (int64_t back = 1; back <= BACK_MAX && back <= joint->position; back++) {
      if (same_at(joint, index, joint->position - back)) return true;
    }
  }
  return false;
}

/* In a list that is not sorted, rows follow each other, and nothing else is known. */
static enum standing join_by_identity(struct joint *joint, size_t *skip) {
  for (int64_t back = 1; back <= BACK_MAX && back <= joint->position; back++) {
    size_t at = joint->expected >= back ? (size_t)(joint->expected - back) : 0;
    bool found = same_at(joint, at, joint->position - back);
    for (size_t i = 0; !found && i < joint->rows->row_count; i++) {
      at = i;
      found = same_at(joint, at, joint->position - back);
    }
    if (!found) continue;
    *skip = at + 1;
    if (back > 1) joint->drift->stirred = true;
    if (repeats_from(joint, *skip)) break; /* they have changed places */
    return *skip < joint->rows->row_count ? STANDS : NOTHING_NEW;
  }
  return joint->offset > 0 ? TOO_LATE : CANNOT;
}

/* Where a request brings no room for a row that repeats: by the offset alone. */
static enum standing join_blindly(struct joint *joint, size_t *skip) {
  struct drift *drift = joint->drift;
  bool was_calm = calm(drift);

  if (joint->rows->row_count == 0) return NOTHING_NEW;
  if (drift->change != 0) drift->stirred = true;
  make_unsure(joint);
  *skip = 0;
  for (int64_t back = 1; back <= joint->run; back++) { /* equal times may change places */
    if (!same_at(joint, 0, joint->position - back)) continue;
    drift->stirred = true;
    return NOTHING_NEW;
  }
  if (drift->disordered || compare_to_anchor(joint, 0) >= 0) return STANDS;
  if (!was_calm) return NOTHING_NEW;
  drift->disordered = true;
  drift->disordered_id = record_page_id(joint->rows, 0);
  return STANDS;
}

struct join drift_join(struct drift *drift, struct page_response *answer, int64_t position,
                       int64_t begun, enum reach reach, bool blind) {
  size_t count = answer->page.row_count;
  struct join join = {.standing = CANNOT, .reached = count, .anchored = true};
  struct joint joint = {.drift = drift,
                        .rows = &answer->page,
                        .offset = answer->window.offset,
                        .position = position,
                        .begun = begun,
                        .run = run_before(drift, position),
                        .expected = position + drift->shift - answer->window.offset};

  if (!row_at(drift, position - 1, &joint.anchor)) return join;
  if (blind && joint.expected == 0 && count < 2) {
    join.standing = join_blindly(&joint, &join.skip);
  } else if (count == 0) {
    if (joint.expected > 0) drift->stirred = true;
    join.standing = joint.offset > 0 ? TOO_LATE : NOTHING_NEW;
  } else if (drift->disordered || answer->page.time < 0) {
    join.standing = join_by_identity(&joint, &join.skip);
  } else {
    join.standing = join_by_time(&joint, reach, &join);
    join.reached = joint.first;
  }
  if (join.standing == STANDS) {
    int64_t kept = (int64_t)(answer->page.row_count - join.skip);
    drift->shift = joint.offset + (int64_t)count + drift->twins - (position + kept);
  }
  return join;
}

bool drift_may_lack(const struct drift *drift, int64_t position) {
  if (!drift->unsure) return false;
  return drift->stirred || (drift->served_known && position + drift->shift != drift->served_total);
}

/* ---- placing ---- */

int64_t drift_place(struct drift *drift, const struct page_response *answer) {
  drift->shift = 0; /* what has moved elsewhere may have moved past it */
  return answer->window.offset;
}

bool drift_meets(struct drift *drift, const struct record_page *rows, size_t index,
                 const struct cached_page *after) {
  bool tied = drift->disordered || rows->time < 0;

  if (index + 1 == rows->row_count) return false; /* what comes next is not in it */
  if (!row_same(rows, index, &after->rows, after->skip)) return false;
  if (index > 0 && compare(drift, rows, index - 1, rows, index) == 0) tied = true;
  if (after->count > 1 && !row_same(rows, index + 1, &after->rows, after->skip + 1)) return false;
  if (compare(drift, rows, index, rows, index + 1) == 0) tied = true;
  return !tied;
}
