# Queries as trees: how a tree becomes SQL, and which smaller trees it can be cut down to.
#
#   {T text}                          text as it is
#   {S node ...}                      nodes side by side
#   {L prefix separator suffix node ...}
#                                     a list whose members can be dropped; empty: no text at all
#   {A node smaller ...}              a node, and what may stand in its place
#   {N node ...}                      side by side; a scan with all of its keys, or nothing to do with one
#   {K node ...}                      side by side; names a repository, so that cutting it down can
#                                     make the query one that names none
#   {O sort tail limit}               ORDER BY and LIMIT. "sort" is a list of nodes; "tail" a list of
#                                     texts that make the order total ("#": all columns), or empty; "limit" is a list of
#                                     at most one node. The tail stays for as long as there is a limit.
#   {Q head items rest order}         the query itself: "items" is an L node, or {F count node}
#
# Everything that compares or shrinks works on trees; nothing ever reads SQL.

namespace eval tree {}

proc tree::sql {node} {
  switch [lindex $node 0] {
    T {return [lindex $node 1]}
    S - N - K {return [join [lmap child [lrange $node 1 end] {sql $child}]]}
    A {return [sql [lindex $node 1]]}
    F {return [sql [lindex $node 2]]}
    L {
      lassign $node - prefix separator suffix
      if {[llength $node] == 4} {
        return ""
      }
      return $prefix[join [lmap child [lrange $node 4 end] {sql $child}] $separator]$suffix
    }
    O {
      lassign $node - sort tail limit
      set terms [concat [lmap term $sort {sql $term}] $tail]
      set text [expr {[llength $terms] ? "ORDER BY [join $terms {, }]" : ""}]
      if {[llength $limit]} {
        append text " " [sql [lindex $limit 0]]
      }
      return $text
    }
    Q {
      lassign $node - head items rest order
      if {"#" in [lindex $order 2]} {
        set tail [lsearch -all -inline -not -exact [lindex $order 2] #]
        for {set i 1} {$i <= [columns $node]} {incr i} {
          lappend tail $i
        }
        lset order 2 $tail
      }
      return "[sql $head] [sql $items] [sql $rest] [sql $order]"
    }
    default {error "no such node: $node"}
  }
}

# The number of columns of a query.
proc tree::columns {query} {
  set items [lindex $query 2]
  return [expr {[lindex $items 0] eq "F" ? [lindex $items 1] : [llength $items] - 4}]
}

# How much of a query's answer is fixed: "ordered" (all of it), "bag" (the rows), or "ties" (the
# last columns are the sort terms: their sequence, and which rows there may be).
proc tree::comparison {query} {
  lassign [lindex $query 4] - sort tail limit
  if {[llength $tail]} {
    return ordered
  }
  return [expr {[llength $sort] || [llength $limit] ? "ties" : "bag"}]
}

# The same query without LIMIT and OFFSET.
proc tree::unlimited {query} {
  lset query 4 3 {}
  return $query
}

# Every tree that is one step smaller, boldest steps first. KEYS 0: what names repositories stays.
proc tree::smaller {node keys} {
  set result {}
  switch [lindex $node 0] {
    T {return {}}
    K {
      if {!$keys} {
        return {}
      }
      return [children $node 1 $keys]
    }
    S - N {return [children $node 1 $keys]}
    F {return [children $node 2 $keys]}
    Q {
      # Sort terms of a "ties" query are its last columns, so that both must be cut down together.
      set result [ties $node]
      foreach candidate [children $node 1 $keys] {
        if {[comparison $node] ne "ties" || [lrange $candidate 0 2] eq [lrange $node 0 2]
            && [lindex $candidate 4 1] eq [lindex $node 4 1]} {
          lappend result $candidate
        }
      }
      return $result
    }
    A {
      set result [lrange $node 2 end]
      return [concat $result [children $node 1 $keys 1]]
    }
    L {
      set count [expr {[llength $node] - 4}]
      if {$count > 2 && ($keys || ![guarded $node])} {
        lappend result [lrange $node 0 3]
        lappend result [lrange $node 0 [expr {3 + $count / 2}]]
        lappend result [concat [lrange $node 0 3] [lrange $node [expr {4 + $count / 2}] end]]
      }
      for {set i 4} {$i < [llength $node]} {incr i} {
        if {$keys || ![guarded [lindex $node $i]]} {
          lappend result [lreplace $node $i $i]
        }
      }
      return [concat $result [children $node 4 $keys]]
    }
    O {return [orders $node $keys]}
  }
}

proc tree::guarded {node} {
  switch [lindex $node 0] {
    K {return 1}
    T - N - O {return 0}
    L {set from 4}
    F {set from 2}
    default {set from 1}
  }
  foreach child [lrange $node $from end] {
    if {[guarded $child]} {
      return 1
    }
  }
  return 0
}

# The node with one child after the other cut down.
proc tree::children {node first keys {count 1000}} {
  set result {}
  for {set i $first} {$i < [llength $node] && $i < $first + $count} {incr i} {
    foreach candidate [smaller [lindex $node $i] $keys] {
      lappend result [lreplace $node $i $i $candidate]
    }
  }
  return $result
}

proc tree::orders {node keys} {
  lassign $node - sort tail limit
  set result {}
  if {[llength $sort] || [llength $tail] || [llength $limit]} {
    lappend result {O {} {} {}}
  }
  if {[llength $limit]} {
    lappend result [list O $sort $tail {}]
    foreach candidate [smaller [lindex $limit 0] $keys] {
      lappend result [list O $sort $tail [list $candidate]]
    }
  }
  for {set i 0} {$i < [llength $sort]} {incr i} {
    lappend result [list O [lreplace $sort $i $i] $tail $limit]
    foreach candidate [smaller [lindex $sort $i] $keys] {
      lappend result [list O [lreplace $sort $i $i $candidate] $tail $limit]
    }
  }
  return $result
}

# A "ties" query with fewer columns that are no sort terms, or without one sort term.
proc tree::ties {query} {
  if {[comparison $query] ne "ties"} {
    return {}
  }
  lassign $query - head items rest order
  lassign $order - sort tail limit
  set result {}
  set first [expr {[llength $items] - [llength $sort]}]
  for {set i 4} {$i < $first} {incr i} {
    lappend result [list Q $head [lreplace $items $i $i] $rest $order]
  }
  lappend result [list Q $head $items $rest {O {} {} {}}]
  if {[llength $sort] > 1} {
    for {set i 0} {$i < [llength $sort]} {incr i} {
      set column [expr {$first + $i}]
      lappend result [list Q $head [lreplace $items $column $column] $rest \
                          [list O [lreplace $sort $i $i] $tail $limit]]
    }
  }
  return $result
}
