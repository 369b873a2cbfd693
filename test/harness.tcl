# The test harness of swr_sync_job, in the style of SQLite's own tests.
#
#   Promise: a test passes only if the rows, the error or the requests that it names are exactly
#   those that came; every failure is printed with what was expected and what came; and nothing
#   outside of the checkout (credentials, proxies, files of the user, the network beyond this
#   machine) can change an outcome.
#
#     source [file join [file dirname [file normalize [info script]]] harness.tcl]
#     emulator_start                      the service to ask; one for each test file
#     db_open                             the connection "db" with the extension loaded
#     do_request_test group-1 {           rows and requests together
#       SELECT count(*) FROM swr_sync_job WHERE image = 'group/busybox'
#     } {1000} {{group/busybox limit::1|offset::0|order::asc}}
#     finish_test                         prints the counts, ends with 1 if a test failed
#
# Needs Tcl 8.6 and its package sqlite3. Environment:
#
#   SWR_TEST_BUILD       the folder of what is tested         (build)
#   SWR_TEST_EXTENSION   the library to load                  (swr_sync_job in that folder)
#   SWR_TEST_EMULATOR    the emulator to start                (swr-emulator in that folder)
#   SWR_TEST_SHELL       the sqlite3 shell to use, as words   (sqlite3)
#   SWR_TEST_SLOW        a factor on every time limit, for runs under valgrind and the like (1)
#   SWR_TEST_CONCURRENCY the setting concurrency                (its default)
#   SWR_TEST_FRONT       http1, http2 or gzip: a real nginx with TLS stands in front of the emulator
#   SWR_TEST_VERBOSE     1: print the name of each test before it runs

package require Tcl 8.6
package require sqlite3
package require http

# ---- The surroundings ------------------------------------------------------------------------

namespace eval harness {
  variable script  [file normalize $::argv0]
  variable root    [file dirname [file dirname [file normalize [info script]]]]
  variable passed  0
  variable failed  0
  variable slow    1
  variable verbose 0
  variable emulator ""      ;# the pipe that the emulator reads: closing it ends the emulator
  variable port     0
  variable any_order 0      ;# requests are compared without their order: see in_any_order
  variable settlers {}      ;# connections to emulators, by port: see harness::settle
  variable fronts   {}      ;# where nginx hands on to an emulator without TLS, by the emulator's port
  variable log      ""      ;# where the emulator writes its requests,
  variable read     0       ;# and how far that was read when clear_requests was called
  variable regions  {}      ;# the same of emulators of other regions: see region_start
  variable directory ""
  variable connections {}   ;# what db_open has opened
  variable guards   {}      ;# pipes of other helpers that end when they are closed
  variable raw_logs {}      ;# what each raw_server has read, by its base URL
}

# A setting of the harness itself, taken out of the environment before that is swept.
proc harness::option {name default} {
  if {![info exists ::env($name)] || $::env($name) eq ""} {
    return $default
  }
  return $::env($name)
}

# Whatever a user of this machine has set up for the service must not reach a test.
proc harness::sweep_environment {} {
  foreach pattern {
    HW_* OS_* SWR_* HUAWEICLOUD_* HUAWEI_CLOUD_* SSL_CERT_* CURL_* SQLITE_* *_proxy *_PROXY
  } {
    foreach name [array names ::env $pattern] {
      unset ::env($name)
    }
  }
  set ::env(LC_ALL) C.UTF-8
  set ::env(HOME) [file join $harness::directory home]
  file mkdir $::env(HOME)
}

