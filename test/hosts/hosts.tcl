# Every host of doc/hosts.md: its program, written out as it stands there, is run by the commands that stand there, and
# prints what stands there. With a token that is not accepted it shows the extension's text; and Ctrl-C, while the service is
# silent, does what the paragraph says of it.
#
#   tclsh test/hosts/hosts.tcl ?HEADING?...         these hosts (patterns of "string match"), or all
#
# `sh .ci/deps.sh hosts` installs them. A host that is not there fails: nothing is left out.

source -encoding utf-8 [file join [file dirname [file normalize [info script]]] document.tcl]

set root $harness::root
set wanted [expr {[llength $argv] ? $argv : {*}}]
set built [lindex [glob $harness::extension.*] 0]

# ---- A machine on which all is installed --------------------------------------------------------------------

set place [file join $harness::directory hosts]
set lib [file join $place lib]
file mkdir $place $lib [file join $place bin]
file copy $built [file join $lib libswr_sync_job[file extension $built]]
set peers [file join $root build npm]
# The distribution's, whatever else of that name comes first on this machine.
file link [file join $place bin python3] /usr/bin/python3
set env(PATH) [file join $place bin]:[file join $place node_modules .bin]:$env(PATH)
set env(LD_LIBRARY_PATH) $lib
array set env [list GO111MODULE off GOPATH /usr/share/gocode GOCACHE [file join $harness::directory go] GOFLAGS "" \
                   NO_COLOR 1 DENO_DIR [file join $harness::directory deno] R_LIBS_USER ""]
set newest_node [file join $peers packages node_modules .bin]

# What comes from npm, if one of these hosts is wanted.
proc from_npm {folder list hosts} {
  if {[llength [lmap host $hosts {expr {[wanted $host] ? 1 : [continue]}}]]} {
    exec sh [file join $::root test packages npm.sh] [file join $::peers $folder] [file join $::root test $list] \
        >@stdout 2>@1
  }
}

proc wanted {title} {
  foreach pattern $::wanted {
    if {[string match $pattern $title]} {
      return 1
    }
  }
  return 0
}

file mkdir [file join $peers hosts node_modules]
file link [file join $place node_modules] [file join $peers hosts node_modules]
from_npm hosts hosts/package.json {{Node.js: better-sqlite3} {Node.js: libsql} Bun Deno}
from_npm packages packages/package.json {{Node.js: node:sqlite}}

# ---- Running ------------------------------------------------------------------------------------------------

# A script of bash for these commands, in the place where the programs are.
proc script {title commands} {
  set path [expr {$title eq "Node.js: node:sqlite" ? "PATH=$::newest_node:\$PATH\n" : ""}]
  set commands [lmap command $commands {string map [list /usr/local/lib $::lib] $command}]
  write_file run.sh "cd '$::place'\n$path[join $commands \n]\n"
  return [file join $::place run.sh]
}

# Starts commands as a process group of their own, sends it what Ctrl-C sends once the service was asked, and waits
# for its end: how long that took in milliseconds, and what was printed.
proc interrupted {title commands} {
  clear_requests
  # Whoever started the tests may have them ignore it.
  set pipe [open |[list setsid env --default-signal=INT bash [script $title $commands] 2>@1] r]
  harness::wait_for "a request of $title" 120000 {[llength [requests]] > 0}
  after 200
  set began [clock milliseconds]
  exec kill -INT -- -[pid $pipe]
  set text [read $pipe]
  catch {close $pipe}
  return [list [expr {[clock milliseconds] - $began}] $text]
}

# ---- Each host ----------------------------------------------------------------------------------------------

fconfigure stdout -encoding utf-8
foreach section [document {doc hosts.md}] {
  dict with section {
    foreach {name contents} $files {
      write_file $name $contents
    }
    if {$title eq "Not run here" || ![wanted $title]} {
      continue
    }
    set began [clock milliseconds]
    set name hosts-[string trim [regsub -all {\W+} [string tolower $title] -] -]
    do_test $name-rows {run $title $commands} [join $printed \n]
    # What was compiled is there; what asks is what came last.
    set last [list [lindex $commands end]]
    do_match_test $name-error {
      with_variables {HW_AUTH_TOKEN expired} {run $title $last}
    } {{*swr_sync_job: group/busybox: HTTP 401, APIGW.0301*}}
    set how [regexp -all -inline {Ctrl-C (?:ends the (?:statement|program)|acts when the answer is there)} $said]
    set latency [patience [expr {[string match *acts* $how] ? 4000 : 120000}]]
    emulator_set latency $latency
    do_test $name-interrupt {
      lassign [interrupted $title $last] took text
      switch -glob -- $how {
        *statement* {set right [regexp -nocase {interrupt|context canceled} $text]}
        *program*   {set right [expr {![regexp {success} $text]}]}
        *acts*      {set right [expr {![regexp {success} $text]}]}
        default     {set right "the paragraph does not say what Ctrl-C does: $how"}
      }
      if {$took >= $latency / 2 && ![string match *acts* $how]} {
        lappend right "ended after $took ms only"
      }
      expr {$right eq "1" ? "as it says" : "$right: $text"}
    } "as it says"
    do_match_test $name-deadline {
      with_variables {SWR_DEADLINE 1 SWR_RETRIES 0} {run $title $last}
    } {{*swr_sync_job: group/busybox: *}}
    emulator_set latency 0
    puts "$title: [format %.1f [expr {([clock milliseconds] - $began) / 1000.0}]] s"
  }
}

