# At the end of each file of tests, swr_request equals the emulators' logs: what the connections that db_open
# has opened say they asked is what the emulators were asked, no more and no less.
#
#   Rows with a status must each have a line in the log, and each line a row that was sent. A request that
#   ended without a status (cancelled, reset, too late) may or may not have got through, and so only
#   accounts for a line. Where others ask too (shells, hosts, connections that a file opens by itself) or
#   rows were pushed out before they were read, lines may be left over; rows still may not.
#
# Sourced by harness.tcl.

namespace eval harness {
  variable asked {}          ;# "must" or "may", and the port, method and URI, of all rows read so far
  variable asked_until {}    ;# the last row read of each connection
  variable asked_at 0        ;# the size of the log then
  variable others_ask 0      ;# what is in the logs need not be of these connections
}

# Say that others ask the emulators of this file.
proc others_ask {} {
  set harness::others_ask 1
}

# Read what a connection has asked since the last time, up to what is under way; all, if it is the LAST time.
proc harness::hear_requests {connection {last 0}} {
  variable asked
  variable asked_until
  variable others_ask
  set id [expr {[dict exists $asked_until $connection] ? [dict get $asked_until $connection] : 0}]
  set sql {SELECT id AS _id, method, url, status, reused, transferMs FROM swr_request WHERE id > $id}
  set next [expr {$id + 1}]
  set code [catch {
    $connection eval $sql row {
      if {$row(_id) > $next} {
        set others_ask 1
      }
      if {$row(transferMs) eq "NULL" && $row(method) ne "NULL" && !$last} {
        break
      }
      set next [expr {$row(_id) + 1}]
      if {[string match *\\*\\*\\** $row(url)] || [string match *... $row(url)]} {
        set others_ask 1 ;# a secret that is a part of the URL, or one that is too long
      } elseif {$row(reused) ne "NULL" && [regexp {^https?://[^/]*:(\d+)(/.*)$} $row(url) - port uri]} {
        lappend asked [expr {$row(status) eq "NULL" ? "may" : "must"}] "$port $row(method) $uri"
      }
    }
  }]
  if {$code} {
    set others_ask 1
  }
  dict set asked_until $connection [expr {$next - 1}]
}

# Called before a connection of that name is opened, and before each command of one.
proc harness::before_open {name} {
  variable connections
  if {$name in $connections && [llength [info commands ::$name]]} {
    before_command [list $name close] enter
  }
}

proc harness::before_command {command operation} {
  set connection [lindex $command 0]
  if {[lindex $command 1] eq "close"} {
    hear_requests $connection 1
    dict unset harness::asked_until $connection
  }
}

# Rows are kept for the newest thousand requests only.
proc harness::hear_requests_in_time {} {
  variable log
  variable asked_at
  variable connections
  if {$log eq "" || [file size $log] - $asked_at < 100000} {
    return
  }
  set asked_at [file size $log]
  foreach connection $connections {
    if {[llength [info commands ::$connection]]} {
      hear_requests $connection
    }
  }
}

proc harness::check_requests {} {
  variable asked
  variable connections
  variable others_ask
  variable front
  foreach connection $connections {
    if {[llength [info commands ::$connection]]} {
      hear_requests $connection 1
    }
  }
  if {$harness::log eq "" || $front ne ""} {
    return
  }
  set left [logged_requests]
  set extra {}
  foreach {need request} $asked {
    if {[dict exists $left $request] && [dict get $left $request] > 0} {
      dict incr left $request -1
    } elseif {$need eq "must" && [has_emulator [lindex $request 0]]} {
      lappend extra "swr_request alone: $request"
    }
  }
  dict for {request count} $left {
    if {$count > 0 && !$others_ask} {
      lappend extra "the log alone, $count times: $request"
    }
  }
  if {[llength $extra]} {
    fail "swr_request is not the log" {*}[concat {*}[lmap text [lrange $extra 0 9] {list differs $text}]]
  }
}

# The logs of all emulators: how often each request of a port is there that the extension has made.
proc harness::logged_requests {} {
  variable port
  variable log
  variable regions
  set logs [list $port $log]
  dict for {region state} $regions {
    lappend logs [dict get $state port] [dict get $state log]
  }
  set all {}
  foreach {number path} $logs {
    foreach line [split [string trimright [slurp $path] \n] \n] {
      lassign [split $line \t] status method uri
      if {[string match *user-agent=swr_sync_job/* $line]} {
        dict incr all "$number $method $uri"
      }
    }
  }
  return $all
}

proc harness::has_emulator {number} {
  variable port
  variable regions
  return [expr {$number eq $port || $number in [lmap state [dict values $regions] {dict get $state port}]}]
}

# Programs that may ask, and connections that db_open has not opened.
proc harness::note_others {command operation} {
  set first [lsearch -inline -not [lrange $command 1 end] -ignorestderr]
  if {$first ne "-version" && $first ni {chmod kill mkfifo printf truncate}} {
    set harness::others_ask 1
  }
}
