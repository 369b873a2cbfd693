# The emulator of the service, as the tests drive it: started for a file, told by control calls how to
# behave, ended with the file. Sourced by harness.tcl, whose variables it shares; the program itself is
# under emulator/, and its README lists the calls.

# Start the emulator of this file and point the environment at it. More arguments are its own.
proc emulator_start {args} {
  if {$harness::emulator ne ""} {
    error "the emulator of this file runs already"
  }
  lassign [harness::launch "" $args] harness::emulator harness::port harness::log
  set ::env(SWR_ENDPOINT) http://127.0.0.1:$harness::port
  set ::env(HW_AUTH_TOKEN) emulator-token
  if {$harness::concurrency ne ""} {
    set ::env(SWR_CONCURRENCY) $harness::concurrency
  }
  if {$harness::front ne ""} {
    lassign [harness::front_start $harness::front] ::env(SWR_ENDPOINT) ::env(SWR_CA_FILE)
  }
}

# An emulator with files of that name: its pipe, its port and its log.
proc harness::launch {name arguments} {
  variable directory
  variable emulator_path
  set port_file [file join $directory port$name]
  set log [file join $directory requests$name.log]
  close [open $log w]
  set pipe [open |[list $emulator_path --port-file $port_file --log $log --stdin-guard \
                       {*}$arguments 2>@stderr] r+]
  wait_for "the emulator's port" 10000 {
    [file exists $port_file] && [string is integer -strict [string trim [slurp $port_file]]]
  }
  return [list $pipe [string trim [slurp $port_file]] $log]
}

# Start an emulator of another region, and name it to the extension as that region's endpoint.
proc region_start {region args} {
  lassign [harness::launch -$region $args] pipe port log
  dict set harness::regions $region [dict create pipe $pipe port $port log $log read 0]
  set ::env([region_variable $region]) http://127.0.0.1:$port
}

# The SDKs' variable for the endpoint of a region.
proc region_variable {region} {
  return HUAWEICLOUD_SDK_REGION_SWR_[string map {- _} [string toupper $region]]
}

# Run a script for which the emulator of a region is that of the file: what it is told, and its requests.
proc in_region {region script} {
  set kept [list $harness::port $harness::log $harness::read]
  set state [dict get $harness::regions $region]
  set harness::port [dict get $state port]
  set harness::log [dict get $state log]
  set harness::read [dict get $state read]
  set code [catch {uplevel 1 $script} result options]
  dict set harness::regions $region read $harness::read
  lassign $kept harness::port harness::log harness::read
  return -options $options $result
}

# Forget the requests of all regions.
proc clear_all_requests {} {
  clear_requests
  foreach region [dict keys $harness::regions] {
    in_region $region clear_requests
  }
}

# The requests since then, each after its region, which is HERE for the file's own emulator; sorted.
proc all_requests {here} {
  set all [lmap request [requests] {string cat "$here $request"}]
  foreach region [dict keys $harness::regions] {
    foreach request [in_region $region requests] {
      lappend all "$region $request"
    }
  }
  return [lsort $all]
}

# What a file says of concurrency is its own: whatever SWR_TEST_CONCURRENCY says, the setting is at its default.
proc own_concurrency {} {
  unset -nocomplain ::env(SWR_CONCURRENCY)
  set harness::concurrency ""
}

# Nor is what it says of pages: they have 100 jobs each, and do not grow.
proc pages_of_100 {} {
  set ::env(SWR_PAGE_SIZE) 100
}

# What a file says of requests is which, and not in which order, also where they are made one after the other.
proc in_any_order {} {
  set harness::any_order 1
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

# Closing its standard input ends an emulator; a bad end (a sanitizer's, say) is a failure.
proc harness::emulator_stop {} {
  variable emulator
  variable regions
  set pipes [lmap state [dict values $regions] {dict get $state pipe}]
  if {$emulator ne ""} {
    lappend pipes $emulator
  }
  set emulator ""
  set regions {}
  foreach port [dict keys $harness::settlers] {
    forget_settler $port
  }
  foreach pipe $pipes {
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
  # What is changed is for what comes, and not for what a statement before has left.
  if {$method eq "POST"} {
    harness::settle
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

# Wait until what was sent so far is in the emulator's log: a request that a statement sent and then did not
# need is read when the server's thread gets to run, which on a busy machine is after the statement's end.
# Where nginx stands in front it is asked through nginx, a single process that takes what comes in turn.
proc harness::settle {} {
  variable port
  variable fronts
  if {$port == 0} {
    return
  }
  set asked [expr {[dict exists $fronts $port] ? [dict get $fronts $port] : $port}]
  # A connection that was idle for long may have been closed; an emulator that has ended has logged all.
  if {[catch {ask_settled $asked}]} {
    forget_settler $asked
    if {[catch {ask_settled $asked}]} {
      forget_settler $asked
    }
  }
}

# The answer comes over a connection that stays, since there is a question before each statement.
proc harness::ask_settled {port} {
  variable settlers
  if {![dict exists $settlers $port]} {
    set channel [socket 127.0.0.1 $port]
    fconfigure $channel -translation binary -buffering none
    dict set settlers $port $channel
  }
  set channel [dict get $settlers $port]
  puts -nonewline $channel "GET /emulator/settle HTTP/1.1\r\nHost: 127.0.0.1:$port\r\n\r\n"
  set length 0
  while {[set line [string trimright [gets $channel] \r]] ne ""} {
    regexp -nocase {^content-length: (\d+)} $line - length
  }
  set answer [read $channel $length]
  if {$answer eq ""} {
    error "the emulator has gone"
  }
  return [string trim $answer]
}

proc harness::forget_settler {port} {
  variable settlers
  if {[dict exists $settlers $port]} {
    catch {close [dict get $settlers $port]}
    dict unset settlers $port
  }
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

# A job that is not listed any more, from 0, the oldest, or -1, the newest; and all of them listed again.
proc emulator_hide {image at {after 0}} {
  emulator POST hide [list image $image at $at after $after]
  return
}

proc emulator_show {image {after 0}} {
  emulator POST show [list image $image after $after]
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
