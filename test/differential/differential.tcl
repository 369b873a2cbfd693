# Random SQL, asked of the extension (through the emulator) and of an ordinary table that holds the
# same rows: rows, their order where the query fixes it, and errors must agree.
#
#   tclsh test/differential/differential.tcl ?-seed N? ?-count N? ?-seconds N? ?-page-size LIST?
#                                            ?-verbose 0|1? ?-replay SEED:INDEX? ?-stop N?
#                                            ?-patience MS? ?-keyless PERCENT?
#
#   -seed N            the world (repositories, local tables) and the queries                 (1)
#   -count N           how many queries; 0: as many as the seconds allow                       (2000)
#   -seconds N         end after so long; 0: no limit                                          (0)
#   -page-size LIST    page sizes to choose from                                               (1 3 7 7 20 20 100)
#   -verbose 1         print every query with its outcome
#   -replay S:I        the world of seed S, and its query number I alone, with all that it gives
#   -stop N            end after N failures                                                    (10)
#   -patience MS       a query that takes longer, on either side, is skipped                   (1000)
#   -keyless PERCENT   of the scans, those that do not name their repositories                 (20)
#
# Each query follows from the seed and its index alone, so that any one can be replayed. The last
# line is "N passed, N failed"; the exit code is 1 if a query failed.
#
# What agrees: equal rows. Without an order that fixes them, as a bag; with ties and a LIMIT, the
# number of rows, the sequence of sort keys, and that every row is one of the query without LIMIT. A
# query that names a region only by what comes too late may be refused, with the sentence that says so, and only
# if it really is one (see generate.tcl, "keyed"): these are skipped and counted. So are queries that run too long.
#
# Times are compared in every spelling; the ordinary table is asked with each as the service writes it. What is
# compared with a time and is none may be an error, and must be one in queries that say so ("told"): it names a value
# of the query and what to write, which is then tried.

set here [file dirname [file normalize [info script]]]
source -encoding utf-8 [file join [file dirname $here] harness.tcl]
foreach part {tree times world generate keys select no_time shrink} {
  source -encoding utf-8 [file join $here $part.tcl]
}

array set option {
  -seed 1 -count 2000 -seconds 0 -page-size {1 3 7 7 20 20 100} -verbose 0 -replay "" -stop 10
  -patience 1000 -keyless 20
}
array set count {passed 0 failed 0 long 0 maybe 0 invalid 0 told 0 rows 0 filled 0 ordered 0 ties 0 bag 0}
# Where a number equals several names, they leave in an order of theirs only where it comes first; and of a
# row value's IN SQLite leaves out what an ordinary table has.
set of_numbers {
  "swr_sync_job: * is compared with a number, which several names may equal, and the rows of *"
  "swr_sync_job: * is compared with the number * by (..., ...) IN (...), as it seems*"
}
set failures {key untold advice error rows}
set missing_region "swr_sync_job: the region must be known before its * are asked for*"

# ---- One question, one side ----------------------------------------------------------------------

set ticks 0

# Every so many steps of SQLite: a query that runs away is ended, on either side.
proc tick {} {
  incr ::ticks
  return [expr {$::ticks > 4000 || [clock milliseconds] > $::give_up}]
}

# Of an ordinary table SQLite takes a column that equals a number for a constant, and does not sort names by it
# that are not the same. Of a value that is compared it does not. What is marked is mapped for both sides alike,
# since Tcl 8.6 cannot do so without harm to characters such as U+1F680.
proc plainly {connection sql} {
  if {[string first /*(*/ $sql] < 0} {
    return $sql
  }
  return [string map [expr {$connection eq "dboracle" ? {/*(*/ (( /*)*/ )=1)} : {/*(*/ " " /*)*/ " "}}] $sql]
}

# The code (0 or 1), and all values of all rows or the message.
proc ask {connection question} {
  foreach {name kind value} [dict get $question parameters] {
    switch $kind {
      text {set $name $value}
      int  {set $name [expr {$value + 0}]}
      blob {set $name [binary format H* $value]}
    }
  }
  set ::ticks 0
  set ::give_up [expr {[clock milliseconds] + $::option(-patience)}]
  dict set question setup [lmap sql [dict get $question setup] {plainly $connection $sql}]
  dict set question main [plainly $connection [dict get $question main]]
  set code [catch {
    foreach sql [dict get $question setup] {
      $connection eval $sql
    }
    $connection eval [dict get $question main]
  } result]
  foreach sql [dict get $question teardown] {
    $connection eval $sql
  }
  return [list $code $result]
}

