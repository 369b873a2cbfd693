# What was measured, as table.md, results.tsv and plot.svg. Sourced by bench.tcl.

namespace eval bench {
  # Who is compared, as the tables and the plot call them.
  variable names {
    extension  {this extension}
    json_each  {curl -Z + json_each}
    json_tree  {curl -Z + json_tree}
    duckdb     {curl -Z + DuckDB}
    duckdb-own {curl -Z + DuckDB's own table}
    urllib     {Python: urllib + sqlite3}
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

proc bench::targets_table {} {
  variable rows_of_table
  set lines {"| what | figure | single rounds | number | target | |" "|---|---|---|---|---|---|"}
  foreach row $rows_of_table {
    dict with row {
      set figure "–"
      set spread "–"
      set number 0
      if {[llength $measured]} {
        lassign $measured value low high number
        set figure [with_unit [short $value] $unit]
        set spread [between $low $high]
      }
      set bound [expr {$sense eq "most" ? "at most" : "at least"}]
      set word [expr {$verdict eq "met" ? "met" : "**$verdict**"}]
      lappend lines "| $what | $figure | $spread | $number | $bound [with_unit $target $unit] | $word |"
    }
  }
  return [join $lines \n]
}

# Who does a task, in the order of the names: who, the sample, thousand rows a second.
proc bench::competitors {server task} {
  variable names
  variable rows
  set others [dict create group {sdk count} copy {duckdb-own table}]
  set found {}
  foreach who [dict keys $names] {
    set name scan.$server.$task.$who
    if {$who eq [lindex [dict get $others $task] 0]} {
      set name scan.$server.[lindex [dict get $others $task] 1].$who
    }
    if {[median $name] ne ""} {
      lappend found [list $who $name [expr {$rows / [median $name] / 1000}]]
    }
  }
  return $found
}

proc bench::scan_table {server task} {
  variable names
  variable rows
  variable samples
  set own [median scan.$server.$task.extension]
  set lines {
    "| | thousand rows/s | single rounds | times ours | CPU µs/row |" "|---|---|---|---|---|"
  }
  foreach entry [competitors $server $task] {
    lassign $entry who name speed
    set times [lsort -real [dict values [dict get $samples $name]]]
    set slowest [expr {$rows / [lindex $times end] / 1000}]
    set fastest [expr {$rows / [lindex $times 0] / 1000}]
    set ratio [expr {$own eq "" ? "–" : [short [expr {[median $name] / $own}]]}]
    lappend lines "| [dict get $names $who] | [short $speed] | [between $slowest $fastest] | $ratio |\
        [short [expr {[median $name:cpu] / $rows * 1e6}]] |"
  }
  return [join $lines \n]
}

# All else, median and spread as they are.
proc bench::other_table {} {
  variable samples
  set lines {"| sample | median | single rounds | rounds |" "|---|---|---|---|"}
  foreach name [lsort -dictionary [dict keys $samples]] {
    if {![string match scan.* $name] && [median $name] ne ""} {
      set values [lsort -real [dict values [dict get $samples $name]]]
      lappend lines "| `$name` | [short [median $name]] | [between [lindex $values 0] [lindex $values end]] |\
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

proc bench::table {} {
  variable tasks
  variable transports
  variable rows
  variable surroundings
  set text "# Measured\n\n$surroundings\n\n## Targets\n\n[targets_table]\n\n[lost_list]"
  append text "## Full scans: $rows rows in [expr {$rows / 100}] pages, no latency, 8 at once\n\n"
  append text "Whole processes, from their start to their end. \"times ours\" is how much longer they take.\n\n"
  dict for {server transport} $transports {
    dict for {task words} $tasks {
      append text "### $words, $transport\n\n[scan_table $server $task]\n\n"
    }
  }
  append text "## Everything else\n\nSeconds, but for memory (kB), counts and the ratios of decode.\n\n[other_table]\n"
  return $text
}

# Lines of tab-separated words: "row" with id, verdict, figure, low, high, sense, target, unit, what, why;
# "sample" with name, round, value; "about" with a name and a value.
proc bench::results {} {
  variable rows_of_table
  variable samples
  variable about
  set lines {}
  dict for {name value} $about {
    lappend lines [join [list about $name $value] \t]
  }
  foreach row $rows_of_table {
    dict with row {
      lassign [concat $measured {{} {} {} {}}] figure low high
      lappend lines [join [list row $id $verdict $figure $low $high $sense $target $unit $what $why] \t]
    }
  }
  dict for {name rounds} $samples {
    dict for {round value} $rounds {
      lappend lines [join [list sample $name $round $value] \t]
    }
  }
  return [join $lines \n]
}

# ---- The verdict on results.tsv -----------------------------------------------------------------------------

# Print each row that is not met, and return how many there are.
proc bench::check {path} {
  if {![file exists $path]} {
    puts "There are no results: $path. Run make bench."
    return 1
  }
  set file [open $path]
  fconfigure $file -encoding utf-8
  set lines [split [string trim [read $file]] \n]
  close $file
  set bad 0
  set seen 0
  foreach line $lines {
    set words [split $line \t]
    if {[lrange $words 0 2] eq {about quick 1}} {
      puts "BENCH_QUICK measures too little for a verdict."
      incr bad
    }
    if {[lindex $words 0] ne "row"} {
      continue
    }
    incr seen
    lassign $words - id verdict figure low high sense target unit what why
    if {$verdict ne "met"} {
      incr bad
      set found [expr {$figure eq "" ? $why : "[with_unit [short $figure] $unit] ([between $low $high])"}]
      puts "$verdict: $what: at $sense [with_unit $target $unit], found $found"
    }
  }
  puts "$bad of $seen targets are not met"
  return [expr {$bad + ($seen == 0)}]
}
