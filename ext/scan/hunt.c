/*
** A search for the offset where rows go on: see hunt.h, and drift.h for what an answer has to show.
*/
#include "scan/hunt.h"

#include <string.h>

#include "scan/row.h"

#define DOUBTS_MAX 3 /* requests that would show all of the last time, did the service give it */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- where to ask ---- */

/* Rows that the window for a position should repeat, and can. */
static int64_t overlap_of(const struct hunt *hunt) {
  const struct fetch *fetch = hunt->fetch;
  int64_t rows = fetch_rows(fetch);
  int64_t overlap = drift_overlap(hunt->drift, hunt->position);

  if (overlap >= rows) overlap = rows / 2;
  /*
  ** Where nothing told the total, a page that is not full may have been cut or the last one. One
  ** row less than it had tells: a service that gives fewer has no more.
  */
  if (!fetch->agrees && fetch->yield.shorts > 0) overlap = least(overlap, fetch->yield.most - 1);
  return overlap;
}

/* True if the window would show all that share the last time, did the service not give fewer. */
static bool asks_wide(const struct hunt *hunt, int64_t room) {
  int64_t first = hunt->position + hunt->drift->shift - room + 1;

  return hunt->window.offset <= (first > 0 ? first : 0) && hunt->window.limit >= room;
}

/*
** Whether any window could show more than an answer does. What the service gives at once is a guess
** where no total tells that there is more: it may have had no more.
*/
static enum reach reach_of(const struct hunt *hunt, const struct page_response *answer) {
  int64_t room = drift_room(hunt->drift, hunt->position);
  int64_t rows = fetch_rows(hunt->fetch);
  bool guess = !hunt->fetch->agrees && room <= fetch_most(hunt->fetch);

  if (room <= rows) return REACHES_MORE;
  if (hunt->drift->shuffled && rows > 1) {
    return guess && !hunt->wide ? REACHES_MORE : REACHES_NEVER;
  }
  if (hunt->shown && answer->window.offset == hunt->shown_at && answer->page.row_count > 0 &&
      row_hash(&answer->page, 0) == hunt->shown_row) {
    return REACHES_ON;
  }
  if (room == rows + 1 && rows > 1) return REACHES_MORE; /* all but the row after them */
  return guess && !hunt->wide ? REACHES_MORE : REACHES_LESS;
}

static void first_window(struct hunt *hunt, const struct page_reader *reader) {
  int64_t overlap = overlap_of(hunt);
  int64_t offset = hunt->position + hunt->drift->shift;
  int64_t most = fetch_most(hunt->fetch);
  struct page_window *window = &hunt->window;

  hunt->blind = fetch_rows(hunt->fetch) < 2;
  if (offset < 0) offset = 0;
  if (overlap > offset) overlap = offset;
  window->offset = least(offset - overlap, JOBS_OFFSET_MAX);
  if (overlap == 0) hunt->after = window->offset; /* nothing there is the end: see overlap_of */
  window->limit = least(fetch_rows_at(hunt->fetch, reader, hunt->position) + overlap, most);
  if (hunt->blind && window->limit < 2)
    window->limit = least(2, most); /* does it still give one? */
  window->limit = fetch_past_end(hunt->fetch, reader, window->offset, window->limit);
}

/*
** Sets the next offset to ask from, between what is known to be too early and too late. `late`: the
** last answer was too late.
*/
static void aim(struct hunt *hunt, int64_t offset, bool late) {
  struct page_window *window = &hunt->window;
  struct page_window before = *window;
  int64_t most = fetch_most(hunt->fetch);

  if (hunt->too_early >= 0 && hunt->too_late >= 0 &&
      (offset <= hunt->too_early || offset >= hunt->too_late)) {
    int64_t middle = hunt->too_early + (hunt->too_late - hunt->too_early) / 2;
    if (middle > hunt->too_early) {
      offset = middle;
    } else if (hunt->fetch->records >= window->limit && window->limit < most) {
      offset = hunt->too_early; /* nothing between: more of it */
      window->limit = least(window->limit * 2, most);
    } else { /* all has moved since: begin anew, from here */
      offset = late ? hunt->too_early - window->limit / 2 - 1
                    : hunt->too_early + (hunt->fetch->records > 2 ? hunt->fetch->records - 1 : 1);
      hunt->too_early = hunt->too_late = -1;
      hunt->step = 0;
      if (hunt->cut > 1) hunt->fetch->yield.cut = hunt->cut; /* or it was cut where it ended */
    }
  }
  window->offset = offset > 0 ? least(offset, JOBS_OFFSET_MAX) : 0;
  if (window->offset == before.offset && window->limit == before.limit) {
    window->limit = least(window->limit * 2, most); /* the same once more shows nothing new */
  }
}

