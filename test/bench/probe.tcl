# Measures within one process and connection, which a process of its own could not: prints lines of
# "name value". Run by cases.tcl as: tclsh probe.tcl EXTENSION WHAT ARGUMENT...
#
#   pages N               seconds of single pages
#   scan IMAGE            seconds of a scan of all its rows
#   one-by-one FILE       seconds for the repositories that FILE lists, a statement each
#   list FILE             the same by one IN list
#   join-1 .. join-3 FILE the three forms of the README's "Joins that ask for everything at once"
#   join-1-keyed FILE     the first with an inventory that has a primary key
#   found NAMESPACE       seconds for the repositories that a listing finds, a day of each
#   twice IMAGE LOG       first row of two scans, and connections that nginx logged for the second alone
#
# All but the last begin on a warm connection: one page was asked for before.

package require Tcl 8.6
package require sqlite3

set arguments [lassign $argv extension what]
sqlite3 db :memory:
db enable_load_extension 1
db eval {SELECT load_extension($extension)}

proc seconds {script} {
  set begin [clock microseconds]
  uplevel 1 $script
  return [expr {([clock microseconds] - $begin) / 1e6}]
}

proc one_page {} {
  return [db eval {SELECT count(tag) FROM (SELECT tag FROM swr_sync_job WHERE image = 'bench/scan' LIMIT 100)}]
}

proc inventory {path {key ""}} {
  set file [open $path]
  set images [split [string trim [read $file]] \n]
  close $file
  db eval "CREATE TABLE inventory(image TEXT $key, owner TEXT)"
  foreach image $images {
    db eval {INSERT INTO inventory VALUES ($image, 'owner of ' || $image)}
  }
  return $images
}

proc timed {sql} {
  set time [seconds {set result [uplevel #0 [list db eval $sql]]}]
  puts "result $result"
  puts "seconds $time"
}

# How often nginx opened a connection for the requests that it logged between two sizes of its log.
proc connections {path from to} {
  set file [open $path]
  seek $file $from
  set found {}
  foreach line [split [string trim [read $file [expr {$to - $from}]]] \n] {
    dict set found [lindex [split $line] 3] 1
  }
  close $file
  return [dict keys $found]
}

# Seconds to the first row of a scan that then goes on to its end.
proc first_row {image} {
  set count 0
  set begin [clock microseconds]
  db eval {SELECT tag FROM swr_sync_job WHERE image = $image} {
    if {[incr count] == 1} {
      set first [expr {([clock microseconds] - $begin) / 1e6}]
    }
  }
  puts "rows $count"
  return $first
}

proc twice {image log} {
  set from [file size $log]
  puts "cold [first_row $image]"
  after 200
  set middle [file size $log]
  puts "warm [first_row $image]"
  after 200
  set before [connections $log $from $middle]
  set new 0
  foreach connection [connections $log $middle [file size $log]] {
    incr new [expr {$connection ni $before}]
  }
  puts "opened [llength $before]"
  puts "new $new"
}

if {$what eq "twice"} {
  twice {*}$arguments
  exit
}
one_page
switch -- $what {
  pages {
    for {set i 0} {$i < [lindex $arguments 0]} {incr i} {
      puts "page [seconds one_page]"
    }
  }
  scan {
    set image [lindex $arguments 0]
    timed {SELECT count(tag), sum(id) FROM swr_sync_job WHERE image = $image}
  }
  one-by-one {
    set images [inventory [lindex $arguments 0]]
    set tags 0
    set ids 0
    set time [seconds {
      foreach image $images {
        lassign [db eval {SELECT count(tag), sum(id) FROM swr_sync_job WHERE image = $image}] count sum
        incr tags $count
        incr ids $sum
      }
    }]
    puts "result $tags $ids"
    puts "seconds $time"
  }
  found {
    set namespace [lindex $arguments 0]
    timed {
      SELECT status, count(*) FROM swr_sync_job WHERE namespace = $namespace AND createdAt >= '2025-12-31'
       GROUP BY 1 ORDER BY 1
    }
  }
  list {
    inventory [lindex $arguments 0]
    timed {SELECT count(tag), sum(id) FROM swr_sync_job WHERE image IN (SELECT image FROM inventory)}
  }
  join-1 - join-1-keyed {
    inventory [lindex $arguments 0] [expr {$what eq "join-1-keyed" ? "PRIMARY KEY" : ""}]
    timed {
      SELECT count(j.tag), sum(j.id), count(DISTINCT i.owner) FROM inventory i JOIN swr_sync_job j ON j.image = i.image
       WHERE j.image IN (SELECT image FROM inventory)
    }
  }
  join-2 {
    inventory [lindex $arguments 0]
    timed {
      SELECT count(j.tag), sum(j.id), count(DISTINCT i.owner) FROM inventory i
        LEFT JOIN swr_sync_job j ON j.image = i.image AND j.image IN (SELECT image FROM inventory)
    }
  }
  join-3 {
    inventory [lindex $arguments 0]
    timed {
      WITH job AS MATERIALIZED (
        SELECT *, image FROM swr_sync_job WHERE image IN (SELECT image FROM inventory))
      SELECT count(j.tag), sum(j.id), count(DISTINCT i.owner) FROM inventory i LEFT JOIN job j ON j.image = i.image
    }
  }
}