proc harness::begin {} {
  variable root
  variable directory
  set build [option SWR_TEST_BUILD [file join $root build]]
  variable extension [option SWR_TEST_EXTENSION [file join $build swr_sync_job]]
  variable error_log_library [option SWR_TEST_ERROR_LIBRARY [file join $build error-log.so]]
  variable emulator_path [option SWR_TEST_EMULATOR [file join $build swr-emulator]]
  variable link [file normalize [file join $build swr-link]]
  variable shell [option SWR_TEST_SHELL sqlite3]
  variable slow [option SWR_TEST_SLOW 1]
  variable verbose [option SWR_TEST_VERBOSE 0]
  variable concurrency [option SWR_TEST_CONCURRENCY ""]
  variable front [option SWR_TEST_FRONT ""]
  # Paths of the environment are meant from where the tests were started.
  set extension [file normalize $extension]
  set emulator_path [file normalize $emulator_path]
  set error_log_library [file normalize $error_log_library]
  # A directory that no other process has: creating a file of that name first makes sure of it.
  close [file tempfile seat [file join [option TMPDIR /tmp] swr-test]]
  set directory $seat.d
  file mkdir $directory
  file delete $seat
  sweep_environment
  begin_listening
  trace add execution exec enter harness::note_others
  trace add execution ::sqlite3 enter harness::note_others
  fconfigure stdout -encoding utf-8 -buffering line
  fconfigure stderr -encoding utf-8
}

# Everything that was started is ended, and the scratch directory removed, on every way out.
proc harness::cleanup {} {
  variable directory
  variable guards
  variable connections
  foreach connection $connections {
    catch {$connection close}
  }
  emulator_stop
  foreach guard $guards {
    catch {close $guard}
  }
  set guards {}
  if {$directory ne ""} {
    catch {file delete -force $directory}
    set directory ""
  }
}

rename exit harness::exit
proc exit {{code 0}} {
  harness::cleanup
  harness::exit $code
}

# ---- Verdicts --------------------------------------------------------------------------------

proc harness::pass {} {
  variable passed
  incr passed
}

proc harness::fail {name args} {
  variable failed
  incr failed
  puts "! $name"
  foreach {label text} $args {
    if {[string length $text] > 4000} {
      set text "[string range $text 0 3999]... ([string length $text] characters)"
    }
    puts "    [format %-9s $label:] $text"
  }
  flush stdout
}

proc harness::announce {name} {
  if {$harness::verbose} {
    puts "  $name"
  }
}

# Two values are the same if they are equal as text or, where both are lists, as lists.
proc harness::same {got expected} {
  if {$got eq $expected} {
    return 1
  }
  if {![string is list $got] || ![string is list $expected]} {
    return 0
  }
  return [expr {[list {*}$got] eq [list {*}$expected]}]
}

# Run a script in the caller's place; 1 with its result in *resultName, or 0 after a failure.
proc harness::run {name script level resultName} {
  upvar 1 $resultName result
  announce $name
  if {[catch {uplevel "#$level" $script} result options]} {
    fail $name error $result
    return 0
  }
  return 1
}

# The script's result is the value expected.
proc do_test {name script expected} {
  if {[harness::run $name $script [expr {[info level] - 1}] got]} {
    if {[harness::same $got $expected]} {
      harness::pass
    } else {
      harness::fail $name expected [string trim $expected] got $got
    }
  }
}

# Every pattern (of "string match") matches the script's result, or does not where it begins with "!"; "~ " begins
# a regular expression.
proc do_match_test {name script patterns} {
  if {[harness::run $name $script [expr {[info level] - 1}] got]} {
    harness::match $name $got $patterns
  }
}

proc harness::match {name got patterns} {
  foreach pattern $patterns {
    set wanted 1
    set glob $pattern
    if {[string index $pattern 0] eq "!"} {
      set wanted 0
      set glob [string range $pattern 1 end]
    }
    set matches [expr {[string match "~ *" $glob] ? [regexp [string range $glob 2 end] $got]
                                                   : [string match $glob $got]}]
    if {$matches != $wanted} {
      fail $name expected $pattern got $got
      return
    }
  }
  pass
}

# Milliseconds of a processor that this process has used so far: what is measured by them does not depend on
# what else the machine does. Where that is not told, those of the clock.
proc cpu_milliseconds {} {
  if {[catch {open /proc/self/stat} file]} {
    return [clock milliseconds]
  }
  set fields [lrange [regsub {^.*\) } [read $file] ""] 11 12]
  close $file
  return [expr {10 * ([lindex $fields 0] + [lindex $fields 1])}]
}

