# No secret is ever seen: what every test of a file has returned, printed, explained or logged is kept, and
# finish_test looks through it for each secret that the file has used. One hit fails the file.
#
#   Kept are: results and error messages of all connections that db_open has opened, plans, what shells and
#   other programs print, SQLite's error log, and the requests as the emulator logs them (credentials as
#   right or wrong). Rows that a script takes one by one are kept where the harness takes them. Secrets
#   are: what a test names with "secret", what is given to a variable of the environment or to swr_config
#   that takes one, and the tokens that the emulator issues.
#
# Sourced by harness.tcl.

namespace eval harness {
  # Texts, as the keys of a dictionary. All tokens that the emulator issues as IAM begin so.
  variable secrets {MIIemulator 1}
  variable said ""           ;# the channel into the file of what is kept
  variable secret_variables {
    *_AUTH_TOKEN *_AK *_SK *_SECURITY_TOKEN *_ACCESS_KEY *_SECRET_KEY *_PASSWORD
  }
  variable secret_settings {token access_key secret_key security_token user_password}
}

# Name a secret; returns it. Shorter words than eight characters would be found by chance.
proc secret {text} {
  if {[string length $text] >= 8} {
    dict set harness::secrets $text 1
  }
  return $text
}

proc harness::hear {text} {
  variable said
  if {$said ne ""} {
    puts $said [encoding convertto utf-8 $text]
  }
}

# Called after each command of a connection, and behind exec.
proc harness::hear_command {command code result operation} {
  hear $result
  if {$code == 1 && [lindex $command 0] ne "exec"} { ;# a program prints more than the message
    read_error $result
  }
  learn_secrets $command
}

# Secrets that SQL hands to swr_config; each argument a literal or a variable of the caller's caller.
proc harness::learn_secrets {sql} {
  variable secret_settings
  set argument {(?:'([^']*)'|\$(\w+))}
  foreach {- name name_variable text text_variable} \
      [regexp -all -inline "swr_config\\($argument,\\s*$argument" $sql] {
    foreach part {name text} {
      if {[set ${part}_variable] ne ""} {
        set $part ""
        if {[uplevel 2 [list info exists [set ${part}_variable]]]} {
          set $part [uplevel 2 [list set [set ${part}_variable]]]
        }
      }
    }
    if {$name in $secret_settings} {
      secret $text
    }
  }
}

proc harness::learn_variable {array name operation} {
  variable secret_variables
  foreach pattern $secret_variables {
    if {[string match $pattern $name]} {
      secret $::env($name)
      return
    }
  }
}

# SQLite's error log can only be set before SQLite is used, and not from Tcl.
proc harness::begin_listening {} {
  variable directory
  variable error_log [file join $directory error.log]
  variable said [open [file join $directory said] w]
  fconfigure $said -translation binary
  close [open $error_log w]
  set ::env(SWR_TEST_ERROR_LOG) $error_log
  load $harness::error_log_library Errorlog
  unset ::env(SWR_TEST_ERROR_LOG)
  trace add variable ::env write harness::learn_variable
  trace add execution exec leave harness::hear_command
}

# What SQLite has logged, from a position on (error_log_size).
proc error_log {{from 0}} {
  return [string range [encoding convertfrom utf-8 [harness::slurp $harness::error_log]] $from end]
}

proc error_log_size {} {
  return [string length [error_log]]
}

# Where secrets were seen: the text around each place, with the secret itself masked.
proc harness::sightings {} {
  variable said
  variable error_log
  variable secrets
  flush $said
  set found {}
  foreach path [list [file join $harness::directory said] $error_log $harness::log] {
    if {$path eq ""} {
      continue ;# a file without an emulator
    }
    set text [slurp $path]
    dict for {secret -} $secrets {
      set bytes [encoding convertto utf-8 $secret]
      for {set at [string first $bytes $text]} {$at >= 0} {set at [string first $bytes $text $at+1]} {
        lappend found "[file tail $path]: [string map [list $bytes <secret>] [string range $text \
            [expr {max(0, $at - 100)}] [expr {$at + [string length $bytes] + 60}]]]"
      }
    }
  }
  return $found
}

proc harness::check_secrets {} {
  set found [sightings]
  if {[llength $found]} {
    fail "a secret was seen [llength $found] times" {*}[concat {*}[lmap text [lrange $found 0 9] {list seen $text}]]
  }
}