# The query's trees as texts. Tcl 8.6 does not leave every character as it is where it maps strings: what plain_times
# will map is mapped here to itself, so that both sides are asked with the same text.
proc question {query} {
  set map [concat [dict get $query written] \
               [concat {*}[lmap literal [dict keys [dict get $query spelled]] {list $literal $literal}]]]
  dict set query setup [lmap tree [dict get $query setup] {string map $map [tree::sql $tree]}]
  dict set query main [string map $map [tree::sql [dict get $query main]]]
  return $query
}

# ---- Comparing -----------------------------------------------------------------------------------

proc rows {values columns} {
  set rows {}
  for {set i 0} {$i < [llength $values]} {incr i $columns} {
    lappend rows [lrange $values $i [expr {$i + $columns - 1}]]
  }
  return $rows
}

# True if every row of the first list is in the second, as often.
proc within {rows all} {
  foreach row $all {
    incr left($row)
  }
  foreach row $rows {
    if {![info exists left($row)] || [incr left($row) -1] < 0} {
      return 0
    }
  }
  return 1
}

# True if what two sides say to a query agrees.
proc same_rows {query got expected} {
  if {$got eq $expected} {
    return 1
  }
  set main [dict get $query main]
  set how [tree::comparison $main]
  if {$how eq "ordered" || [llength $got] != [llength $expected]} {
    return 0
  }
  set columns [tree::columns $main]
  set got [rows $got $columns]
  set expected [rows $expected $columns]
  if {$how eq "ties"} {
    set keys [llength [lindex $main 4 1]]
    if {$keys} {
      foreach row $got other $expected {
        if {[lrange $row end-[expr {$keys - 1}] end] ne [lrange $other end-[expr {$keys - 1}] end]} {
          return 0
        }
      }
    }
    if {[llength [lindex $main 4 3]]} {
      dict set query main [tree::unlimited $main]
      lassign [ask dboracle [plain_times [question $query]]] code all
      return [expr {$code || [within $got [rows $all $columns]]}]
    }
  }
  return [expr {[lsort $got] eq [lsort $expected]}]
}

# The verdict on a query: a word, and for failures what each side said. The words are: passed,
# maybe (refused for want of a region or for a list of numbers, may be right), long, invalid (both say that the SQL is wrong),
# told (of what is no time, as passed), and the failures key (refused for want of a region), untold, advice, error, rows.
proc verdict {query} {
  set question [question $query]
  set expected [ask dboracle [plain_times $question]]
  if {$expected eq "1 interrupted"} {
    return long
  }
  set got [ask db $question]
  if {$got eq "1 interrupted"} {
    return long
  }
  if {[lindex $got 0]} {
    foreach pattern $::of_numbers {
      if {[string match $pattern [lindex $got 1]]} {
        return maybe
      }
    }
    if {[string match $::missing_region [lindex $got 1]]} {
      return [expr {[dict get $query keyed] eq "maybe" ? "maybe" : [list key $got $expected]}]
    }
    set value [value_told $question [lindex $got 1]]
    if {$value ne "" && ![lindex $expected 0]} {
      return [expr {[dict get $query told] eq "maybe" || [right_advice $query $value] ? "told"
                    : [list advice $got $expected]}]
    }
    return [expr {$got eq $expected ? "invalid" : [list error $got $expected]}]
  }
  if {[dict get $query told] eq "sure"} {
    return [list untold $got $expected]
  }
  if {[lindex $expected 0]} {
    return [list error $got $expected]
  }
  set ::values [llength [lindex $got 1]]
  if {[same_rows $query [lindex $got 1] [lindex $expected 1]]} {
    return passed
  }
  return [list rows $got $expected]
}

# How a query fails, for the shrinker.
proc probe {query} {
  if {[catch {verdict $query} result]} {
    return ""
  }
  return [expr {[lindex $result 0] in $::failures ? [lindex $result 0] : ""}]
}

# ---- Reports -------------------------------------------------------------------------------------

proc show_query {query} {
  set question [question $query]
  foreach sql [dict get $question setup] {
    puts "    [squeeze $sql];"
  }
  puts "    [squeeze [dict get $question main]];"
  set text [concat [dict get $question setup] [dict get $question main]]
  foreach {name kind value} [dict get $question parameters] {
    if {[regexp "\[:@\]$name\\M" $text]} {
      puts "    -- $name: $kind $value"
    }
  }
  foreach {literal plain} [dict get $question spelled] {
    if {[string first $literal $text] >= 0} {
      puts "    -- $literal is $plain"
    }
  }
}

