# The emulator of the service, as the tests drive it: started for a file, told by control calls how to
# behave, ended with the file. Sourced by harness.tcl, whose variables it shares; the program itself is
# under emulator/, and its README lists the calls.

# Start the emulator of this file and point the environment at it. More arguments are its own.
proc emulator_start {args} {
  if {$harness::emulator ne ""} {
    error "the emulator of this file runs already"
  }
  set port_file [file join $harness::directory port]
  set harness::log [file join $harness::directory requests.log]
  close [open $harness::log w]
  set harness::emulator [open |[list $harness::emulator_path --port-file $port_file \
                                    --log $harness::log --stdin-guard {*}$args 2>@stderr] r+]
  harness::wait_for "the emulator's port" 10000 {
    [file exists $port_file] && [string is integer -strict [string trim [harness::slurp $port_file]]]
  }
  set harness::port [string trim [harness::slurp $port_file]]
  set ::env(SWR_ENDPOINT) http://127.0.0.1:$harness::port
  set ::env(HW_AUTH_TOKEN) emulator-token
}

proc harness::slurp {path} {
  set file [open $path rb]
  set text [read $file]
  close $file
  return $text
}

# Wait until a condition holds in the caller's place; an error names what did not come in time.
proc harness::wait_for {what milliseconds condition} {
  set end [expr {[clock milliseconds] + [patience $milliseconds]}]
  while {![uplevel 1 [list expr $condition]]} {
    if {[clock milliseconds] > $end} {
      error "$what: nothing in [patience $milliseconds] ms"
    }
    after 5
  }
}

# A port of this machine where nobody listens.
proc unused_port {} {
  set listener [socket -server {apply {{channel args} {close $channel}}} -myaddr 127.0.0.1 0]
  set port [lindex [fconfigure $listener -sockname] 2]
  close $listener
  return $port
}

# A time limit, longer where the run is slow.
proc patience {milliseconds} {
  return [expr {int($milliseconds * $harness::slow)}]
}

# Closing its standard input ends the emulator; a bad end (a sanitizer's, say) is a failure.
proc harness::emulator_stop {} {
  variable emulator
  if {$emulator ne ""} {
    set pipe $emulator
    set emulator ""
    if {[catch {close $pipe} message]} {
      fail emulator got $message
    }
  }
}

# A control call; these are not logged. PARAMETERS are names and values, "body" is the body's text
# and "bytes" its bytes. Returns the bytes of the answer.
proc emulator {method path {parameters {}}} {
  set query {}
  set body ""
  foreach {name value} $parameters {
    switch -- $name {
      body    {set body [encoding convertto utf-8 $value]}
      bytes   {set body $value}
      default {lappend query $name $value}
    }
  }
  set url http://127.0.0.1:$harness::port/emulator/$path
  if {[llength $query]} {
    append url ? [http::formatQuery {*}$query]
  }
  set options [list -method $method -binary 1 -timeout [patience 20000]]
  if {$body ne ""} {
    lappend options -query $body -type application/octet-stream
  }
  set call [http::geturl $url {*}$options]
  set state [http::status $call]
  set code [http::ncode $call]
  set answer [http::data $call]
  http::cleanup $call
  if {$state ne "ok" || $code != 200} {
    error "emulator: $method $path: $state $code $answer"
  }
  return $answer
}

# Change how the emulator behaves: emulator_set latency 50 limit-cap 30
proc emulator_set {args} {
  emulator POST set $args
  return
}

# Everything back to the start.
proc emulator_reset {} {
  emulator POST reset
  return
}

# What the next requests get: emulator_answer status 503 times 2 header "Retry-After: 0" body {..}
proc emulator_answer {args} {
  emulator POST answer $args
  return
}

# The next request gets these records and, unless told otherwise, a matching Content-Range.
proc emulator_records {records {range ""}} {
  if {$range eq ""} {
    set range 0-[llength $records]/[llength $records]
  }
  emulator_answer status 200 times 1 type application/json header "Content-Range: $range" \
      body "\[[join $records ,]\]"
}

proc emulator_insert {image count {after 0}} {
  emulator POST insert [list image $image count $count after $after]
  return
}

proc emulator_purge {image count {after 0}} {
  emulator POST purge [list image $image count $count after $after]
  return
}

# Add a record, given as JSON, as a repository's newest.
proc emulator_append {image record} {
  emulator POST append [list image $image body $record]
  return
}

# All jobs of a repository as a JSON array, oldest first. As bytes: Tcl 8.6 has no characters beyond
# U+FFFF, and SQL gets them whole by CAST(@bytes AS TEXT).
proc jobs {image} {
  return [emulator GET jobs [list image $image]]
}

# The example record of the API's reference page as JSON, with other fields in place: FIELDS are
# names and JSON texts, and the text "-" leaves the field out.
proc record {args} {
  set members {
    createdAt        {"2020-03-12T08:11:36.518144Z"}
    domainID         {"0657**************************f60"}
    domainName       {"h**********4"}
    id               1
    namespace        {"test"}
    override         false
    remoteNamespace  {"remtens"}
    remoteRegionId   {"cn-north-1"}
    repoName         {"testrepo"}
    status           {"success"}
    syncOperatorId   {"065***********************10"}
    syncOperatorName {"h**********4"}
    tag              {"8"}
    updatedAt        {"2020-03-12T08:11:41.505499Z"}
  }
  set list {}
  dict for {name text} [dict merge $members $args] {
    if {$text ne "-"} {
      lappend list "\"$name\":$text"
    }
  }
  return "{[join $list ,]}"
}

# ---- A server that says anything ---------------------------------------------------------------------------

# A server of its own process, for answers that no emulator would give: raw_server.tcl says how SCRIPT is
# run. Returns its base URL.
proc raw_server {script} {
  set at [file join $harness::directory raw[llength $harness::guards]]
  close [open $at.log w]
  lappend harness::guards [open |[list [info nameofexecutable] \
      [file join $harness::root test raw_server.tcl] $script $at.port $at.log 2>@stderr] r+]
  harness::wait_for "the port of a server" 10000 {[file exists $at.port]}
  set url http://127.0.0.1:[string trim [harness::slurp $at.port]]
  dict set harness::raw_logs $url $at.log
  return $url
}

# The requests that a raw_server has read, as they came.
proc raw_log {url} {
  return [harness::slurp [dict get $harness::raw_logs $url]]
}
