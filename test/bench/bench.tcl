# The benchmark: `tclsh bench.tcl` measures and writes table.md, results.tsv and two pictures, `tclsh bench.tcl check`
# prints which targets of the last results are not met and ends with 1 if there is one. The README beside this file tells
# what each row means. Run by `make bench` and `make bench-check`.
#
#   SWR_TEST_BUILD      the folder of what is measured; results go to bench/ in it (build)
#   BENCH_ROUNDS        how often everything is measured, in turns                 (5)
#   BENCH_CASE_SECONDS  a case that has taken so long is not begun again           (20)
#   BENCH_ONLY          only rows, or cases, of this pattern, such as "latency-*"   (*)
#   BENCH_QUICK         1: two rounds over fewer rows; no verdict
#   BENCH_AUTO          the page_size of what is not about pages of 100            (auto)
#   BENCH_DEBUG         1: say where in here an error was made

package require Tcl 8.6

namespace eval bench {
  variable here [file dirname [file normalize [info script]]]
  variable folder [file normalize [file join [expr {
    [info exists ::env(SWR_TEST_BUILD)] ? $::env(SWR_TEST_BUILD) : "build"}] bench]]
}
fconfigure stdout -encoding utf-8

proc bench::setting {name default} {
  return [expr {[info exists ::env($name)] && $::env($name) ne "" ? $::env($name) : $default}]
}

foreach file {samples targets report} {
  source [file join $bench::here $file.tcl]
}
if {$argv eq "check"} {
  set results [file join $bench::folder results.tsv]
  if {![file exists $results]} {
    puts "There are no results: $results. Run make bench."
    exit 1
  }
  bench::load_results $results
  exit [expr {[bench::check] > 0}]
}

# Pages and databases are written to memory where there is enough of it, so that no disk is measured.
if {![catch {exec df -Pk /dev/shm} free] && [lindex $free end-2] > 2000000 && [file writable /dev/shm]} {
  set env(TMPDIR) /dev/shm
}
source [file join $bench::here .. harness.tcl]
foreach file {server cases scans waits scale} {
  source [file join $bench::here $file.tcl]
}

namespace eval bench {
  variable quick [setting BENCH_QUICK 0]
  variable rounds [setting BENCH_ROUNDS [expr {$quick ? 2 : 5}]]
  variable case_seconds [setting BENCH_CASE_SECONDS 20]
  variable only [setting BENCH_ONLY *]
  variable auto [setting BENCH_AUTO auto]
  variable rows [expr {$quick ? 20000 : 100000}]
  # The distribution's, not one that a version manager has put before it.
  variable python [expr {[file executable /usr/bin/python3] ? "/usr/bin/python3" : "python3"}]
  variable truth {}
}

# What must be there for any figure.
proc bench::require {} {
  set missing {}
  foreach program {bash curl openssl sqlite3} {
    if {[auto_execok $program] eq ""} {
      lappend missing $program
    }
  }
  if {![file executable [lindex [nginx_program] 0]]} {
    lappend missing nginx
  } elseif {![file exists [nginx_modules]/ngx_http_echo_module.so]} {
    lappend missing "nginx's echo module (libnginx-mod-http-echo)"
  }
  if {[llength $missing]} {
    error "missing: [join $missing {, }]. sh .ci/deps.sh bench installs what make bench needs."
  }
}

