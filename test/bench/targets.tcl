# The targets, and what the samples say of each: a row is met, missed, or not measured; or it was not quiet,
# so that nobody can tell. Sourced by bench.tcl.

namespace eval bench {
  variable quiet_spread 0.25
}

# What no code of ours has a part in, and by how much of its median it varies between rounds: fetching alone, and
# the time of one page. The worst of them, as name and share; {"" 0} where nothing was measured twice.
proc bench::noise {} {
  variable samples
  set worst {"" 0}
  foreach name {server.quick server.plain page.curl} {
    if {[median $name] eq ""} {
      continue
    }
    set sorted [lsort -real [dict values [dict get $samples $name]]]
    set share [expr {([lindex $sorted end] - [lindex $sorted 0]) / [median $name]}]
    if {$share > [lindex $worst 1]} {
      set worst [list $name $share]
    }
  }
  return $worst
}

proc bench::is_quiet {} {
  variable quiet_spread
  return [expr {[lindex [noise] 1] <= $quiet_spread}]
}

# A row: what it is about, its unit, the figure that it must not exceed ("most") or fall below
# ("least"), and what "with_spread" gives, or {} where it was not measured; CASES tell why not.
proc bench::row {id what sense target unit measured cases} {
  variable rows_of_table
  variable lost
  set verdict "not measured"
  set why {}
  if {[llength $measured]} {
    set figure [lindex $measured 0]
    set verdict [expr {($sense eq "most" ? $figure <= $target : $figure >= $target) ? "met" :
                       [is_quiet] ? "missed" : "not quiet"}]
  } else {
    foreach case $cases {
      if {[dict exists $lost $case]} {
        lappend why "$case: [dict get $lost $case]"
      }
    }
    if {![llength $why]} {
      lappend why "left out"
    }
  }
  lappend rows_of_table [dict create id $id what $what sense $sense target $target unit $unit \
                             measured $measured verdict $verdict why [join $why "; "]]
}

# A figure with the lowest and the highest of single rounds, and how many there were.
proc bench::with_spread {figure single} {
  set sorted [lsort -real $single]
  return [list $figure [lindex $sorted 0] [lindex $sorted end] [llength $sorted]]
}

# One median through another, times a factor; lowest and highest are of single rounds.
proc bench::ratio {above below {factor 1.0}} {
  variable samples
  set a [median $above]
  set b [median $below]
  if {$a eq "" || $b eq ""} {
    return {}
  }
  set single {}
  dict for {round value} [dict get $samples $above] {
    if {[dict exists $samples $below $round]} {
      lappend single [expr {$factor * $value / [dict get $samples $below $round]}]
    }
  }
  return [with_spread [expr {$factor * $a / $b}] $single]
}

# The median of a sample, times a factor, less that of another.
proc bench::figure {name {factor 1} {less ""}} {
  variable samples
  if {[median $name] eq "" || ($less ne "" && [median $less] eq "")} {
    return {}
  }
  set single {}
  dict for {round value} [dict get $samples $name] {
    set other [expr {$less eq "" ? 0 : [dict get $samples $less $round]}]
    lappend single [expr {$factor == 1 && $other == 0 ? $value : $factor * ($value - $other)}]
  }
  return [with_spread [middle $single] $single]
}

# By how much the fastest of one sample is slower than that of another; lowest and highest are of single rounds.
proc bench::between_fastest {name less factor} {
  variable samples
  set measured [figure $name $factor $less]
  if {![llength $measured]} {
    return {}
  }
  lassign [lmap sample [list $name $less] {
    tcl::mathfunc::min {*}[dict values [dict get $samples $sample]]
  }] own other
  return [lreplace $measured 0 0 [expr {$factor * ($own - $other)}]]
}

# For what must hold in every round.
proc bench::worst {name} {
  set measured [figure $name]
  return [expr {[llength $measured] ? [lreplace $measured 0 0 [lindex $measured 2]] : {}}]
}

