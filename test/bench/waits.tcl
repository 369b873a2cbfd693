# What waits for the network: pages and repositories at a latency, a second scan, one small page. Sourced by bench.tcl.

# Seconds of a page by curl, over a warm connection.
proc bench::page_by_curl {server} {
  set transfers {}
  for {set i 0} {$i < 16} {incr i} {
    lappend transfers -o /dev/null [base $server][uri bench/scan 0]
  }
  return [middle [lrange [exec curl {*}[curl_options] -w {%{time_total}\n} {*}$transfers] 1 end]]
}

# By curl, which is what the others are held against, and by the extension.
proc bench::page_case {server milliseconds} {
  use $server
  run_case page.$milliseconds {
    sample page.$milliseconds [page_by_curl $server]
  }
  run_case own-page.$milliseconds {
    sample own-page.$milliseconds [middle [dict get [probe pages 15] page]]
  }
}

proc bench::latency_cases {} {
  variable truth
  page_case slow 20
  foreach concurrency {8 16 32} {
    use slow $concurrency
    probe_case latency.$concurrency [dict get $truth scan] scan bench/scan
    run_case latency-curl.$concurrency {
      sample latency-curl.$concurrency [lindex [shell_run [curl_pages slow "" $concurrency]] 1]
    }
  }
  foreach concurrency {8 16} {
    use slow $concurrency
    probe_case start.$concurrency [dict get $truth start] scan bench/start
  }
  use slow 8 auto
  probe_case latency.auto [dict get $truth scan] scan bench/scan
}

# How many requests a history of 25,000 takes, at its default and in pages of 100.
proc bench::requests_case {} {
  run_case requests {
    foreach size {auto 100} {
      use quick 8 $size
      set from [log_size]
      lassign [shell_run [extension_shell :memory: \
          "SELECT count(tag) FROM swr_sync_job WHERE image = 'group/history'"]] rows
      expect "rows of the history" $rows 25000
      sample requests:$size [llength [log_since $from]]
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
  probe_case one-by-one $wanted one-by-one $list
  foreach concurrency {16 32} {
    use slow $concurrency
    probe_case list.$concurrency $wanted list $list
  }
  use slow 8
  foreach form {1 1-keyed 2 3} {
    probe_case join.$form [concat $wanted [llength $images]] join-$form $list
  }
}

# A day of repositories that a listing finds. A round trip of it is its time through ceil(requests / 16).
proc bench::day_case {} {
  variable truth
  page_case late 50
  use late 16 auto
  run_case day {
    set from [log_size]
    set answer [probe found fleet]
    expect result [dict get $answer result] [dict get $truth found]
    # One page was asked for before, to warm the connection.
    set requests [expr {[llength [log_since $from]] - 1}]
    set seconds [lindex [dict get $answer seconds] 0]
    sample day $seconds
    sample day:requests $requests
    sample day:trip [expr {$seconds / (($requests + 15) / 16)}]
  }
}

# The first one reads the whole bundle, as where there is no hashed directory. A page by curl over a warm connection is
# what the second cannot be faster than.
proc bench::second_scan_case {} {
  use quick
  run_case second {
    with_variables [list SWR_CA_FILE [scratch authorities.pem]] {
      set answer [probe twice bench/small [scratch access.log]]
    }
    expect rows [dict get $answer rows] {10000 10000}
    if {[dict get $answer opened] < 1} {
      error "nginx logged nothing of the first scan"
    }
    sample second:cold [dict get $answer cold]
    sample second:warm [dict get $answer warm]
    sample second:page [page_by_curl quick]
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
    use quick 8 auto
    shell_run $ours
    set size [log_size]
    expect "rows of LIMIT 10" [llength [split [lindex [shell_run $ours] 0] \n]] 10
    set entries [log_since $size]
    sample small:requests [llength $entries]
    sample small:bytes [tcl::mathop::+ {*}[lmap entry $entries {dict get $entry bytes}]]
    use plain 8 auto
    set theirs [quote [list curl {*}[curl_options] -o /dev/null [base plain][dict get [lindex $entries 0] uri]]]
    lassign [by_turns 50 $ours $theirs] own curl
    sample small:extension [tcl::mathfunc::min {*}$own]
    sample small:curl [tcl::mathfunc::min {*}$curl]
  }
}

proc bench::by_turns {count ours theirs} {
  for {set i 0} {$i < $count} {incr i} {
    lappend own [lindex [shell_run $ours] 1]
    lappend other [lindex [shell_run $theirs] 1]
  }
  return [list $own $other]
}

# The same over TLS, where both processes have the machine's certificates to read.
proc bench::cold_case {} {
  set ours [extension_shell :memory: "SELECT * FROM swr_sync_job WHERE image = 'bench/scan' LIMIT 10"]
  run_case cold {
    use quick 8 auto
    set page [base quick][string map {%3A100% %3A10%} [uri bench/scan 0]]
    set theirs [quote [list curl {*}[curl_options] -o /dev/null $page]]
    expect "rows of a cold process" [llength [split [lindex [shell_run $ours] 0] \n]] 10
    lassign [by_turns 20 $ours $theirs] own curl
    sample cold:extension [middle $own]
    sample cold:curl [middle $curl]
  }
}
