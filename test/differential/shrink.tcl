# Cuts a query that fails down to a small one that fails in the same way.

namespace eval shrink {
  variable tries 0
}

# PROBE QUERY gives a word: "" for a query that does not fail, else how it fails. Returns the
# smallest query found that fails as the given one does.
proc shrink::query {query probe} {
  variable tries 0
  set kind [{*}$probe $query]
  if {$kind eq ""} {
    return $query
  }
  # A query that is refused for want of a region, or must name those that it asks, stays one that does, and so does
  # what an error must tell of.
  set keys [expr {$kind ni {key untold advice} && [llength $world::regions] == 1}]
  set end [expr {[clock milliseconds] + 20000}]
  for {set progress 1} {$progress} {} {
    set progress 0
    foreach candidate [candidates $query $keys] {
      if {[clock milliseconds] > $end} {
        return $query
      }
      incr tries
      if {[{*}$probe $candidate] eq $kind} {
        set query $candidate
        set progress 1
        break
      }
    }
  }
  return $query
}

proc shrink::candidates {query keys} {
  set result {}
  set setup [dict get $query setup]
  for {set i 0} {$i < [llength $setup]} {incr i} {
    set smaller $query
    dict set smaller setup [lreplace $setup $i $i]
    lappend result $smaller
  }
  foreach main [tree::smaller [dict get $query main] $keys] {
    set smaller $query
    dict set smaller main $main
    lappend result $smaller
  }
  for {set i 0} {$i < [llength $setup]} {incr i} {
    foreach tree [tree::smaller [lindex $setup $i] $keys] {
      set smaller $query
      dict set smaller setup [lreplace $setup $i $i $tree]
      lappend result $smaller
    }
  }
  return $result
}
