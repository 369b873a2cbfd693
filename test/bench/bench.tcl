# The benchmark: `tclsh bench.tcl` measures and writes table.md, results.tsv and plot.svg, `tclsh bench.tcl
# check` prints which targets of the last results are not met and ends with 1 if there is one. The README
# beside this file tells what each row means. Run by `make bench` and `make bench-check`.
#
#   SWR_TEST_BUILD      the folder of what is measured; results go to bench/ in it (build)
#   BENCH_ROUNDS        how often everything is measured, in turns               (5)
#   BENCH_CASE_SECONDS  a case that has taken so long is not begun again         (30)
#   BENCH_ONLY          measure only cases of this pattern, such as "latency.*"  (*)
#   BENCH_QUICK         1: two rounds over fewer rows; no verdict

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

source [file join $bench::here report.tcl]
if {$argv eq "check"} {
  exit [expr {[bench::check [file join $bench::folder results.tsv]] > 0}]
}

# Pages and databases are written to memory where there is enough of it, so that no disk is measured.
if {![catch {exec df -Pk /dev/shm} free] && [lindex $free end-2] > 2000000 && [file writable /dev/shm]} {
  set env(TMPDIR) /dev/shm
}
source [file join $bench::here .. harness.tcl]
foreach file {server cases targets plot} {
  source [file join $bench::here $file.tcl]
}

namespace eval bench {
  variable quick [setting BENCH_QUICK 0]
  variable rounds [setting BENCH_ROUNDS [expr {$quick ? 2 : 5}]]
  variable case_seconds [setting BENCH_CASE_SECONDS 30]
  variable only [setting BENCH_ONLY *]
  variable rows [expr {$quick ? 20000 : 100000}]
  variable large [expr {$quick ? [list bench/scan $rows] : {load/million 1000000}}]
  # The distribution's, not one that a version manager has put before it.
  variable python [expr {[file executable /usr/bin/python3] ? "/usr/bin/python3" : "python3"}]
  variable truth {}
}

# What must be there for any figure.
proc bench::require {} {
  set missing {}
  foreach program {curl openssl sqlite3} {
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
  variable surroundings
  variable rounds
  variable quick
  variable python
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
  set processors [exec getconf _NPROCESSORS_ONLN]
  set about [dict create commit $commit time [clock format [clock seconds] -gmt 1 -format %Y-%m-%dT%H:%M:%SZ] \
                 processors $processors rounds $rounds quick $quick versions [join $versions ", "]]
  set surroundings "$processors processors; [join $versions {, }]; commit $commit. Medians of $rounds rounds, in which\
 all take turns."
}

proc bench::measure {} {
  variable rounds
  variable round
  for {set round 1} {$round <= $rounds} {incr round} {
    puts stderr "round $round of $rounds"
    scan_cases quick
    scan_cases plain
    small_page_case
    cold_case
    second_scan_case
    latency_cases
    fleet_cases
    memory_case
    decode_case
  }
}

# How busy the machine was in the last minute: far more than its processors is no time to measure.
proc bench::load {} {
  return [lindex [harness::slurp /proc/loadavg] 0]
}

# Pages that the emulator had to make would slow down whoever asked first.
proc bench::conclude {} {
  variable warmed
  variable surroundings
  variable about
  variable load_before
  set misses 0
  set all 0
  foreach entry [log_since $warmed] {
    if {![string match */load/* [dict get $entry uri]]} {
      incr all
      incr misses [expr {[dict get $entry kept] ne "HIT"}]
    }
  }
  dict set about load "$load_before [load]"
  if {![is_quiet]} {
    lassign [noise] name share
    append surroundings " It was not quiet: $name varied by [format %.0f [expr {100 * $share}]] % between rounds."
  }
  append surroundings " Load of the machine before: $load_before, after: [load]. Of $all answers nginx had $misses to\
 fetch from the emulator."
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
  variable load_before [load]
  require
  file mkdir $folder
  name_missing_peers
  describe
  prepare
  measure
  conclude
  target_rows
  save results.tsv [results]
  save table.md [table]
  save plot.svg [plot]
  puts [table]
  puts "Written to $folder: table.md, results.tsv, plot.svg"
}

if {[catch {bench::main} message options]} {
  puts stderr [expr {[bench::setting BENCH_DEBUG 0] ? [dict get $options -errorinfo] : "bench: $message"}]
  exit 1
}
exit
