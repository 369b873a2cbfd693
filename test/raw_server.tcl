# A server that says whatever it is told to, for answers that no emulator of a service would give:
#
#     tclsh raw_server.tcl SCRIPT PORT-FILE LOG
#
# It listens on a port of this machine that it writes into PORT-FILE. To each connection it reads one
# request, appends it to LOG as it came, and runs SCRIPT with the connection in $channel
# (and the request in $::request); then it closes it.
# It ends when its standard input does.

lassign $argv script port_file log

proc serve {channel address port} {
  fconfigure $channel -translation binary -buffering none
  set request ""
  while {[gets $channel line] >= 0 && $line ni {"" "\r"}} {
    append request $line\n
  }
  set file [open $::log ab]
  puts $file $request
  close $file
  set ::request $request
  catch {uplevel #0 [list apply [list channel $::script] $channel]}
  catch {close $channel}
}

set listener [socket -server serve -myaddr 127.0.0.1 0]
set file [open $port_file.new w]
puts $file [lindex [fconfigure $listener -sockname] 2]
close $file
file rename $port_file.new $port_file
fconfigure stdin -blocking 0
fileevent stdin readable {
  read stdin
  if {[eof stdin]} {
    exit
  }
}
vwait forever
