# What was measured, in Markdown, and the verdict of `make bench-check`. Sourced after samples.tcl, by bench.tcl, by the
# documents' generator and by test/bench.test; must know no file and no way of measuring.

namespace eval bench {
  # Who is compared, as tables and pictures call them.
  variable names {
    extension  {this extension}
    auto       {this extension, page_size auto}
    json_each  {curl -Z + json_each}
    json_tree  {curl -Z + json_tree}
    duckdb     {curl -Z + DuckDB}
    duckdb-own {curl -Z + DuckDB's own table}
    kept-alive {Python: http.client + sqlite3}
    sdk        {official Node SDK, counting}
  }
  variable tasks {group {GROUP BY status} copy {copy of all columns}}
  variable transports {quick {TLS, HTTP/2 where the client has it} plain {plain HTTP/1.1}}
}

# A number with three significant digits.
proc bench::short {value} {
  if {abs($value) >= 100 || [string is integer -strict $value]} {
    return [format %.0f $value]
  }
  return [format %#.3g $value]
}

# A figure with its unit; counts have none.
proc bench::with_unit {value unit} {
  switch -- $unit {
    x       {return "$value ×"}
    ""      {return $value}
    default {return "$value $unit"}
  }
}

proc bench::between {low high} {
  return "[short $low] – [short $high]"
}

proc bench::bound {row} {
  dict with row {
    return "[expr {$sense eq "most" ? "at most" : "at least"}] [with_unit $target $unit]"
  }
}

proc bench::targets_table {} {
  variable verdicts
  set lines {"| what | figure | single rounds | number | target | |" "|---|---|---|---|---|---|"}
  foreach row $verdicts {
    dict with row {
      set found {– – 0}
      if {[llength $measured]} {
        lassign $measured value low high number
        set found [list [with_unit [short $value] $unit] [between $low $high] $number]
      }
      set word [expr {$verdict eq "met" ? "met" : "**$verdict**"}]
      lappend lines "| $what | [join $found { | }] | [bound $row] | $word |"
    }
  }
  return [join $lines \n]
}

# The same in short, for a document: what, figure, target.
proc bench::targets_brief {} {
  variable verdicts
  set lines {"| what | figure | target |" "|---|---|---|"}
  foreach row $verdicts {
    dict with row {
      set value [expr {[llength $measured] ? [with_unit [short [lindex $measured 0]] $unit] : "–"}]
      lappend lines "| $what | $value[expr {$verdict eq "met" ? "" : ", $verdict"}] | [bound $row] |"
    }
  }
  return [join $lines \n]
}

# What rows cannot be less than, beside what they are: those of which a floor is known.
proc bench::floors_table {} {
  variable verdicts
  variable about
  set rows {}
  foreach row $verdicts {
    dict set rows [dict get $row id] $row
  }
  set lines {"| what | floor | of | figure | target |" "|---|---|---|---|---|"}
  foreach floor [floors [dict get $about quick]] {
    lassign $floor id cases words command
    set value [lindex [namespace eval ::bench $command] 0]
    if {$value eq "" || ![dict exists $rows $id]} {
      continue
    }
    set row [dict get $rows $id]
    if {[llength [dict get $row measured]]} {
      lappend lines "| [dict get $row what] | [short $value] × | $words |\
          [with_unit [short [lindex [dict get $row measured] 0]] [dict get $row unit]] | [bound $row] |"
    }
  }
  return [join $lines \n]
}

# Who does a task, in the order of the names: who and the sample.
proc bench::competitors {server task} {
  variable names
  set others [dict create group {sdk count} copy {duckdb-own table}]
  set found {}
  foreach who [dict keys $names] {
    lassign [dict get $others $task] other its_task
    set name scan.$server.[expr {$who eq $other ? $its_task : $task}].$who
    if {[median [list $name]] ne ""} {
      lappend found [list $who $name]
    }
  }
  return $found
}

proc bench::per_row {name} {
  variable about
  return [expr {[median [list $name:cpu]] / [dict get $about rows] * 1e6}]
}

# Thousand rows a second.
proc bench::speed {name} {
  variable about
  return [expr {[dict get $about rows] / [median [list $name]] / 1000}]
}

proc bench::scan_table {server task} {
  variable names
  variable about
  set own [median [list scan.$server.$task.extension:cpu]]
  set lines {"| | CPU µs/row | times ours | thousand rows/s | single rounds |" "|---|---|---|---|---|"}
  foreach entry [competitors $server $task] {
    lassign $entry who name
    set speeds [lsort -real [lmap seconds [series [list $name]] {
      expr {[dict get $about rows] / $seconds / 1000}
    }]]
    set times [expr {$own eq "" ? "–" : [short [expr {[median [list $name:cpu]] / $own}]]}]
    lappend lines "| [dict get $names $who] | [short [per_row $name]] | $times | [short [middle $speeds]] |\
        [between [lindex $speeds 0] [lindex $speeds end]] |"
  }
  return [join $lines \n]
}

# What a scan is made of, each part by itself, and ours: seconds, and CPU µs a row.
proc bench::parts_table {} {
  variable about
  set lines {
    "| | fetching alone | SQLite alone | decoding alone | together | this extension | of these |"
    "|---|---|---|---|---|---|---|"
  }
  set decode [median decode:plain_us]
  foreach {server transport} {quick TLS plain HTTP/1.1} {
    foreach {task words} {group "GROUP BY" copy copy} {
      set own scan.$server.$task.extension
      foreach {suffix unit factor} [list "" "seconds" 1.0 :cpu "CPU µs/row" [expr {1e6 / [dict get $about rows]}]] {
        set parts [list [median fetch.$server$suffix] [median alone.$task$suffix] [median $own$suffix]]
        if {"" in $parts || $decode eq ""} {
          continue
        }
        lassign [lmap part $parts {expr {$part * $factor}}] fetch alone ours
        set decoding [expr {$decode * ($factor == 1.0 ? [dict get $about rows] / 1e6 : 1)}]
        set sum [expr {$fetch + $alone + $decoding}]
        lappend lines "| $words, $transport, $unit | [join [lmap value [list $fetch $alone $decoding $sum $ours] {
          short $value}] { | }] | [short [expr {$ours / $sum}]] × |"
      }
    }
  }
  return [join $lines \n]
}

