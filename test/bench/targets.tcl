# The targets, and what the samples say of each: a row is met, missed, or not measured; or it was not quiet, so that
# nobody can tell. Sourced by bench.tcl, after samples.tcl; must not know how anything is measured.

# A target: id; the cases that it needs; in words; "most" or "least" of what, with its unit; and the command of
# samples.tcl that gives the figure. QUICK counts smaller lists.
proc bench::targets {{quick 0}} {
  set rows {}
  lappend rows \
      {requests-auto requests "full scan of 25,000 jobs in one repository, page_size auto: requests" most 34 ""
        {worst requests:auto}} \
      {latency-auto {latency.auto latency.8} "as many jobs at 20 ms, c = 8: auto against pages of 100" most 0.25 x
        {ratio latency.auto latency.8}}
  lappend rows {*}[latency_targets $quick]
  foreach {server transport} {quick TLS plain HTTP/1.1} {
    lappend rows {*}[scan_targets $server $transport]
  }
  lappend rows {*}[memory_targets $quick]
  lappend rows \
      {decode-plain decode "decode, CPU against json-c strict, plain records" most 0.0667 x {figure decode:plain_ratio}} \
      {decode-fallback decode "the same, every record falls back" most 1.25 x {figure decode:fallback_ratio}} \
      {small-cold cold "LIMIT 10 over TLS: cold sqlite3 process against curl process" most 0.5 x
        {ratio cold:extension cold:curl}} \
      {small-requests small "LIMIT 10: requests" most 1 "" {worst small:requests}} \
      {small-bytes small "LIMIT 10: bytes of request and answer" most 5000 B {worst small:bytes}} \
      {small-time small "LIMIT 10: sqlite3 process less curl process" most 2 ms
        {between_fastest small:extension small:curl 1000}} \
      {second-connections second "second scan: new connections" most 0 "" {worst second:new}} \
      {second-first-row second "second scan: first row against the cold one over TLS" most 0.05 x
        {ratio second:warm second:cold}}
  return [concat $rows [scale_targets $quick]]
}

# The round trips of so many pages that are asked for at once.
proc bench::trips {pages concurrency} {
  return [expr {($pages - 1 + $concurrency - 1) / $concurrency + 1}]
}

proc bench::latency_targets {quick} {
  set rows {}
  foreach {name pages bounds} [list latency [expr {$quick ? 200 : 1000}] {8 1.05 16 1.10 32 1.20} \
                                   start 121 {8 1.20 16 1.35}] {
    foreach {c bound} $bounds {
      set trips [trips $pages $c]
      lappend rows [list $name-$c [list $name.$c page.20] "$pages pages of 100 at 20 ms, c = $c, against $trips page times" \
                        most $bound x [list ratio $name.$c page.20 [expr {1.0 / $trips}]]]
    }
  }
  lappend rows {day-16 {day page.50}
    "300 repositories, one day of 200,000 jobs, 50 ms, c = 16, against ceil(requests / 16) page times" most 1.15 x
    {ratio day:trip page.50}}
  foreach {c bound} {16 12 32 22} {
    lappend rows [list list-$c [list one-by-one list.$c] \
                      "500 repositories by IN at 20 ms, c = $c, against one by one" least $bound x \
                      [list ratio one-by-one list.$c]]
  }
  foreach {form words} {1 "" 1-keyed ", inventory with a primary key," 2 "" 3 ""} {
    lappend rows [list join-$form [list join.$form page.20] \
                      "500 repositories, join form [string index $form 0]$words at 20 ms, c = 8, against 63 page times" \
                      most 1.2 x [list ratio join.$form page.20 [expr {1.0 / 63}]]]
  }
  return $rows
}

proc bench::scan_targets {server transport} {
  set rows {}
  foreach {task words share} {group "GROUP BY" 0.5 copy copy 0.333} {
    set own scan.$server.$task.extension
    set floor [list fetch.$server alone.$task]
    lappend rows [list floor-$server-$task [list $own {*}$floor] \
                      "$words, $transport, wall time against fetching alone + SQLite alone" most 1.15 x \
                      [list ratio $own $floor]]
    set peers [lmap who {json_each json_tree duckdb kept-alive} {string cat scan.$server.$task.$who}]
    lappend rows [list cpu-$server-$task [list $own {*}$peers] \
                      "$words, $transport, CPU a row against the best of curl -Z and http.client" most $share x \
                      [list against_best $own:cpu [lmap peer $peers {string cat $peer:cpu}]]]
  }
  set own scan.$server.group.extension
  set sdk scan.$server.count.sdk
  lappend rows [list cpu-$server-sdk [list $own $sdk] \
                    "GROUP BY, $transport, CPU a row against the official SDK, which only counts" most 0.125 x \
                    [list ratio $own:cpu $sdk:cpu]]
  return $rows
}

