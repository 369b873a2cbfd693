# Run the tests: the C unit tests and every test/*.test, or those that are given.
#
#   Promise: a file counts as passed only if it ran to its closing line; one that dies, hangs or
#   prints no counts is a failure. The last line is "N passed, N failed", and the exit status is 1
#   if anything failed or nothing ran.
#
#     tclsh test/run.tcl                        all of them
#     tclsh test/run.tcl paging.test error      some; the ending may be left out
#     tclsh test/run.tcl unit-tests             the C unit tests alone
#
# Each file is a process of its own, with a directory of its own for temporary files. Most of what they do is
# wait, so that more of them run at the same time than there are processors; those that take longest begin.
# Environment (harness.tcl has more):
#
#   SWR_TEST_BUILD   the folder of what is tested (build)
#   SWR_TEST_UNDER   valgrind: every process that runs our code runs under it;
#                    sanitizers: what is tested was built with them
#   SWR_TEST_JOBS    how many files run at the same time (two for each processor; under valgrind or
#                    sanitizers one)
#   SWR_TEST_SEED    a number: the files run in a random order, for each number another one
#   SWR_TEST_COVERED a folder: what was built with --coverage counts below it, for each file apart
#   SWR_TEST_LIMIT   the seconds that a file may take (300)
#   SWR_TEST_SLOW    a factor on that and on every other time limit (1; 20 under valgrind, 4 under
#                    sanitizers)

package require Tcl 8.6

set directory [file dirname [file normalize [info script]]]
set passed 0
set failed 0
set running 0
set notes {}

proc option {name default} {
  if {![info exists ::env($name)] || $::env($name) eq ""} {
    return $default
  }
  return $::env($name)
}

# How many files keep the processors busy.
proc processors {} {
  if {[catch {exec getconf _NPROCESSORS_ONLN} count]} {
    set count 1
  }
  return [expr {$::under eq "none" ? 2 * $count : $count}]
}

set build [file normalize [option SWR_TEST_BUILD [file join [file dirname $directory] build]]]
set under [option SWR_TEST_UNDER none]
if {$under ni {none valgrind sanitizers}} {
  puts "SWR_TEST_UNDER takes valgrind or sanitizers; this is '$under'"
  exit 1
}
set slow [option SWR_TEST_SLOW [dict get {none 1 valgrind 20 sanitizers 4} $under]]
set jobs [option SWR_TEST_JOBS [processors]]
set limit [expr {int([option SWR_TEST_LIMIT 300] * $slow)}]

# ---- What to run -----------------------------------------------------------------------------

# What waits or works for many seconds: were one of these the last to begin, it would run alone.
set long {
  fault.test rate.test unit-tests page_size.test build.test error.test closing.test hang.test progress.test latency.test
  security_server.test reuse.test bounds.test mirror.test iam.test discovery.test tls.test readme.test many.test memory.test
}

# Those first, or all of them in the random order of the seed.
proc in_order {files} {
  set ranked {}
  set seed [option SWR_TEST_SEED ""]
  if {$seed ne ""} {
    puts "SWR_TEST_SEED=$seed"
    expr {srand(int($seed))}
  }
  foreach file $files {
    set rank [lsearch -exact $::long [file tail $file]]
    if {$seed ne ""} {
      set rank [expr {rand()}]
    } elseif {$rank < 0} {
      set rank [llength $::long]
    }
    lappend ranked [list $rank $file]
  }
  return [lmap pair [lsort -real -index 0 $ranked] {lindex $pair 1}]
}

# The unit tests are there wherever they are built; `make test` sees to that.
proc chosen {names} {
  if {![llength $names]} {
    set files [lsort [glob -nocomplain -directory $::directory *.test]]
    if {[llength [glob -nocomplain -directory [file join $::directory unit] *.c]]} {
      set files [linsert $files 0 [file join $::build unit-tests]]
    }
    return $files
  }
  set files {}
  foreach name $names {
    set name [file tail $name]
    if {$name eq "unit-tests"} {
      lappend files [file join $::build unit-tests]
    } else {
      lappend files [file join $::directory [file rootname $name].test]
    }
  }
  return $files
}

# Faults of others that are known. libcurl asks the libraries that it is built with for their version,
# and OpenLDAP keeps what it allocates then.
set suppressions {
{
  the versions of libraries
  Memcheck:Leak
  ...
  fun:curl_version*
}
}

# The command that runs a file, with changes of the environment in front of it.
proc command {file scratch} {
  set words [list env TMPDIR=$scratch SWR_TEST_SLOW=$::slow SWR_TEST_BUILD=$::build]
  if {[option SWR_TEST_COVERED ""] ne ""} {
    lappend words GCOV_PREFIX=[file join $::env(SWR_TEST_COVERED) [file tail $file]]
  }
  switch -- $::under {
    sanitizers {
      # Tcl leaves memory behind at its end, so that leaks are left to valgrind.
      lappend words LD_PRELOAD=[sanitizer_libraries] \
          ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:handle_abort=1 \
          UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 TSAN_OPTIONS=exitcode=66
    }
    valgrind {
      set known [file join $scratch suppressions]
      set channel [open $known w]
      puts $channel $::suppressions
      close $channel
      lappend words valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect \
          --soname-synonyms=somalloc=nouserintercepts \
          --num-callers=30 --fullpath-after= --keep-debuginfo=yes --suppressions=$known \
          --trace-children=yes --trace-children-skip=*nginx,*openssl,*/sh,*/kill,*/nm,*/env \
          --log-file=[file join $scratch valgrind.%p]
    }
  }
  if {[file extension $file] eq ".test"} {
    lappend words [info nameofexecutable]
  }
  return [lappend words $file]
}

