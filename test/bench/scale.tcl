# How time and memory grow: jobs in a repository, repositories that a listing finds, values in a list. Each number is a
# process of its own, which says its CPU time and its peak. Sourced by bench.tcl.

# A process that runs SQL: seconds, CPU seconds and kilobytes under the name of the case.
proc bench::scale_case {case wanted sql {database :memory:}} {
  run_case $case {
    lassign [extension_peak $sql $database] result seconds cpu kilobytes
    expect "rows of $case" $result $wanted
    sample $case $seconds
    sample $case:cpu $cpu
    sample $case:kB $kilobytes
  }
}

proc bench::scale_image {number} {
  return [expr {$number == 1000000 ? "load/million" : "scale/jobs-$number"}]
}

proc bench::scale_jobs {} {
  variable quick
  use quick 8 auto
  scale_case jobs.1 1|1 "SELECT count(tag), max(id) - min(id) + 1 FROM
    (SELECT tag, id FROM swr_sync_job WHERE image = 'load/million' LIMIT 1)"
  foreach number [sizes jobs $quick] {
    scale_case jobs.$number $number|$number "SELECT count(tag), max(id) - min(id) + 1 FROM swr_sync_job
      WHERE image = '[scale_image $number]'"
  }
}

# Each number of repositories has an emulator of its own, and some jobs in each.
proc bench::scale_repositories {} {
  variable quick
  foreach number [sizes repositories $quick] {
    use http://127.0.0.1:[dict get $harness::regions scale-$number port] 8 auto
    scale_case repositories.$number "[expr {40 * $number}]|$number" \
        "SELECT count(tag), count(DISTINCT image) FROM swr_sync_job WHERE namespace = 'fleet'"
  }
}

proc bench::scale_values {} {
  variable quick
  use quick 8 auto
  foreach number [lsort -unique -integer [list {*}[sizes values $quick] [expr {$quick ? 50000 : 300000}]]] {
    scale_case values.$number [expr {$number < 3 ? 1 : 351}] \
        "SELECT count(tag) FROM swr_sync_job WHERE image IN (SELECT image FROM list)" [scratch values-$number.db]
  }
}

# A list in a database of its own: three images that there are, and others before and after them.
proc bench::make_lists {} {
  variable quick
  foreach number [lsort -unique -integer [list {*}[sizes values $quick] [expr {$quick ? 50000 : 300000}]]] {
    exec sqlite3 -batch [scratch values-$number.db] "CREATE TABLE list(image TEXT);
      INSERT INTO list [list_of $number]"
  }
}

proc bench::list_of {number} {
  if {$number < 3} {
    return "VALUES ('group/one')"
  }
  return "WITH RECURSIVE number(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM number WHERE x < [expr {$number - 3}])
    SELECT 'group/' || CASE x % 2 WHEN 0 THEN 'a' ELSE 'z' END || x FROM number
    UNION ALL VALUES ('group/one'), ('group/nginx'), ('group/hundred')"
}

# From the interrupt to the end of the statement, wherever it finds it: the worst of some.
proc bench::interrupt_case {} {
  set host [file join [file dirname $bench::folder] swr-host]
  set command [list $host interrupt $harness::extension]
  use quick 8 auto
  run_case interrupt {
    set sql "SELECT count(tag) FROM swr_sync_job WHERE image IN ([list_of 300000])"
    lassign [exec {*}$command 0 0 $sql] whole - said
    expect "rows of the list" $said 351
    set worst 0
    foreach share {0.1 0.3 0.5 0.7 0.9} {
      lassign [exec {*}$command [expr {int($whole * $share)}] 0 $sql] took - said
      if {$said ni {interrupted 351}} {
        error "interrupted after $share of $whole ms: $said"
      }
      set worst [expr {max($worst, $took)}]
    }
    sample interrupt:ms $worst
    sample interrupt:whole $whole
  }
}

proc bench::scale_cases {} {
  scale_jobs
  scale_repositories
  scale_values
  interrupt_case
}
