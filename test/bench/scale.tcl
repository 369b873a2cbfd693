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
  scale_case one-row 1|1 "SELECT count(tag), max(id) - min(id) + 1 FROM
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

# Three that there are come first and have all rows that are wanted: what is measured is the list, and not a request
# for each value of it.
proc bench::scale_values {} {
  variable quick
  use quick 8 auto
  foreach number [list_sizes $quick] {
    scale_case values.$number [expr {$number < 3 ? 1 : 351}] "SELECT count(tag) FROM (SELECT tag FROM swr_sync_job
      WHERE image IN (SELECT image FROM list) LIMIT 351)" [scratch values-$number.db]
  }
}

proc bench::list_sizes {quick} {
  return [lsort -unique -integer [list {*}[sizes values $quick] [expr {$quick ? 50000 : 300000}]]]
}

# Lists in databases of their own.
proc bench::make_lists {} {
  variable quick
  foreach number [list_sizes $quick] {
    exec sqlite3 -batch [scratch values-$number.db] "CREATE TABLE list(image TEXT);
      INSERT INTO list [list_of $number]"
  }
}

proc bench::list_of {number} {
  if {$number < 3} {
    return "VALUES ('group/one')"
  }
  return "WITH RECURSIVE number(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM number WHERE x < [expr {$number - 3}])
    SELECT 'group/z' || x FROM number UNION ALL VALUES ('group/one'), ('group/nginx'), ('group/hundred')"
}

# From the interrupt to the end of a statement that would ask for all of a list, one after the other: the worst of some
# moments, while the list is made and while it is asked for.
proc bench::interrupt_case {} {
  set host [file join [file dirname $bench::folder] swr-host]
  use quick 8 auto
  run_case interrupt {
    set worst 0
    foreach after {30 100 200 300 500 1000} {
      lassign [exec $host interrupt $harness::extension $after 0 \
                   "SELECT count(tag) FROM swr_sync_job WHERE image IN ([list_of 300000])"] took - said
      expect "interrupted after $after ms" $said interrupted
      set worst [expr {max($worst, $took)}]
    }
    sample interrupt:ms $worst
  }
}

proc bench::scale_cases {} {
  scale_jobs
  scale_repositories
  scale_values
  interrupt_case
}
