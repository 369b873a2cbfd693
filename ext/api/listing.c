/*
** What follows from a listing's columns: see listing.h.
*/
#include "api/listing.h"

const char *listing_member(const struct column *column) {
  if (column->flags & COLUMN_HIDDEN) return NULL;
  return column->member ? column->member : column->name;
}

int listing_identity(const struct listing *listing) {
  int found = -1;

  for (int i = 0; i < listing->column_count; i++) {
    if (!(listing->columns[i].flags & COLUMN_IDENTITY)) continue;
    if (found >= 0 || listing->columns[i].kind != COLUMN_INTEGER) return -1;
    found = i;
  }
  return found;
}

int listing_time_column(const struct listing *listing) {
  for (int i = 0; i < listing->order_count; i++) {
    int column = listing->orders[i].column;
    if (listing->columns[column].flags & COLUMN_TIME) return column;
  }
  return -1;
}

bool listing_bounded(const struct listing *listing) {
  return !listing->aligned && listing_time_column(listing) >= 0;
}

int listing_key_column(const struct listing *listing, enum place_key key) {
  for (int i = 0; i < listing->column_count; i++) {
    const struct column *column = &listing->columns[i];
    if (column->key == key && !(column->flags & COLUMN_HIDDEN)) return i;
  }
  return -1;
}

uint32_t listing_decoded(const struct listing *listing, uint32_t wanted) {
  uint32_t decoded = 0;

  for (int i = 0; i < listing->column_count; i++) {
    uint32_t bit = UINT32_C(1) << i;
    unsigned flags = listing->columns[i].flags;
    if (!(flags & COLUMN_HIDDEN) && (!(flags & COLUMN_LARGE) || wanted & bit)) decoded |= bit;
  }
  return decoded;
}

const struct order *listing_order(const struct listing *listing, bool descending) {
  static const struct order none = {.growth = GROWS_ANYWHERE};

  for (int i = 0; i < listing->order_count; i++) {
    const struct order *order = &listing->orders[i];
    if (order->column == listing_time_column(listing) && order->descending == descending) {
      return order;
    }
  }
  return listing->order_count ? &listing->orders[0] : &none;
}

const struct order *listing_steady_order(const struct listing *listing) {
  return listing->order_count ? &listing->orders[0] : listing_order(listing, false);
}