# Of these the one with the least median, if all were measured: the best of some is no bound.
proc bench::fastest {names} {
  set best ""
  foreach name $names {
    if {[median $name] eq ""} {
      return [lindex $names 0]-unknown
    }
    if {$best eq "" || [median $name] < [median $best]} {
      set best $name
    }
  }
  return $best
}

proc bench::target_rows {} {
  variable rows_of_table {}
  variable rows
  row decode-plain "decode, CPU against json-c strict, plain records" most 0.125 x [figure decode:plain_ratio] decode
  row decode-fallback "the same, every record falls back" most 1.25 x [figure decode:fallback_ratio] decode
  scan_rows
  set pages [expr {$rows / 100}]
  foreach {concurrency target} {8 1.10 16 1.15 32 1.25} {
    set trips [expr {($pages - 1 + $concurrency - 1) / $concurrency + 1}]
    row latency-$concurrency "$pages pages at 20 ms, c = $concurrency, against $trips page times" most $target x \
        [ratio latency.$concurrency page.curl [expr {1.0 / $trips}]] [list latency.$concurrency page.curl]
  }
  foreach {concurrency target} {16 12 32 22} {
    row list-$concurrency "500 repositories by IN at 20 ms, c = $concurrency, against one by one" least $target x \
        [ratio fleet.one-by-one fleet.list.$concurrency] [list fleet.one-by-one fleet.list.$concurrency]
  }
  row found-16 "500 repositories that a listing finds, at 20 ms, c = 16, against 33 page times" most 1.15 x \
      [ratio fleet.found page.curl [expr {1.0 / 33}]] [list fleet.found page.curl]
  foreach {form words} {1 "" 1-keyed ", inventory with a primary key," 2 "" 3 ""} {
    row join-$form "500 repositories, join form [string index $form 0]$words at 20 ms, c = 8, against 63 page times" most 1.2 x \
        [ratio fleet.join.$form page.curl [expr {1.0 / 63}]] [list fleet.join.$form page.curl]
  }
  row memory-growth "peak memory, [lindex $bench::large 1] rows against 10000, c = 8" most 1.1 x \
      [ratio memory:large memory:small] memory
  row memory-own "peak memory of our own in that scan" most 20 MB \
      [figure memory:large [expr {1 / 1024.0}] memory:one] memory
  row second-connections "second scan: new connections" most 0 "" [worst second:new] second
  row second-first-row "second scan: first row against the cold one over TLS" most 0.05 x \
      [ratio second:warm second:cold] second
  row small-requests "LIMIT 10: requests" most 1 "" [worst small:requests] small
  row small-bytes "LIMIT 10: bytes of request and answer" most 5000 B [worst small:bytes] small
  row small-time "LIMIT 10: sqlite3 process less curl process" most 2 ms \
      [between_fastest small:extension small:curl 1000] small
  row small-cold "LIMIT 10 over TLS: cold sqlite3 process against curl process" most 0.5 x \
      [ratio cold:extension cold:curl] cold
}

proc bench::scan_rows {} {
  foreach {server transport} {quick "TLS, HTTP/2" plain "HTTP/1.1"} {
    foreach {task words} {group "GROUP BY" copy "copy"} {
      set own scan.$server.$task.extension
      set curl {}
      foreach who {json_each duckdb} {
        lappend curl scan.$server.$task.$who
      }
      row scan-$server-$task-curl "$words, $transport, against curl -Z + json_each or DuckDB" least 5 x \
          [ratio [fastest $curl] $own] [list $own {*}$curl]
      row scan-$server-$task-urllib "$words, $transport, against urllib + sqlite3" least 7 x \
          [ratio scan.$server.$task.urllib $own] [list $own scan.$server.$task.urllib]
    }
    row scan-$server-sdk "GROUP BY, $transport, against the official SDK, which only counts" least 10 x \
        [ratio scan.$server.count.sdk scan.$server.group.extension] \
        [list scan.$server.group.extension scan.$server.count.sdk]
  }
}
