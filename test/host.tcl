# Hosts of the extension that are processes of their own, side by side with each other and with what this process
# serves. Sourced after harness.tcl.
#
#   host_start slow {interrupt 300 0} {SWR_DEADLINE 2} "SELECT ..."
#   host_said slow                       what it printed, once it has ended
#
# The words are the command of test/host/host.h without the extension's name, which comes after the first.

set host_program [file normalize [file join [file dirname $harness::link] swr-host]]
set host_output {}
set host_over {}

# Starts one with these variables in its environment, "-" for one that is not set.
proc host_start {name words variables args} {
  set command [list {*}$::host_program [lindex $words 0] $harness::extension {*}[lrange $words 1 end] {*}$args]
  with_variables $variables {
    set pipe [open |[list {*}$command 2>@1] r+]
  }
  fconfigure $pipe -blocking 0
  dict set ::host_output $name ""
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

proc host_said {name} {
  set late 0
  set alarm [after [patience 60000] {lappend ::host_over timeout}]
  while {$name ni $::host_over} {
    vwait ::host_over
    if {"timeout" in $::host_over} {
      error "$name has not ended; it said: [dict get $::host_output $name]"
    }
  }
  after cancel $alarm
  set ::host_over [lsearch -all -inline -not -exact $::host_over $name]
  return [string trim [dict get $::host_output $name]]
}
