# What is measured: each case runs once a round, after the others, and leaves samples under its name.
# Whatever a case answers is compared with the truth; one that is wrong or fails is not measured.
# Sourced by bench.tcl.

namespace eval bench {
  variable samples {}   ;# name -> round -> value
  variable lost {}      ;# case -> why it gave nothing
  variable spent {}     ;# case -> milliseconds
  variable round 0
}

proc bench::sample {name value} {
  variable samples
  variable round
  dict set samples $name $round $value
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
  variable only
  set so_far [expr {[dict exists $spent $case] ? [dict get $spent $case] : 0}]
  if {[dict exists $lost $case] || $so_far > $case_seconds * 1000 || ![string match $only $case]} {
    return
  }
  set begin [clock milliseconds]
  if {[catch {uplevel 1 $body} message]} {
    dict set lost $case [string map {\n " " \t " "} [string range $message 0 300]]
    puts stderr "$case: $message"
  }
  dict incr spent $case [expr {[clock milliseconds] - $begin}]
}

# The median of a case, or "" where it was not measured. A single bad result spoils the case.
proc bench::median {name} {
  variable samples
  variable lost
  if {![dict exists $samples $name] || [dict exists $lost [lindex [split $name :] 0]]} {
    return ""
  }
  return [middle [dict values [dict get $samples $name]]]
}

proc bench::middle {values} {
  set values [lsort -real $values]
  set count [llength $values]
  if {$count % 2} {
    return [lindex $values [expr {$count / 2}]]
  }
  return [expr {([lindex $values [expr {$count / 2 - 1}]] + [lindex $values [expr {$count / 2}]]) / 2.0}]
}

# ---- Processes -------------------------------------------------------------------------------------------

# Run a shell script: its output, the seconds that it took, and the CPU seconds of all its processes.
proc bench::shell_run {script} {
  set file [scratch script.sh]
  write $file "{ $script\n} > [scratch out] 2> [scratch err]\ncode=\$?\ntimes > [scratch times]\nexit \$code"
  set begin [clock microseconds]
  set code [catch {exec sh $file}]
  set seconds [expr {([clock microseconds] - $begin) / 1e6}]
  set out [string trim [harness::slurp [scratch out]]]
  if {$code} {
    error [string trim "[harness::slurp [scratch err]] $out"]
  }
  set cpu 0
  foreach {- minutes rest} [regexp -all -inline {(\d+)m([\d.]+)s} [lindex [split [harness::slurp [scratch times]] \n] 1]] {
    set cpu [expr {$cpu + $minutes * 60 + $rest}]
  }
  return [list $out $seconds $cpu]
}

# Words for the shell.
proc bench::quote {words} {
  set quoted {}
  foreach word $words {
    lappend quoted '[string map {' '\\''} $word]'
  }
  return [join $quoted]
}