# ---- SQL -------------------------------------------------------------------------------------

# A connection with the extension loaded. NULL reads as NULL, so that it differs from ''.
proc db_open {{name db} {file :memory:}} {
  harness::before_open $name
  set others $harness::others_ask
  sqlite3 $name $file
  set harness::others_ask $others
  if {$name ni $harness::connections} {
    lappend harness::connections $name
  }
  trace add execution $name leave harness::hear_command
  trace add execution $name enter harness::before_command
  $name nullvalue NULL
  $name enable_load_extension 1
  set path $harness::extension
  $name eval {SELECT load_extension($path)}
  return $name
}

# All values of all rows, one after the other. Parameters ($name) are global variables.
proc execsql {sql {connection db}} {
  return [uplevel #0 [list $connection eval $sql]]
}

# The code (0 or 1), and the rows or the message.
proc catchsql {sql {connection db}} {
  set code [catch {execsql $sql $connection} result]
  return [list $code $result]
}

# The SQL gives these values.
proc do_execsql_test {name sql rows} {
  if {[harness::run $name [list execsql $sql] 0 got]} {
    if {[harness::same $got $rows]} {
      harness::pass
    } else {
      harness::fail $name sql [string trim $sql] expected [list {*}$rows] got $got
    }
  }
}

# The SQL gives this code and these rows, or this message, to the letter.
proc do_catchsql_test {name sql expected} {
  harness::announce $name
  set got [catchsql $sql]
  if {[harness::same $got $expected]} {
    harness::pass
  } else {
    harness::fail $name sql [string trim $sql] expected [list {*}$expected] got $got
  }
}

# The SQL fails, every pattern matches the message, and a pattern after "!" does not.
proc do_error_test {name sql patterns {connection db}} {
  harness::announce $name
  lassign [catchsql $sql $connection] code message
  if {!$code} {
    harness::fail $name sql [string trim $sql] expected "an error" got $message
  } else {
    harness::match $name $message $patterns
  }
}

# Every pattern matches a line of EXPLAIN QUERY PLAN; a pattern after "!" matches none.
proc do_eqp_test {name sql patterns} {
  harness::announce $name
  if {[catch {harness::plan $sql} lines]} {
    harness::fail $name sql [string trim $sql] error $lines
    return
  }
  foreach pattern $patterns {
    set wanted [expr {[string index $pattern 0] ne "!"}]
    set glob [expr {$wanted ? $pattern : [string range $pattern 1 end]}]
    set found 0
    foreach line $lines {
      if {[string match $glob $line]} {
        set found 1
      }
    }
    if {$found != $wanted} {
      harness::fail $name sql [string trim $sql] expected $pattern got [join $lines " // "]
      return
    }
  }
  harness::pass
}

proc harness::plan {sql} {
  set lines {}
  db eval "EXPLAIN QUERY PLAN $sql" line {
    lappend lines $line(detail)
    hear $line(detail)
  }
  return $lines
}

# Run a script with other variables in the environment; "-" stands for one that is not set.
proc with_variables {changes script} {
  set saved [array get ::env]
  foreach {name value} $changes {
    if {$value eq "-"} {
      unset -nocomplain ::env($name)
    } else {
      set ::env($name) $value
    }
  }
  set code [catch {uplevel 1 $script} result options]
  foreach name [array names ::env] {
    if {![dict exists $saved $name]} {
      unset ::env($name)
    }
  }
  array set ::env $saved
  return -options $options $result
}

# ---- Requests --------------------------------------------------------------------------------

# The SQL gives these values and makes exactly these requests; in this order, where concurrency is 1.
proc do_request_test {name sql rows requests} {
  clear_requests
  if {[harness::run $name [list execsql $sql] 0 got]} {
    harness::compare $name $sql $rows $got $requests [requests]
  }
}

proc harness::compare {name sql rows got requests made} {
  if {![same $got $rows]} {
    fail $name sql [string trim $sql] expected [list {*}$rows] got $got requests $made
  } elseif {![same_requests $made $requests]} {
    fail $name sql [string trim $sql] expected [list {*}$requests] got $made
  } else {
    pass
  }
}

# Each API request since clear_requests, as a dictionary: status method uri served connection
# headers, the last a dictionary too.
proc request_log {} {
  harness::settle
  set file [open $harness::log rb]
  seek $file $harness::read
  set text [encoding convertfrom utf-8 [read $file]]
  close $file
  set entries {}
  foreach line [split [string trimright $text \n] \n] {
    if {$line eq ""} {
      continue
    }
    lassign [split $line \t] status method uri served connection headers
    set pairs [dict create]
    foreach header [split [string map [list " & " \x01] $headers] \x01] {
      set equals [string first = $header]
      dict set pairs [string range $header 0 $equals-1] [string range $header $equals+1 end]
    }
    lappend entries [dict create status $status method $method uri $uri served $served \
                         connection $connection headers $pairs]
  }
  return $entries
}

# The same as words: "group/busybox limit::10|offset::0|order::desc". A request of another form
# than the API's own shows as its method and URI, and so matches no expectation.
proc requests {} {
  set words {}
  foreach entry [request_log] {
    lappend words [harness::words [dict get $entry method] [dict get $entry uri]]
  }
  return $words
}

# The same once there are so many, or after a while: one that was sent and then not needed may arrive after
# the statement is over.
proc requests_once {count} {
  set end [expr {[clock milliseconds] + [patience 1000]}]
  while {[llength [set made [requests]]] < $count && [clock milliseconds] < $end} {
    after 2
  }
  return $made
}

proc harness::words {method uri} {
  set form {^/v2/manage/namespaces/([^/?]+)/repos/([^/?]+)/sync_job\?filter=([^&?#|:]+)$}
  if {$method ne "GET" || ![regexp $form $uri - namespace repository filter]} {
    return "$method $uri"
  }
  set repository [string map {$ / %24 /} $repository]
  return "[decode $namespace]/[decode $repository] [decode $filter]"
}

proc harness::decode {text} {
  set text [string map {\\ \\\\ [ \\[ ] \\] $ \\$} $text]
  return [subst [regsub -all {%([0-9A-Fa-f]{2})} $text {[format %c 0x\1]}]]
}

# The requests' lines as they are in the log.
proc raw_requests {} {
  set uris {}
  foreach entry [request_log] {
    lappend uris [dict get $entry uri]
  }
  return $uris
}

proc clear_requests {} {
  harness::hear_requests_in_time
  harness::settle
  set harness::read [file size $harness::log]
}

# The requests of a scan that reads everything: pages of SIZE until TOTAL.
proc pages {image order total {size 100} {from 0}} {
  set expected {}
  for {set offset $from} {$offset < $total} {incr offset $size} {
    lappend expected "$image limit::$size|offset::$offset|order::$order"
  }
  return $expected
}

# ---- The same question asked of an ordinary table -----------------------------------------------

# The connection "dboracle": swr_sync_job is an ordinary table there, with the same columns, keys
# and collations, and with the jobs of these repositories. The extension gives the collation.
proc oracle_open {{images ""}} {
  if {[llength [info commands ::dboracle]]} {
    dboracle close
  }
  db_open dboracle
  dboracle eval {
    CREATE TABLE swr_sync_job(
      createdAt TEXT COLLATE SWR_TIME, domainID TEXT, domainName TEXT, id INTEGER NOT NULL,
      namespace TEXT NOT NULL, override INTEGER, remoteNamespace TEXT, remoteRegionId TEXT,
      repoName TEXT NOT NULL, status TEXT, syncOperatorId TEXT, syncOperatorName TEXT, tag TEXT,
      updatedAt TEXT COLLATE SWR_TIME, image TEXT, region TEXT NOT NULL,
      PRIMARY KEY(region, namespace, repoName, id)) WITHOUT ROWID;
  }
  if {$images eq ""} {
    set images {
      test/testrepo group/busybox group/nginx group/one group/hundred
      platform/base/debian team-a.b_c/x.y_z-0/deep dev--ops/runner--pool
    }
  }
  foreach image $images {
    oracle_load $image
  }
}

# Add the jobs that the emulator has now, as those of a region.
proc oracle_load {image {region ""}} {
  set slash [string first / $image]
  set namespace [string range $image 0 $slash-1]
  set repository [string range $image $slash+1 end]
  set bytes [jobs $image]
  dboracle eval {
    INSERT INTO swr_sync_job
    SELECT json_extract(value, '$.createdAt'), json_extract(value, '$.domainID'),
           json_extract(value, '$.domainName'), json_extract(value, '$.id'), $namespace,
           json_extract(value, '$.override'), json_extract(value, '$.remoteNamespace'),
           json_extract(value, '$.remoteRegionId'), $repository, json_extract(value, '$.status'),
           json_extract(value, '$.syncOperatorId'), json_extract(value, '$.syncOperatorName'),
           json_extract(value, '$.tag'), json_extract(value, '$.updatedAt'), $image, $region
    FROM json_each(CAST(@bytes AS TEXT))
  }
}

# Run setup SQL (an inventory, say) on both connections.
proc both_eval {sql} {
  execsql $sql db
  execsql $sql dboracle
}

# The SQL gives the same on both connections: rows as a bag or, with -ordered, in their order; an
# error with the same message. -oracle SQL asks the ordinary table another way (where the service
# fixes an order that SQL leaves open). Requests, where given, are compared too.
proc do_same_test {name args} {
  set ordered 0
  set oracle_sql ""
  while {[string match -* [lindex $args 0]]} {
    set args [lassign $args option]
    switch -- $option {
      -ordered {set ordered 1}
      -oracle  {set args [lassign $args oracle_sql]}
      default  {error "no such option: $option"}
    }
  }
  lassign $args sql requests
  if {$oracle_sql eq ""} {
    set oracle_sql $sql
  }
  harness::announce $name
  set expected [harness::answer $oracle_sql dboracle $ordered]
  clear_requests
  set got [harness::answer $sql db $ordered]
  set made [requests]
  if {$got ne $expected} {
    harness::fail $name sql [string trim $sql] expected $expected got $got requests $made
  } elseif {[llength $args] > 1 && ![harness::same_requests $made $requests]} {
    harness::fail $name sql [string trim $sql] expected [list {*}$requests] got $made
  } else {
    harness::pass
  }
}

# The code and the rows, each a list of values; sorted unless ORDERED. Columns of a result need
# names that differ.
proc harness::answer {sql connection ordered} {
  variable rows {}
  set code [catch {
    uplevel #0 [list $connection eval $sql harness::row {harness::collect}]
  } message]
  if {$code} {
    return [list 1 $message]
  }
  return [list 0 [expr {$ordered ? $rows : [lsort $rows]}]]
}

proc harness::collect {} {
  variable rows
  variable row
  set values {}
  foreach column $row(*) {
    lappend values $row($column)
  }
  lappend rows $values
  hear $values
}

# ---- The end ---------------------------------------------------------------------------------

# Print the counts and end: with 1 if a test failed, if a secret was seen, or if there was no test.
proc finish_test {} {
  harness::check_secrets
  harness::check_messages
  harness::check_requests
  harness::cleanup
  set file [file tail $harness::script]
  puts "$file: $harness::passed passed, $harness::failed failed"
  exit [expr {$harness::failed > 0 || $harness::passed == 0}]
}

# True from this version of SQLite on.
proc sqlite_since {version} {
  return [expr {[package vcompare [lindex [sqlite3 -version] 0] $version] >= 0}]
}

# The request of a query that reads no field of a record. From 3.47 on SQLite says of a WITHOUT ROWID
# table that all columns of the primary key are read; then the first page is asked for, and no more.
proc counting {} {
  return "limit::[expr {[sqlite_since 3.47] ? 100 : 1}]|offset::0|order::asc"
}

foreach part {asked emulator front messages overlap secrets shell} {
  source [file join [file dirname [file normalize [info script]]] $part.tcl]
}
harness::begin
