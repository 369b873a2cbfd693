# Hosts of the extension that are processes of their own, side by side with each other and with what this process
# serves. Sourced after harness.tcl.
#
#   host_start slow {interrupt 300 0} {SWR_DEADLINE 2} "SELECT ..."
#   host_said slow                       what it printed, once it has ended
#
# The words are the command of test/host/host.h without the extension's name, which comes after the first where
# there is one.

set host_program [file normalize [file join [file dirname $harness::link] swr-host]]
set host_output {}
set host_over {}
set host_pids {}

# Starts one that goes on until its pipe, the result, is closed, and waits until it has printed a line.
proc host_serve {name words} {
  set pipe [host_start $name $words {}]
  harness::wait_for $name 5000 {[update; string match *\n* [dict get $::host_output $name]]}
  return $pipe
}

# Starts one with these variables in its environment, "-" for one that is not set.
proc host_start {name words variables args} {
  others_ask
  if {[lindex $words 0] ni {hold full}} {
    set words [linsert $words 1 $harness::extension]
  }
  set command [list {*}$::host_program {*}$words {*}$args]
  with_variables $variables {
    set pipe [open |[list {*}$command 2>@1] r+]
  }
  fconfigure $pipe -blocking 0
  dict set ::host_output $name ""
  dict set ::host_pids $name [pid $pipe]
  fileevent $pipe readable [list host_read $name $pipe]
  return $pipe
}

proc host_read {name pipe} {
  dict append ::host_output $name [read $pipe]
  if {[eof $pipe]} {
    fconfigure $pipe -blocking 1
    if {[catch {close $pipe} message]} {
      dict append ::host_output $name " (ended badly: $message)"
    }
    lappend ::host_over $name
  }
}

# One that does not end in a minute is ended.
proc host_said {name} {
  set alarm [after [patience 60000] [list host_end $name]]
  while {$name ni $::host_over} {
    vwait ::host_over
  }
  after cancel $alarm
  set ::host_over [lsearch -all -inline -not -exact $::host_over $name]
  return [string trim [dict get $::host_output $name]]
}

proc host_end {name} {
  dict append ::host_output $name " (did not end by itself)"
  exec kill -KILL {*}[dict get $::host_pids $name]
}