/* An answer began past the row that is wanted. */
static void aim_earlier(struct hunt *hunt, bool empty) {
  int64_t offset = hunt->window.offset;
  int64_t before = drift_overlap(hunt->drift, hunt->position);
  int64_t wanted = hunt->position + hunt->drift->shift - before;
  int64_t total = hunt->drift->served_total;

  hunt->too_late = offset;
  if (wanted >= offset || hunt->step > 0) { /* it has moved */
    int64_t gone = hunt->step == 0 && hunt->drift->change < 0 ? -hunt->drift->change + before : 0;
    hunt->step =
        hunt->step ? hunt->step * 2 : least(hunt->window.limit, fetch_rows(hunt->fetch)) / 2 + 1;
    wanted = offset - (gone > hunt->step ? gone : hunt->step);
    if (empty && hunt->fetch->agrees && total - hunt->step < wanted) wanted = total - hunt->step;
  } else {
    hunt->window.limit = least(hunt->window.limit + offset - wanted, fetch_most(hunt->fetch));
  }
  aim(hunt, wanted, true);
}

/*
** True if the last answer has shown the rows of the last time and ended with them, and no window
** has room for more than these: the next one is to begin with its last row. See REACHES_ON.
*/
static bool just_shown(const struct hunt *hunt) {
  return hunt->shown && hunt->fetch->records > 1 &&
         hunt->shown_at == hunt->window.offset + hunt->fetch->records - 1 &&
         drift_room(hunt->drift, hunt->position) > fetch_rows(hunt->fetch);
}

/* An answer ended before the row that is wanted. */
static void aim_later(struct hunt *hunt, size_t reached) {
  int64_t offset = hunt->window.offset;
  int64_t records = hunt->fetch->records;
  int64_t next = offset + records - (fetch_rows(hunt->fetch) > 1 ? 1 : 0);
  bool there = (int64_t)reached < records; /* it has come to the time that is wanted */

  hunt->too_early = offset;
  if (records < hunt->window.limit && hunt->fetch->yield.cut == 0) {
    hunt->after = next = offset + records; /* all that there is, or all that it gives at once */
    hunt->cut = records;
    hunt->cut_time = hunt->first_time;
    hunt->cut_row = hunt->last_row;
    hunt->too_late = -1;
  } else if (there && records >= hunt->window.limit &&
             hunt->window.limit < fetch_most(hunt->fetch)) {
    next = offset + (reached > 0 ? (int64_t)reached - 1 : 0); /* from there on, more */
    hunt->window.limit =
        least(hunt->window.limit + offset + records - next, fetch_most(hunt->fetch));
  } else if (just_shown(hunt)) {
    next = hunt->shown_at;
  } else if (hunt->drift->change > 0 && offset + hunt->drift->change > next) {
    next = offset + hunt->drift->change;
  } else if (hunt->step > 0) {
    next += hunt->step;
    hunt->step *= 2;
  } else if (next > offset) {
    hunt->step = least(hunt->window.limit, fetch_rows(hunt->fetch));
  }
  aim(hunt, next, false);
}

/*
** True if an answer is empty that was asked for right after one which ended with the row in front
** of the position: that one was not full, but the service might have cut it.
*/
static bool nothing_after(const struct hunt *hunt) {
  return hunt->fetch->records == 0 && hunt->after >= 0 && hunt->window.offset == hunt->after &&
         hunt->drift->change == 0 && (hunt->cut > 0 || hunt->position >= hunt->seen);
}

/* Notes that an answer which was not full has been cut: rows do come from where it ended. */
static void note_cut(struct hunt *hunt) {
  if (hunt->fetch->records == 0 || hunt->cut == 0 || hunt->window.offset != hunt->after) return;
  if (++hunt->cuts < 2) return; /* they may have been created meanwhile */
  hunt->fetch->yield.cut = hunt->cut;
  hunt->blind = hunt->cut < 2;
}

/*
** Notes where the list ends by an answer that had fewer rows than the service is known to give at
** once, none of them new, where equal times change places. True if an answer, or one before it, has
** shown that there is nothing past this one.
*/
static bool note_end(struct hunt *hunt, const struct join *join) {
  const struct fetch *fetch = hunt->fetch;
  int64_t end = hunt->window.offset + fetch->records;

  if (hunt->drift->change != 0 || fetch->claimed > end) hunt->end = -1;
  if (fetch->records > 0 && end > hunt->end) hunt->end = -1; /* it goes on, or its end has moved */
  if (join->known && fetch->records > 0 && fetch->records < hunt->window.limit &&
      fetch->records < fetch->yield.most && fetch->claimed <= end) {
    hunt->end = end;
  }
  return hunt->end >= 0 && end >= hunt->end;
}

/*
** True if an answer that was asked for because the end was doubted has no more than was read up to
** there, and that doubt is over.
*/
static bool ends_again(const struct hunt *hunt, const struct join *join) {
  const struct fetch *fetch = hunt->fetch;
  int64_t end = hunt->window.offset + fetch->records;

  if (hunt->doubts == 0 || join->standing != NOTHING_NEW || hunt->drift->unsure) return false;
  if (hunt->drift->change != 0 || end < hunt->ended) return false;
  return fetch->records < hunt->window.limit || fetch->total == end;
}

/*
** The answer that was cut, once more, or what has come to the time that is wanted. Where it begins
** with another time, rows have moved up meanwhile: the empty answer after it may have come from
** past rows that none has shown.
*/
static bool cut_again(const struct hunt *hunt, const struct join *join) {
  if (hunt->fetch->records != hunt->cut || hunt->first_time != hunt->cut_time) return false;
  return hunt->last_row == hunt->cut_row || (int64_t)join->reached < hunt->cut;
}