# A host that was built without them needs the libraries of the sanitizers before anything else.
proc sanitizer_libraries {} {
  set libraries {}
  foreach line [split [exec ldd [glob [file join $::build swr_sync_job{.so,.dylib}]]] \n] {
    if {[regexp {(?:libasan|libubsan|libtsan|libclang_rt)\S* => (\S+)} $line - path]} {
      lappend libraries $path
    }
  }
  return [join $libraries :]
}

# What valgrind found in our code, or called from it, and nobody else's.
proc findings {scratch} {
  set found {}
  foreach log [glob -nocomplain -directory $scratch valgrind.*] {
    set file [open $log]
    set text [read $file]
    close $file
    set block ""
    foreach line [split $text \n] {
      set line [regsub {^==\d+== ?} $line ""]
      if {$line ne ""} {
        append block "    $line\n"
        continue
      }
      if {[regexp {\mext/[a-z]+/|\mtest/(emulator|fault|host|soak|unit)/|swr_sync_job} $block]} {
        lappend found $block
      }
      set block ""
    }
  }
  return $found
}

# ---- Running it ------------------------------------------------------------------------------

# A file starts: its output is collected, and the clock runs.
proc start {file} {
  global running
  incr running
  close [file tempfile seat [file join [option TMPDIR /tmp] swr-run]]
  set scratch $seat.d
  file mkdir $scratch
  file delete $seat
  set pipe [open |[list {*}[command $file $scratch] 2>@1] r]
  fconfigure $pipe -blocking 0 -encoding utf-8
  upvar #0 job-$pipe job
  array set job [list file $file text "" began [clock milliseconds] scratch $scratch hung 0]
  set job(alarm) [after [expr {$::limit * 1000}] [list hang $pipe]]
  fileevent $pipe readable [list collect $pipe]
}

proc collect {pipe} {
  upvar #0 job-$pipe job
  append job(text) [read $pipe]
  if {[eof $pipe]} {
    finish $pipe
  }
}

# Out of time. The emulator and other helpers end by themselves when the file's process is gone;
# should one of them hold on to the pipe, it is not waited for.
proc hang {pipe} {
  upvar #0 job-$pipe job
  set job(hung) 1
  foreach process [pid $pipe] {
    catch {exec kill -KILL $process}
  }
  # Taken back where it ends before: the pipe of the next file may have its name.
  set job(alarm) [after 2000 [list finish $pipe]]
}

# The closing line counts, and only together with an exit status that agrees.
proc finish {pipe} {
  global passed failed running notes
  upvar #0 job-$pipe job
  if {![info exists job(file)]} {
    return
  }
  after cancel $job(alarm)
  fileevent $pipe readable {}
  fconfigure $pipe -blocking [expr {!$job(hung)}]
  set bad [catch {close $pipe}]
  set found [findings $job(scratch)]
  catch {file delete -force $job(scratch)}

  set name [file tail $job(file)]
  set lines [split [string trimright $job(text)] \n]
  set closing [regexp {(?:^|: )(\d+) passed, (\d+) failed$} [lindex $lines end] - good wrong]
  foreach line [lrange $lines 0 [expr {$closing ? "end-1" : "end"}]] {
    puts $line
  }
  set why {}
  if {$job(hung)} {
    lappend why "was ended after $::limit seconds"
  } elseif {!$closing} {
    lappend why "died: it printed no closing line"
  } elseif {$bad != ($wrong > 0)} {
    lappend why "ended with an exit status that its counts do not explain"
  } elseif {$good + $wrong == 0} {
    lappend why "ran no test"
  }
  foreach block $found {
    lappend why "valgrind:\n$block"
  }
  if {$closing} {
    incr passed $good
    incr failed $wrong
    set seconds [format %.1f [expr {([clock milliseconds] - $job(began)) / 1000.0}]]
    puts "$name: $good passed, $wrong failed ($seconds s)"
    if {$wrong > 0} {
      lappend notes "$name: $wrong failed"
    }
  }
  foreach reason $why {
    incr failed
    puts "! $name $reason"
    lappend notes "$name [lindex [split $reason \n] 0]"
  }
  unset job
  incr running -1
}

fconfigure stdout -encoding utf-8 -buffering line
set began [clock milliseconds]
foreach file [in_order [chosen $argv]] {
  if {![file exists $file]} {
    puts "! there is no [file tail $file]"
    lappend notes "[file tail $file] is missing"
    incr failed
    continue
  }
  while {$running >= $jobs} {
    vwait running
  }
  start $file
}
while {$running > 0} {
  vwait running
}
if {[llength $notes]} {
  puts "failures in:"
  foreach note $notes {
    puts "  $note"
  }
}
if {$passed + $failed == 0} {
  puts "! no test ran"
  incr failed
}
puts "[format %.1f [expr {([clock milliseconds] - $began) / 1000.0}]] s in all"
puts "$passed passed, $failed failed"
exit [expr {$failed > 0}]