# All else, median and spread as they are.
proc bench::other_table {} {
  variable samples
  set lines {"| sample | median | single rounds | rounds |" "|---|---|---|---|"}
  foreach name [lsort -dictionary [dict keys $samples]] {
    set values [lsort -real [series [list $name]]]
    if {![string match scan.* $name] && [llength $values]} {
      lappend lines "| `$name` | [short [middle $values]] | [between [lindex $values 0] [lindex $values end]] |\
          [llength $values] |"
    }
  }
  return [join $lines \n]
}

proc bench::lost_list {} {
  variable lost
  set lines {}
  dict for {case why} $lost {
    lappend lines "- `$case`: $why"
  }
  if {[llength $lines]} {
    return "## Not measured\n\n[join $lines \n]\n\n"
  }
}

# What it was measured on, in words.
proc bench::surroundings {} {
  variable about
  dict with about {
    set text "$processors processors; $versions; commit $commit. Medians of $rounds rounds, in which all take turns."
    lassign [noise] name share
    if {![is_quiet]} {
      append text " It was not quiet: $name varied by [format %.0f [expr {100 * $share}]] % between rounds."
    }
    return "$text Load of the machine before: [lindex $load 0], after: [lindex $load 1]. Of $answers answers nginx had\
 $misses to fetch from the emulator. It took $minutes minutes."
  }
}

proc bench::table {} {
  variable tasks
  variable transports
  variable about
  set rows [dict get $about rows]
  set text "# Measured\n\n[surroundings]\n\n## Targets\n\n[targets_table]\n\n[lost_list]"
  append text "## Full scans: $rows rows in [expr {$rows / 100}] pages of 100, no latency, 8 at once\n\n"
  append text "Whole processes, from their start to their end, CPU time of all of them.\n\n"
  dict for {server transport} $transports {
    dict for {task words} $tasks {
      if {[llength [competitors $server $task]]} {
        append text "### $words, $transport\n\n[scan_table $server $task]\n\n"
      }
    }
  }
  append text "### What they are made of\n\n[parts_table]\n\n"
  append text "## Floors\n\n[floors_table]\n\n"
  append text "## Everything else\n\nSeconds, but for memory (kB), counts and the ratios of decode.\n\n[other_table]\n"
  return $text
}

# ---- For the pictures ------------------------------------------------------------------------------------

# Lines of tab-separated words, as doc/plots.py reads them.
proc bench::picture_lines {} {
  variable names
  variable tasks
  variable transports
  variable samples
  set lines {}
  dict for {server transport} $transports {
    dict for {task words} $tasks {
      foreach entry [competitors $server $task] {
        lassign $entry who name
        lappend lines [join [list bar "$words, $transport" [dict get $names $who] [brief [per_row $name]] \
                                 [brief [speed $name]]] \t]
      }
    }
  }
  foreach {what words} {jobs "jobs in a repository" repositories repositories values "values in a list"} {
    foreach case [lsort -dictionary [dict keys $samples $what.*:cpu]] {
      scan $case $what.%d number
      set point [list [median $what.$number] [median $case] [median $what.$number:kB]]
      if {"" ni $point} {
        lset point 2 [expr {[lindex $point 2] / 1024.0}]
        lappend lines [join [list point $words $number {*}[lmap value $point {brief $value}]] \t]
      }
    }
  }
  return [join $lines \n]
}

# ---- The verdict -----------------------------------------------------------------------------------------

# Print each row that is not met, and return how many there are.
proc bench::check {} {
  variable about
  variable verdicts
  set bad 0
  if {[dict exists $about quick] && [dict get $about quick]} {
    puts "BENCH_QUICK measures too little for a verdict."
    incr bad
  }
  foreach row $verdicts {
    dict with row {
      if {$verdict ne "met"} {
        incr bad
        lassign $measured figure low high
        set found [expr {$figure eq "" ? $why : "[with_unit [short $figure] $unit] ([between $low $high])"}]
        puts "$verdict: $what: [bound $row], found $found"
      }
    }
  }
  puts "$bad of [llength $verdicts] targets are not met"
  return [expr {$bad + ([llength $verdicts] == 0)}]
}