proc bench::use {server {concurrency 8}} {
  set ::env(SWR_ENDPOINT) [base $server]
  set ::env(SWR_CONCURRENCY) $concurrency
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

# All pages of the large repository by curl into a folder.
proc bench::curl_pages {server folder {concurrency 8}} {
  variable rows
  set url [base $server][uri bench/scan "\[0-[expr {$rows - 100}]:100\]"]
  return [quote [list curl {*}[curl_options] -Z --parallel-max $concurrency $url -o $folder/#1.json]]
}

proc bench::peer {name} {
  return [file join $bench::here peers $name]
}

# ---- Full scans without latency --------------------------------------------------------------------------

# A case of a full scan. SCRIPT has %pages for an empty folder, %database for one with an empty table job.
proc bench::scan_case {who server task script} {
  set case scan.$server.$task.$who
  run_case $case {
    set pages [fresh_folder pages]
    set database [scratch copy.db]
    file delete {*}[glob -nocomplain -directory $harness::directory copy.*]
    if {$task eq "copy"} {
      exec sqlite3 -batch $database [job_table]
    }
    lassign [shell_run [string map [list %pages $pages %database $database] $script]] out seconds cpu
    scan_verify $task $who $out $database
    sample $case $seconds
    sample $case:cpu $cpu
  }
}

proc bench::scan_verify {task who out database} {
  variable truth
  variable rows
  variable round
  switch -- $task {
    group {expect groups $out [dict get $truth group]}
    count {expect count $out $rows}
    copy {
      expect digest [digest $database] [dict get $truth digest]
      if {$round == 1} {
        expect "all values" [fingerprint $database] [dict get $truth fingerprint]
      }
    }
  }
}

proc bench::scan_cases {server} {
  variable rows
  variable python
  use $server
  set all "FROM generate_series(0, [expr {$rows - 100}], 100) AS s,
    json_each(CAST(readfile('%pages/' || s.value || '.json') AS TEXT)) AS job"
  set tree [string map {json_each json_tree} $all]
  set fields {}
  foreach column [columns] {
    lappend fields "job.value ->> '$column'"
  }
  set curl [curl_pages $server %pages]
  set urllib [list $python [peer stdlib.py]]
  set where [list [base $server] [scratch authorities.pem] $rows]

  run_case server.$server {
    sample server.$server [lindex [shell_run [curl_pages $server [fresh_folder pages]]] 1]
  }
  scan_case extension $server group [extension_shell :memory: "SELECT status, count(*) FROM swr_sync_job
    WHERE image = 'bench/scan' GROUP BY status ORDER BY status"]
  scan_case json_each $server group "$curl && [quote [list sqlite3 -batch :memory: "SELECT job.value ->> 'status',
    count(*) $all GROUP BY 1 ORDER BY 1"]]"
  scan_case json_tree $server group "$curl && [quote [list sqlite3 -batch :memory: "SELECT job.value,
    count(*) $tree WHERE job.key = 'status' GROUP BY 1 ORDER BY 1"]]"
  scan_case duckdb $server group "$curl && [quote [list node [peer duckdb.cjs] group %pages]]"
  scan_case urllib $server group [quote [list {*}$urllib urllib group {*}$where]]
  scan_case kept-alive $server group [quote [list {*}$urllib kept-alive group {*}$where]]
  scan_case sdk $server count [quote [list node [peer sdk.cjs] [base $server] $rows]]

  scan_case extension $server copy [extension_shell %database \
      "INSERT INTO job SELECT * FROM swr_sync_job WHERE image = 'bench/scan'"]
  scan_case json_each $server copy "$curl && [quote [list sqlite3 -batch %database \
      "INSERT INTO job SELECT [join $fields ,] $all"]]"
  scan_case duckdb $server copy "$curl && [quote [list node [peer duckdb.cjs] copy %pages %database.csv]] &&
    [quote [list sqlite3 -batch %database ".import --csv %database.csv job"]]"
  scan_case urllib $server copy [quote [list {*}$urllib urllib copy {*}$where %database]]
  scan_case kept-alive $server copy [quote [list {*}$urllib kept-alive copy {*}$where %database]]
  scan_case duckdb-own $server table "$curl && [quote [list node [peer duckdb.cjs] table %pages %database.duckdb]]"
}

# ---- Within one connection -------------------------------------------------------------------------------

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

# Single pages over a warm connection: by curl, which is what the others are held against, and by the extension.
proc bench::page_case {} {
  use slow
  run_case page.curl {
    set transfers {}
    for {set i 0} {$i < 16} {incr i} {
      lappend transfers -o /dev/null [base slow][uri bench/scan 0]
    }
    set times [exec curl {*}[curl_options] -w {%{time_total}\n} {*}$transfers]
    sample page.curl [middle [lrange $times 1 end]]
  }
  run_case page.extension {
    sample page.extension [middle [dict get [probe pages 15] page]]
  }
}

proc bench::latency_cases {} {
  variable truth
  page_case
  foreach concurrency {8 16 32} {
    use slow $concurrency
    probe_case latency.$concurrency [dict get $truth scan] scan bench/scan
    run_case latency.$concurrency.curl {
      set pages [fresh_folder pages]
      sample latency.$concurrency.curl [lindex [shell_run [curl_pages slow $pages $concurrency]] 1]
    }
  }
}

proc bench::fleet_cases {} {
  variable truth
  variable images
  set list [scratch fleet.txt]
  write $list [join $images \n]
  set wanted [dict get $truth fleet]
  use slow 1
  probe_case fleet.one-by-one $wanted one-by-one $list
  foreach concurrency {16 32} {
    use slow $concurrency
    probe_case fleet.list.$concurrency $wanted list $list
  }
  use slow 16
  probe_case fleet.found [dict get $truth found] found fleet
  use slow 8
  foreach form {1 1-keyed 2 3} {
    probe_case fleet.join.$form [concat $wanted [llength $images]] join-$form $list
  }
}

proc bench::second_scan_case {} {
  use quick
  run_case second {
    set answer [probe twice bench/small [scratch access.log]]
    expect rows [dict get $answer rows] {10000 10000}
    if {[dict get $answer opened] < 1} {
      error "nginx logged nothing of the first scan"
    }
    sample second:cold [dict get $answer cold]
    sample second:warm [dict get $answer warm]
    sample second:opened [dict get $answer opened]
    sample second:new [dict get $answer new]
  }
}

# ---- One small page --------------------------------------------------------------------------------------

# What the request is, over TLS; then a process of the extension against one of curl, in turns. These go without
# TLS: reading the certificates takes both of them some 40 ms, and differs by more than what is looked for.
# Of each the fastest counts, over all rounds: where others use the machine, it is for seconds on end half as fast.
proc bench::small_page_case {} {
  set ours [extension_shell :memory: "SELECT * FROM swr_sync_job WHERE image = 'bench/scan' LIMIT 10"]
  run_case small {
    use quick
    shell_run $ours
    set size [log_size]
    expect "rows of LIMIT 10" [llength [split [lindex [shell_run $ours] 0] \n]] 10
    set entries [log_since $size]
    sample small:requests [llength $entries]
    sample small:bytes [tcl::mathop::+ {*}[lmap entry $entries {dict get $entry bytes}]]
    use plain
    set theirs [quote [list curl {*}[curl_options] -o /dev/null [base plain][dict get [lindex $entries 0] uri]]]
    set own {}
    set curl {}
    for {set i 0} {$i < 50} {incr i} {
      lappend own [lindex [shell_run $ours] 1]
      lappend curl [lindex [shell_run $theirs] 1]
    }
    sample small:extension [tcl::mathfunc::min {*}$own]
    sample small:curl [tcl::mathfunc::min {*}$curl]
  }
}

# The same over TLS with the machine's certificates, a bundle and a hashed directory of them, as both processes find
# them by themselves: the system's and our own authority.
proc bench::cold_case {} {
  set ours [extension_shell :memory: "SELECT * FROM swr_sync_job WHERE image = 'bench/scan' LIMIT 10"]
  set options [curl_options]
  set at [lsearch $options --cacert]
  set options [lreplace $options $at [expr {$at + 1}]]
  use quick
  set theirs [quote [list curl {*}$options -o /dev/null [base quick][string map {%3A100% %3A10%} [uri bench/scan 0]]]]
  run_case cold {
    with_variables [list SWR_CA_FILE - SSL_CERT_FILE [scratch authorities.pem] SSL_CERT_DIR [scratch authorities]] {
      expect "rows of a cold process" [llength [split [lindex [shell_run $ours] 0] \n]] 10
      set own {}
      set curl {}
      for {set i 0} {$i < 20} {incr i} {
        lappend own [lindex [shell_run $ours] 1]
        lappend curl [lindex [shell_run $theirs] 1]
      }
    }
    sample cold:extension [middle $own]
    sample cold:curl [middle $curl]
  }
}

# ---- Memory ----------------------------------------------------------------------------------------------

# Peak kilobytes of a sqlite3 shell that has run this query, with its rows.
proc bench::peak {sql} {
  lassign [shell_run [extension_shell :memory: $sql {.shell grep VmHWM /proc/$PPID/status}]] out
  if {![regexp {VmHWM:\s+(\d+) kB} $out - kilobytes]} {
    error "no peak in: $out"
  }
  # The peak comes by another way, and so before or after the rows.
  return [list $kilobytes [string trim [regsub {VmHWM:[^\n]*} $out {}]]]
}

proc bench::memory_case {} {
  variable large
  use quick
  run_case memory {
    set one "(SELECT * FROM swr_sync_job WHERE image = 'load/million' LIMIT 1)"
    foreach {name from count} [list one $one 1 small [all_of bench/small] 10000 large [all_of [lindex $large 0]] \
                                   [lindex $large 1]] {
      lassign [peak "SELECT count(tag), max(id) - min(id) + 1 FROM $from"] kilobytes result
      expect "rows of $name" $result $count|$count
      sample memory:$name $kilobytes
    }
  }
}

proc bench::all_of {image} {
  return "swr_sync_job WHERE image = '$image'"
}

# ---- Decoding --------------------------------------------------------------------------------------------

proc bench::decode_case {} {
  set program [file join [file dirname $bench::folder] decode-bench]
  run_case decode {
    if {![file executable $program]} {
      error "decode-bench was not built"
    }
    foreach line [split [exec $program 25] \n] {
      if {[regexp {^\s*([a-z0-9_]+)[\s:=]+([0-9.]+)} $line - name value]} {
        sample decode:$name $value
      }
    }
  }
}