proc bench::memory_targets {quick} {
  lassign [lindex [sizes jobs $quick] 0] few
  set many [lindex [sizes jobs $quick] end]
  set values [expr {$quick ? 50000 : 300000}]
  return [list \
      [list memory-growth [list jobs.$many jobs.$few] "peak memory, $many rows against $few, c = 8" most 1.1 x \
          [list ratio jobs.$many:kB jobs.$few:kB]] \
      [list memory-own [list jobs.$many one-row] "peak memory of our own in that scan" most 20 MB \
          [list figure jobs.$many:kB [expr {1 / 1024.0}] one-row:kB]] \
      [list list-interrupt interrupt "list of 300,000 images of which 3 exist: from the interrupt to the end" most 250 ms \
          {worst interrupt:ms}] \
      [list list-memory [list values.$values values.1] "memory a value of a list of $values of which 3 exist" most 200 B \
          [list each values.$values:kB values.1:kB $values 1024]]]
}

# The numbers that are looked at: the last but one is a tenth of the last.
proc bench::sizes {what quick} {
  if {$quick} {
    return [dict get {jobs {10000 20000 100000} repositories {10 50 500} values {1 500 5000 50000}} $what]
  }
  return [dict get {
    jobs         {10000 30000 100000 1000000}
    repositories {10 100 1000 10000}
    values       {1 500 5000 50000 500000}
  } $what]
}

proc bench::scale_targets {quick} {
  set rows {}
  foreach {what words} {jobs "jobs in a repository" repositories repositories values "values in a list"} {
    set numbers [sizes $what $quick]
    set last [lindex $numbers end]
    set cases [lmap number [list [lindex $numbers 0] {*}[lrange $numbers end-1 end]] {string cat $what.$number}]
    foreach {sample measure noise} {cpu "CPU time" 0.02 kB memory 1024} {
      lappend rows [list scale-$what-$sample $cases \
                        "$measure of $last $words, against in proportion to [lindex $numbers end-1]" most 1.25 x \
                        [list growth $what.%N:$sample $numbers $noise]]
    }
  }
  return $rows
}

# ---- Floors ----------------------------------------------------------------------------------------------

# The round trips of so many pages where at most as many are under way unasked for as were read: 1, 2, 4, … at once.
proc bench::trips_from_one {pages concurrency} {
  set trips 0
  for {set at_once 1} {$at_once < $concurrency && $pages > 0} {incr at_once $at_once} {
    incr pages -$at_once
    incr trips
  }
  return [expr {$trips + (max($pages, 0) + $concurrency - 1) / $concurrency}]
}

# What the figure of a row cannot be less than, whatever the extension does, by what was measured in the same run: id,
# the cases that it needs besides those of the row, in words, and a command as in `targets`.
proc bench::floors {{quick 0}} {
  set floors {}
  foreach {name pages bounds} [list latency [expr {$quick ? 200 : 1000}] {8 16 32} start 121 {8 16}] {
    foreach c $bounds {
      set trips [trips $pages $c]
      lappend floors [list $name-$c {} "the rule of 1, 2, 4, … pages at once, by itself" \
                          [list constant [expr {[trips_from_one $pages $c] / double($trips)}]]]
      if {$name eq "latency"} {
        lappend floors [list $name-$c latency-curl.$c "`curl -Z`, which knows all addresses from the start" \
                            [list ratio latency-curl.$c page.20 [expr {1.0 / $trips}]]]
      }
    }
  }
  foreach server {quick plain} {
    foreach task {group copy} {
      set parts [list fetch.$server kept.$task]
      set peers [lmap who {json_each json_tree duckdb kept-alive} {string cat scan.$server.$task.$who:cpu}]
      lappend floors \
          [list floor-$server-$task [list {*}$parts decode] \
               "fetching, SQLite over a virtual table that has all rows, and decoding, one after the other" \
               [list with_decoding {*}$parts "" [list fetch.$server alone.$task]]] \
          [list cpu-$server-$task [list {*}$parts decode] "the same, CPU, against the best peer" \
               [list with_decoding_against_best {*}$parts :cpu $peers]]
    }
  }
  lappend floors {second-first-row second "a page by curl over a warm connection, against the cold first row"
    {ratio second:page second:cold}}
  return $floors
}

# Whether a row or a case is asked for by a pattern such as latency-* or scan.quick.*.
proc bench::wanted {only row} {
  lassign $row id cases
  if {[string match $only $id]} {
    return 1
  }
  foreach case $cases {
    if {[string match $only $case]} {
      return 1
    }
  }
  return 0
}

# The verdict on a row.
proc bench::judge {row} {
  variable lost
  lassign $row id cases what sense target unit command
  set measured [{*}$command]
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
  return [dict create id $id what $what sense $sense target $target unit $unit measured $measured verdict $verdict \
              why [join $why "; "]]
}

proc bench::judge_all {rows} {
  variable verdicts [lmap row $rows {judge $row}]
}