/*
** Whether the list ends with the row in front of the position. What speaks against it is asked once
** more: an answer that began with rows which come later, or that an empty one follows which came
** while jobs could move up.
*/
static enum finding ending_of(struct hunt *hunt, const struct join *join) {
  bool past = note_end(hunt, join);

  if (ends_again(hunt, join)) return ENDS;
  if (nothing_after(hunt)) {
    if (hunt->cut == 0) return ENDS;
    hunt->nothing = true;
    hunt->window.offset = hunt->after - hunt->cut;
    return ASK_AGAIN;
  }
  if (join->standing != NOTHING_NEW) return MISSED;
  if (hunt->nothing && cut_again(hunt, join)) return ENDS;
  if (!fetch_ends(hunt->fetch, false) && !past) return MISSED;
  if (!join->anchored && hunt->fetch->records > 0 && !hunt->asked_again) {
    hunt->asked_again = true; /* another offset than was asked for looks the same */
    return ASK_AGAIN;
  }
  if (!hunt->saw_more || hunt->drift->disordered) return ENDS;
  hunt->saw_more = false;
  return ASK_AGAIN;
}

/* ---- the hunt ---- */

void hunt_begin(struct hunt *hunt, struct fetch *fetch, struct drift *drift,
                const struct page_reader *reader, int64_t position, int64_t seen) {
  memset(hunt, 0, sizeof *hunt);
  hunt->fetch = fetch;
  hunt->drift = drift;
  hunt->position = position;
  hunt->begun = reader->begun;
  hunt->seen = seen;
  hunt->too_early = hunt->too_late = hunt->after = hunt->end = -1;
  first_window(hunt, reader);
}

enum finding hunt_look(struct hunt *hunt, struct page_response *answer, struct join *join) {
  struct fetch *fetch = hunt->fetch;
  size_t count = answer->page.row_count;
  enum finding finding;

  drift_note(hunt->drift, answer, fetch->agrees);
  note_cut(hunt);
  if (hunt->drift->change != 0) {
    hunt->after = -1;
    hunt->shown = false;
  }
  hunt->first_time = count ? row_time_hash(&answer->page, 0) : 0;
  hunt->last_row = count ? row_hash(&answer->page, count - 1) : 0;
  *join = drift_join(hunt->drift, answer, hunt->position, hunt->begun, reach_of(hunt, answer),
                     hunt->blind || fetch_rows(fetch) < 2);
  if (join->shown) {
    hunt->shown = true;
    hunt->shown_at = answer->window.offset + fetch->records - 1;
    hunt->shown_row = hunt->last_row;
  }
  if (asks_wide(hunt, drift_room(hunt->drift, hunt->position))) hunt->wide = true;
  finding = ending_of(hunt, join);
  if (finding != MISSED) return finding;
  return join->standing == STANDS ? FOUND : join->standing == CANNOT ? TIED : MISSED;
}

void hunt_miss(struct hunt *hunt, const struct join *join, bool empty) {
  hunt->after = -1; /* that was of use for one answer only */
  hunt->fetch->rows_read = 0;
  if (join->standing == CANNOT || join->standing == TOO_LATE) {
    hunt->fetch->yield.shorts = 0;
    if (!empty) {
      hunt->saw_more = true;
      hunt->nothing = false;
    }
    aim_earlier(hunt, empty);
  } else {
    aim_later(hunt, join->reached);
  }
}

/*
** Asks for the last rows of the list, from before the first one of those that may lack others on:
** each time for twice as many, since some of them may be gone.
*/
static void look_back(struct hunt *hunt, int64_t rows) {
  int64_t most = fetch_most(hunt->fetch);
  int64_t limit = least(rows << hunt->doubts, most);

  hunt->after = hunt->too_early = hunt->too_late = -1;
  hunt->step = 0;
  hunt->window.offset = hunt->ended > limit ? hunt->ended - limit : 0;
  hunt->window.limit = least(hunt->ended - hunt->window.offset + 1, most);
}

bool hunt_doubt(struct hunt *hunt, struct join *join) {
  const struct drift *drift = hunt->drift;
  int64_t room = drift_room(hunt->drift, hunt->position);
  /* What the service gives at once may have been seen of answers that had no more. */
  int64_t rows = hunt->doubts < DOUBTS_MAX ? fetch_most(hunt->fetch) : fetch_rows(hunt->fetch);
  int64_t back = hunt->position - drift->unsure_from + 1;

  if (!drift_may_lack(drift, hunt->position)) return false;
  hunt->ended = hunt->window.offset + hunt->fetch->records;
  if (drift->unsure_from < hunt->position - room + 2 || room > rows + 1) {
    if (hunt->doubts == DOUBTS_MAX) return false;
    look_back(hunt, back);
    hunt->doubts++;
    return true;
  }
  hunt->doubts++;
  join->standing = TOO_LATE;
  hunt_miss(hunt, join, true);
  return true;
}
