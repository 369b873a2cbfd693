# Full scans without latency: ours, the peers', and the floor below both. Sourced by bench.tcl.

namespace eval bench {
  variable steady 3   ;# how often a round what makes a ratio of short times is run; the median counts
}

# All pages of the large repository by curl: into a folder, or nowhere.
proc bench::curl_pages {server folder {concurrency 8}} {
  variable rows
  set url [base $server][uri bench/scan "\[0-[expr {$rows - 100}]:100\]"]
  set out [expr {$folder eq "" ? "/dev/null" : "$folder/#1.json"}]
  return [quote [list curl {*}[curl_options] -Z --parallel-max $concurrency $url -o $out]]
}

proc bench::peer {name} {
  return [file join $bench::here peers $name]
}

# A case of a full scan. SCRIPT has %pages for an empty folder, %database for one with an empty table job.
proc bench::scan_case {case task script {count 1}} {
  run_case $case {
    set pages [scratch pages]
    set database [scratch copy.db]
    set script [string map [list %pages $pages %database $database] $script]
    lassign [shell_times $count {scan_prepare $task $database} $script [list scan_verify $case $task $database]] \
        seconds cpu
    sample $case $seconds
    sample $case:cpu $cpu
  }
}

proc bench::scan_prepare {task database} {
  fresh_folder pages
  file delete {*}[glob -nocomplain -directory $harness::directory copy.*]
  if {$task in {copy kept}} {
    exec sqlite3 -batch $database [job_table]
  }
}

proc bench::scan_verify {case task database out} {
  variable truth
  variable rows
  variable samples
  switch -- $task {
    group {expect groups $out [dict get $truth group]}
    count {expect count $out $rows}
    copy {
      expect digest [digest $database] [dict get $truth digest]
      if {![dict exists $samples $case]} {
        expect "all values" [fingerprint $database] [dict get $truth fingerprint]
      }
    }
  }
}

# What json_each makes of a page, and json_tree: SQL for the shell.
proc bench::json_statements {} {
  variable rows
  set all "FROM generate_series(0, [expr {$rows - 100}], 100) AS s,
    json_each(CAST(readfile('%pages/' || s.value || '.json') AS TEXT)) AS job"
  set tree [string map {json_each json_tree} $all]
  set fields [lmap column [columns] {string cat "job.value ->> '$column'"}]
  set members [lmap column [columns] {string cat "max(job.atom) FILTER (WHERE job.key = '$column')"}]
  return [dict create \
      json_each-group "SELECT job.value ->> 'status', count(*) $all GROUP BY 1 ORDER BY 1" \
      json_tree-group "SELECT job.value, count(*) $tree WHERE job.key = 'status' GROUP BY 1 ORDER BY 1" \
      json_each-copy "INSERT INTO job SELECT [join $fields ,] $all" \
      json_tree-copy "INSERT INTO job SELECT [join $members ,] $tree WHERE job.parent > 0 GROUP BY s.value, job.parent"]
}

proc bench::peer_cases {server} {
  variable rows
  variable python
  set curl [curl_pages $server %pages]
  set client [list $python [peer stdlib.py]]
  set where [list [base $server] $rows]
  set databases {group :memory: copy %database}
  dict for {name sql} [json_statements] {
    lassign [split $name -] who task
    scan_case scan.$server.$task.$who $task \
        "$curl && [quote [list sqlite3 -batch [dict get $databases $task] $sql]]"
  }
  scan_case scan.$server.group.duckdb group "$curl && [quote [list node [peer duckdb.cjs] group %pages]]"
  scan_case scan.$server.copy.duckdb copy "$curl && [quote [list node [peer duckdb.cjs] copy %pages %database.csv]] &&
    [quote [list sqlite3 -batch %database ".import --csv %database.csv job"]]"
  scan_case scan.$server.table.duckdb-own table \
      "$curl && [quote [list node [peer duckdb.cjs] table %pages %database.duckdb]]"
  scan_case scan.$server.group.kept-alive group [quote [list {*}$client group {*}$where]]
  scan_case scan.$server.copy.kept-alive copy [quote [list {*}$client copy {*}$where %database]]
  scan_case scan.$server.count.sdk count [quote [list node [peer sdk.cjs] [base $server] $rows]]
}

# A copy of all columns, each by its name: SQLite hands records over from a table to one like it without looking into
# them where a statement says `*`, which is no work that anybody else could be measured by.
proc bench::copy_from {source} {
  return "INSERT INTO main.job SELECT [join [columns] {, }] FROM $source"
}

# Ours, between the two halves of the floor.
proc bench::own_cases {server} {
  variable steady
  set group [extension_shell :memory: "SELECT status, count(*) FROM swr_sync_job
    WHERE image = 'bench/scan' GROUP BY status ORDER BY status"]
  set copy [extension_shell %database [copy_from "swr_sync_job WHERE image = 'bench/scan'"]]
  use $server
  scan_case fetch.$server none [curl_pages $server ""] $steady
  scan_case scan.$server.group.extension group $group $steady
  scan_case scan.$server.copy.extension copy $copy $steady
  use $server 8 auto
  scan_case scan.$server.group.auto group $group $steady
  scan_case scan.$server.copy.auto copy $copy $steady
}

# The same statements over an ordinary table with the same rows, and over a virtual one of as many, which has them
# at hand.
proc bench::alone_cases {} {
  variable folder
  variable steady
  set table [scratch table.db]
  set kept "[quote [list sqlite3 -batch -bail -cmd ".load [file join [file dirname $folder] kept-rows]"]] %database"
  set attach "ATTACH '$table' AS source;"
  scan_case kept.group none "$kept [quote [list "$attach SELECT status, count(*) FROM kept_rows GROUP BY 1 ORDER BY 1"]]" \
      $steady
  scan_case kept.copy kept "$kept [quote [list "$attach [copy_from kept_rows]"]]" $steady
  scan_case alone.group group \
      [quote [list sqlite3 -batch $table "SELECT status, count(*) FROM job GROUP BY status ORDER BY status"]] $steady
  scan_case alone.copy copy \
      [quote [list sqlite3 -batch %database "$attach [copy_from source.job]"]] $steady
}

proc bench::scan_cases {} {
  alone_cases
  foreach server {quick plain} {
    own_cases $server
    peer_cases $server
  }
}

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
