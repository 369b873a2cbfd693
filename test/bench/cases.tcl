# How a case is run: once a round, by turns with all others, its result compared with what is true. Sourced by bench.tcl;
# what the cases are is in scans.tcl, waits.tcl and scale.tcl.

namespace eval bench {
  variable spent {}     ;# case -> milliseconds
  variable chosen {}    ;# cases that the rows asked for need; {} for all
}

proc bench::expect {what got wanted} {
  if {$got ne $wanted} {
    error "$what: [string range $got 0 200] instead of [string range $wanted 0 200]"
  }
}

# Run a case unless it failed before, or has had its time already.
proc bench::run_case {case body} {
  variable lost
  variable spent
  variable case_seconds
  set so_far [expr {[dict exists $spent $case] ? [dict get $spent $case] : 0}]
  if {[dict exists $lost $case] || $so_far > $case_seconds * 1000 || ![is_chosen $case]} {
    return
  }
  set begin [clock milliseconds]
  if {[catch {uplevel 1 $body} message options]} {
    if {[setting BENCH_DEBUG 0]} {
      puts stderr [dict get $options -errorinfo]
    }
    dict set lost $case [string map {\n " " \t " "} [string range $message 0 300]]
    puts stderr "$case: $message"
  }
  dict incr spent $case [expr {[clock milliseconds] - $begin}]
}

# What tells whether it is quiet is always measured.
proc bench::is_chosen {case} {
  variable only
  variable chosen
  variable quiet_samples
  return [expr {$only eq "*" || $case in $chosen || $case in $quiet_samples || [string match $only $case]}]
}

# ---- Processes -------------------------------------------------------------------------------------------

# Run a shell script: its output, the seconds that it took, and the CPU seconds of all its processes. bash tells both
# in finer steps than those of a hundredth in which POSIX's `times` does.
proc bench::shell_run {script} {
  set file [scratch script.sh]
  write $file "TIMEFORMAT='%3U %3S'
begin=\$EPOCHREALTIME
{ time { $script
} > [scratch out] 2> [scratch err]; } 2> [scratch times]
code=\$?
echo \"\$begin \$EPOCHREALTIME\" >> [scratch times]
exit \$code"
  set code [catch {exec bash $file}]
  set out [string trim [harness::slurp [scratch out]]]
  if {$code} {
    error [string trim "[harness::slurp [scratch err]] $out"]
  }
  lassign [harness::slurp [scratch times]] user system begin end
  return [list $out [expr {$end - $begin}] [expr {$user + $system}]]
}

# The medians of so many runs: seconds and CPU seconds. EACH is called with the output of every run.
proc bench::shell_times {count prepare script each} {
  set all_seconds {}
  set all_cpu {}
  for {set i 0} {$i < $count} {incr i} {
    uplevel 1 $prepare
    lassign [shell_run $script] out seconds cpu
    uplevel 1 [list {*}$each $out]
    lappend all_seconds $seconds
    lappend all_cpu $cpu
  }
  return [list [middle $all_seconds] [middle $all_cpu]]
}

# Words for the shell.
proc bench::quote {words} {
  set quoted {}
  foreach word $words {
    lappend quoted '[string map {' '\\''} $word]'
  }
  return [join $quoted]
}

# What the extension asks from here on: a server, so many at once, in pages of that size.
proc bench::use {server {concurrency 8} {page_size 100}} {
  variable auto
  set ::env(SWR_ENDPOINT) [expr {[string match http* $server] ? $server : [base $server]}]
  set ::env(SWR_CONCURRENCY) $concurrency
  set ::env(SWR_PAGE_SIZE) [expr {$page_size eq "auto" ? $auto : $page_size}]
}

proc bench::fresh_folder {name} {
  set path [scratch $name]
  file delete -force $path
  file mkdir $path
  return $path
}

# The sqlite3 shell with the extension, and SQL or dot commands.
proc bench::extension_shell {database args} {
  return [quote [list sqlite3 -batch -bail -cmd ".load $harness::extension" $database {*}$args]]
}

# The same for one statement, and the peak of its memory: result, seconds, CPU seconds, kilobytes.
proc bench::extension_peak {sql {database :memory:}} {
  lassign [shell_run [extension_shell $database $sql {.shell grep VmHWM /proc/$PPID/status}]] out seconds cpu
  if {![regexp {VmHWM:\s+(\d+) kB} $out - kilobytes]} {
    error "no peak in: $out"
  }
  # The peak comes by another way, and so before or after the rows.
  return [list [string trim [regsub {VmHWM:[^\n]*\n?} $out {}]] $seconds $cpu $kilobytes]
}

# Run the probe: what it printed, as name -> list of values.
proc bench::probe {args} {
  set answer {}
  foreach line [split [exec [info nameofexecutable] [file join $bench::here probe.tcl] $harness::extension {*}$args] \n] {
    dict lappend answer [lindex $line 0] {*}[lrange $line 1 end]
  }
  return $answer
}

proc bench::probe_case {case wanted args} {
  run_case $case {
    set answer [probe {*}$args]
    expect result [lrange [dict get $answer result] 0 [expr {[llength $wanted] - 1}]] $wanted
    sample $case [dict get $answer seconds]
  }
}