# ---- What the paragraphs say besides ------------------------------------------------------------------------

if {[wanted "Python: sqlite3"]} {
  emulator_set latency [patience 120000]
  do_test hosts-python-interrupt-from-thread {exec python3 [file join $here interrupt.py] 2>@1} interrupted
  emulator_set latency 0
}
if {[wanted "Java: sqlite-jdbc"]} {
  emulator_set latency [patience 120000]
  do_match_test hosts-java-cancel {
    exec java -cp /usr/share/java/sqlite-jdbc.jar [file join $here Cancel.java] 2>@1
  } {{*interrupted*}}
  emulator_set latency 0
}
if {[wanted "PHP: SQLite3"]} {
  do_test hosts-php-twice {
    exec php -d sqlite3.extension_dir=$lib [file join $here twice.php] 2>@1
  } "prepare 2\nquery 2\nquerySingle 1"
}

# ---- The packages, in hosts that the tests of packages have not ---------------------------------------------

# What the package for KIND holds, unpacked.
proc unpacked {kind pattern} {
  set folder [file join $::place packages]
  with_variables {SOURCE_DATE_EPOCH 1767225600} {
    exec sh [file join $::root package make.sh] $::built $folder $kind 2>@1
  }
  exec sh -c {cd "$0" && case $1 in *.tgz) tar -xzf "$1" ;; *) /usr/bin/python3 -m zipfile -e "$1" . ;; esac} \
      $folder [glob -directory $folder $pattern]
  return $folder
}

if {[wanted "Python: apsw"]} {
  set folder [unpacked python *.whl]
  do_test hosts-wheel-apsw {
    with_variables [list PYTHONPATH $folder] {
      exec python3 -c {
import apsw, swr_sync_job
connection = apsw.Connection(":memory:")
swr_sync_job.load(connection)
print(*connection.cursor().execute("SELECT count(*) FROM swr_sync_job WHERE image = 'group/busybox'").fetchone())
} 2>@1
    }
  } 1000
}

foreach {title program open} {
  {Node.js: better-sqlite3} node {require('better-sqlite3')(':memory:')}
  {Node.js: libsql}         node {new (require('libsql'))(':memory:')}
  Bun                       bun  {new (require('bun:sqlite').Database)(':memory:')}
} {
  if {[wanted $title]} {
    if {![file isdirectory [file join $place packages package]]} {
      unpacked npm *.tgz
    }
    write_file load.cjs [subst -nocommands {
      const db = $open;
      require('./packages/package').load(db);
      const count = db.prepare("SELECT count(*) AS jobs FROM swr_sync_job WHERE image = 'group/busybox'");
      console.log(count.get().jobs);
    }]
    do_test hosts-npm-[string tolower [lindex $title end]] {
      exec sh -c {cd "$0" && exec "$1" load.cjs} $place $program 2>@1
    } 1000
  }
}

# ---- A host's own TLS ---------------------------------------------------------------------------------------

# Node.js exports its own OpenSSL, zlib and nghttp2, which libcurl then uses: certificates are verified all the same, and
# HTTP/2 and compressed answers read.
if {[wanted {Node.js: better-sqlite3}]} {
  source [file join $root test nginx.tcl]
  make_authority ours
  make_authority other
  make_certificate good ours {DNS:localhost,IP:127.0.0.1}
  nginx_start {http2 good {ssl http2} {gzip_min_length 1;}}
  set channel [open [file join $place tls.cjs] w]
  puts $channel {
    const [library, url, ...authorities] = process.argv.slice(2);
    const db = new (require('better-sqlite3'))(':memory:');
    db.loadExtension(library);
    for (const authority of authorities) {
      try {
        db.prepare("SELECT swr_config('endpoint', ?), swr_config('ca_file', ?)").get(url, authority);
        console.log(db.prepare("SELECT count(tag) AS jobs FROM swr_sync_job WHERE image = 'group/busybox'").get().jobs);
      } catch (error) {
        console.log(error.message);
      }
    }
  }
  close $channel
  do_match_test hosts-node-own-tls {
    set said [exec node [file join $place tls.cjs] $harness::extension [dict get $servers http2] \
                  [file join $scratch other.pem] [file join $scratch ours.pem] 2>@1]
    list $said [lsort -unique [lmap line [logged http2 10] {lreplace $line 2 2}]]
  } {{*certificate is not trusted*unable to get local issuer certificate*1000\} {{HTTP/2.0 200 gzip .}}}}
}

finish_test
