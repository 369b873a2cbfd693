# Comparing the requests of a query with those that are expected, where pages overlap.
#
#   Promise: the number of requests, their order where one follows the other, and the rows that each
#   asks for and the one before it did not, are just the expected ones.

# Requests that travel side by side arrive in any order. A page that follows another one begins with
# rows that the other one ends with, which are left out of the comparison, and asks for one row more
# where it would be just full otherwise and not show that the list ends with it.
proc harness::same_requests {made expected} {
  variable concurrency
  variable any_order
  if {$concurrency != 1 || $any_order} {
    set made [lsort -command by_offset $made]
    set expected [lsort -command by_offset $expected]
  }
  set made [without_overlap $made]
  set expected [lmap request [without_overlap $expected] {lrange $request 0 1}]
  if {[llength $made] != [llength $expected]} {
    return 0
  }
  foreach request $made wanted $expected {
    if {![same [lrange $request 0 1] [lrange $wanted 0 1]] && ![one_more $request $wanted]} {
      return 0
    }
  }
  return 1
}

# Requests by repository and order, and then as they follow each other.
proc harness::by_offset {left right} {
  foreach side {left right} {
    set key($side) [set $side]
    regexp {^(\S+) limit::(\d+)\|offset::(\d+)\|order::(\w+)$} [set $side] - image limit offset order
    if {[info exists image]} {
      set key($side) [format {%s %s %020d %020d} $image $order $offset $limit]
    }
    unset -nocomplain image
  }
  return [string compare $key(left) $key(right)]
}

# Each request as it is expected; those that overlap with the one before are marked by a third word.
proc harness::without_overlap {requests} {
  set window {^(\S+) limit::(\d+)\|offset::(\d+)\|order::(\w+)$}
  set plain {}
  foreach request $requests {
    if {![regexp $window $request - image limit offset order]} {
      lappend plain $request
      continue
    }
    set key $image/$order
    if {[info exists seen($request)]} {
      lappend plain $seen($request)
      continue
    }
    set end [expr {$offset + $limit}]
    set known [expr {[info exists ends($key)] ? $ends($key) : -1}]
    if {$offset < $known && $end > $known && $known - $offset <= max(20, $limit / 2)} {
      set seen($request) "$image limit::[expr {$end - $known}]|offset::$known|order::$order overlaps"
    } else {
      set seen($request) $request
    }
    set ends($key) $end
    lappend plain $seen($request)
  }
  return $plain
}

# The requests since clear_requests without what pages have in common, by repository and offset.
proc plain_requests {} {
  set made [lsort -command harness::by_offset [requests]]
  return [lmap request [harness::without_overlap $made] {lrange $request 0 1}]
}

# Whether a request that overlapped is the wanted one with a row more.
proc harness::one_more {request wanted} {
  set window {^(\S+) limit::(\d+)\|(offset::\d+\|order::\w+)( overlaps)?$}
  if {![regexp $window $request - image limit rest overlaps] || $overlaps eq ""} {
    return 0
  }
  return [same $wanted "$image limit::[expr {$limit - 1}]|$rest"]
}