# A peer that is not there is told at once; its cases fail, and its rows are not measured.
proc bench::name_missing_peers {} {
  variable python
  variable folder
  set ::env(NODE_PATH) [file join $folder npm node_modules]
  foreach {peer command} [list \
      "Python" [list $python -c "import sqlite3, ssl"] \
      "DuckDB" {node -e "require('@duckdb/node-api')"} \
      "the official SDK" {node -e "require('@huaweicloud/huaweicloud-sdk-swr')"}] {
    if {[catch {exec {*}$command} message]} {
      regexp -line {^.*(?:Error|couldn't).*$} $message message
      puts stderr "missing: $peer ([string trim $message]). sh .ci/deps.sh bench may install it."
    }
  }
}

# What this is measured on.
proc bench::describe {} {
  variable about
  variable rounds
  variable quick
  variable only
  variable rows
  variable python
  variable auto
  set versions {}
  foreach {name command} [list SQLite {sqlite3 --version} curl {curl --version} Python [list $python --version] \
                              Node {node --version} nginx [list [nginx_program] -v]] {
    set words ""
    catch {exec {*}$command} words
    if {[regexp {\d+\.\d+\.\d+} $words version]} {
      lappend versions "$name $version"
    }
  }
  set package [file join $::env(NODE_PATH) @duckdb node-api package.json]
  if {[file exists $package] && [regexp {"version": "([^"]+)"} [harness::slurp $package] - version]} {
    lappend versions "DuckDB $version"
  }
  set commit unknown
  catch {exec git -C $harness::root describe --always --dirty} commit
  set about [dict create commit $commit time [clock format [clock seconds] -gmt 1 -format %Y-%m-%dT%H:%M:%SZ] \
                 processors [exec getconf _NPROCESSORS_ONLN] rounds $rounds quick $quick only $only rows $rows \
                 auto $auto versions [join $versions ", "] load [list [load]]]
}

# The rows that are asked for, and the cases that they need.
proc bench::choose {} {
  variable quick
  variable only
  variable chosen {}
  variable asked [lmap row [targets $quick] {expr {[wanted $only $row] ? $row : [continue]}}]
  foreach row $asked {
    lappend chosen {*}[lindex $row 1]
    foreach floor [lsearch -all -inline -exact -index 0 [floors $quick] [lindex $row 0]] {
      lappend chosen {*}[lindex $floor 1]
    }
  }
}

proc bench::measure {} {
  variable rounds
  for {set round 1} {$round <= $rounds} {incr round} {
    foreach cases {
      scan_cases small_page_case cold_case second_scan_case requests_case latency_cases day_case fleet_cases scale_cases
      decode_case
    } {
      set begin [clock milliseconds]
      $cases
      puts stderr [format "round %d of %d: %s %.1f s" $round $rounds $cases [expr {([clock milliseconds] - $begin) / 1e3}]]
    }
  }
}

# How busy the machine was in the last minute: far more than its processors is no time to measure.
proc bench::load {} {
  return [lindex [harness::slurp /proc/loadavg] 0]
}

# Pages that the emulator had to make would slow down whoever asked first.
proc bench::conclude {begin} {
  variable warmed
  variable about
  variable asked
  set misses 0
  set all 0
  foreach entry [log_since $warmed] {
    if {[dict get $entry kept] ne "-"} {
      incr all
      incr misses [expr {[dict get $entry kept] ne "HIT"}]
    }
  }
  dict lappend about load [load]
  dict set about answers $all
  dict set about misses $misses
  dict set about minutes [format %.1f [expr {([clock seconds] - $begin) / 60.0}]]
  judge_all $asked
}

proc bench::save {name text} {
  variable folder
  set file [open [file join $folder $name] w]
  fconfigure $file -encoding utf-8
  puts $file $text
  close $file
}

proc bench::main {} {
  variable folder
  variable python
  set begin [clock seconds]
  require
  file mkdir $folder
  name_missing_peers
  choose
  describe
  prepare
  puts stderr "ready after [expr {[clock seconds] - $begin}] s"
  measure
  conclude $begin
  save results.tsv "[results]\n[picture_lines]"
  save table.md [table]
  foreach picture {measured growth} {
    exec $python [file join $harness::root doc pictures.py] $picture [file join $folder $picture.svg] \
        [file join $folder results.tsv] 2>@stderr
  }
  puts [table]
  puts "Written to $folder: table.md, results.tsv, measured.svg, growth.svg"
}

if {[catch {bench::main} message options]} {
  puts stderr [expr {[bench::setting BENCH_DEBUG 0] ? [dict get $options -errorinfo] : "bench: $message"}]
  exit 1
}
exit
