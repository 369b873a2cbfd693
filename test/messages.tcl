# Every error is told in two lines: what failed, with what came back; and what to do.
#
#   Read are the errors of all connections that db_open has opened. One of this extension begins with the name
#   of a table or function. It has at most two lines, neither of them empty or longer than one reads, and
#   characters beyond ASCII only where a service or a user has said them, which is in the first. finish_test
#   fails where a test has seen another one.
#
# Sourced by harness.tcl.

namespace eval harness {
  variable odd_messages {}   ;# as the keys of a dictionary, each with what is wrong with it
  variable first_line  900   ;# characters: a service's own words, 512 at most, are in the first line
  variable second_line 540   ;# and the second names every place that credentials are looked for in
}

# What is wrong with an error message; nothing for those of others, such as SQLite.
proc harness::message_trouble {message} {
  variable first_line
  variable second_line
  if {![regexp {^swr_[a-z_]+: } $message]} {
    return
  }
  set lines [split $message \n]
  lassign $lines first second
  if {[llength $lines] > 2} {
    return "[llength $lines] lines"
  }
  if {[llength $lines] == 2 && [string trim $second] eq ""} {
    return "an empty second line"
  }
  if {[string length $first] > $first_line || [string length $second] > $second_line} {
    return "lines of [string length $first] and [string length $second] characters"
  }
  if {[regexp {[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffd]} $message]} {
    return "control characters"
  }
  # What we say after the words of others is ours alone: the second line quotes nobody but for a name.
  if {[regexp {[^\x00-\x7f]} $second]} {
    return "a second line that is not ASCII"
  }
}

proc harness::read_error {message} {
  variable odd_messages
  set trouble [message_trouble $message]
  if {$trouble ne ""} {
    dict set odd_messages $message $trouble
  }
}

proc harness::check_messages {} {
  variable odd_messages
  dict for {message trouble} $odd_messages {
    fail "an error message of $trouble" said $message
  }
}
