# The sqlite3 shell, as the tests run it. Sourced by harness.tcl.

# Run the real shell on a script given as its standard input; a dictionary of code, out and err.
proc shell {script args} {
  set out [file join $harness::directory shell.out]
  set err [file join $harness::directory shell.err]
  set code [catch {
    exec -ignorestderr {*}$harness::shell {*}$args << $script > $out 2> $err
  } message options]
  set status 0
  if {$code} {
    set status [lindex [dict get $options -errorcode] 2]
    if {[lindex [dict get $options -errorcode] 0] ne "CHILDSTATUS"} {
      set status $message
    }
  }
  set result [dict create code $status out [encoding convertfrom utf-8 [harness::slurp $out]] \
                  err [encoding convertfrom utf-8 [harness::slurp $err]]]
  harness::hear $result
  harness::learn_secrets $script
  return $result
}