proc squeeze {sql} {
  return [string trim [regsub -all {\s+} $sql " "]]
}

proc show_result {label result} {
  lassign $result code values
  set text [expr {$code ? $values : "[llength $values] values: $values"}]
  if {[string length $text] > 1500} {
    set text "[string range $text 0 1499]..."
  }
  puts "  $label: $text"
}

proc show_plan {query} {
  set question [question $query]
  catch {
    foreach sql [dict get $question setup] {
      db eval $sql
    }
    db eval "EXPLAIN QUERY PLAN [dict get $question main]" line {
      puts "      $line(detail)"
    }
  }
  foreach sql [dict get $question teardown] {
    db eval $sql
  }
}

proc report {name query result} {
  lassign $result kind got expected
  puts "! $name ($kind; page size $::page_size)"
  show_query $query
  show_result extension $got
  show_result "ordinary " $expected
  set small [shrink::query $query probe]
  puts "  smallest, after $shrink::tries tries:"
  show_query $small
  set text [tree::sql [dict get $small main]][dict get [question $small] setup]
  foreach table [array names world::definitions] {
    if {[regexp "\\m$table\\M" $text]} {
      puts "    -- [squeeze $world::definitions($table)]"
    }
  }
  set again [verdict $small]
  if {[llength $again] == 3} {
    lassign $again - got expected
    show_result extension $got
    show_result "ordinary " $expected
  }
  show_plan $small
  puts "  again: -replay $name"
}

# ---- The run -------------------------------------------------------------------------------------

proc run_query {index} {
  variable ::page_size
  set name $::option(-seed):$index
  set query [gen::query $::option(-seed) $index]
  set page_size [pick $::option(-page-size)]
  set concurrency [pick {1 2 8}]
  db eval {SELECT swr_config('page_size', $page_size), swr_config('concurrency', $concurrency)}
  set ::values 0
  set result [verdict $query]
  incr ::count(rows) $::values
  incr ::count(filled) [expr {$::values > 0}]
  set word [lindex $result 0]
  if {$::option(-verbose)} {
    puts "$name $word keyed=[dict get $query keyed] [tree::comparison [dict get $query main]]"
    show_query $query
  }
  if {$word in $::failures} {
    incr ::count(failed)
    report $name $query $result
    return
  }
  incr ::count($word)
  incr ::count(passed) [expr {$word eq "told"}]
  incr ::count([tree::comparison [dict get $query main]])
}

proc main {} {
  variable ::option
  foreach {name value} $::argv {
    if {![info exists option($name)]} {
      puts stderr "no such option: $name (there are: [lsort [array names option]])"
      exit 2
    }
    set option($name) $value
  }
  set from 0
  if {$option(-replay) ne ""} {
    lassign [split $option(-replay) :] option(-seed) from
    set option(-verbose) 1
    set option(-count) 1
  }
  set ::sqlite_number [sqlite_number]
  world::begin $option(-seed)
  foreach connection {db dboracle} {
    $connection progress 2000 tick
  }
  set start [clock milliseconds]
  for {set i 0} {!$option(-count) || $i < $option(-count)} {incr i} {
    if {$option(-seconds) && [clock milliseconds] - $start > 1000 * $option(-seconds)} {
      break
    }
    run_query [expr {$from + $i}]
    if {$::count(failed) >= $option(-stop)} {
      break
    }
  }
  finish $start
}

proc sqlite_number {} {
  lassign [split [sqlite3 -version] .] major minor patch
  return [expr {$major * 1000000 + $minor * 1000 + $patch}]
}

proc finish {start} {
  variable ::count
  set seconds [expr {([clock milliseconds] - $start) / 1000.0}]
  set total 0
  foreach word {passed failed maybe long invalid} {
    incr total $count($word)
  }
  puts [format "seed %s, SQLite %s, regions: %d: %d queries, %.0f a second; skipped: %d refused\
    (%.1f %%), %d too long (%.1f %%), %d invalid; %d told what is no time; %d values compared, rows in %.0f %%" \
    $::option(-seed) [sqlite3 -version] [llength $world::regions] $total [expr {$total / ($seconds + 0.001)}] \
    $count(maybe) [expr {100.0 * $count(maybe) / max(1, $total)}] $count(long) \
    [expr {100.0 * $count(long) / max(1, $total)}] $count(invalid) $count(told) $count(rows) \
    [expr {100.0 * $count(filled) / max(1, $total)}]]
  puts "$count(passed) passed, $count(failed) failed"
  exit [expr {$count(failed) > 0 || $count(passed) == 0}]
}

main
