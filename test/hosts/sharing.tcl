# doc/sharing.md: a mirror, and what reads it: Litestream, PostgreSQL, DuckDB. The commands are run as they stand there and print
# what stands there.
#
#   tclsh test/hosts/sharing.tcl
#
# `sh .ci/deps.sh sharing` installs PostgreSQL and its ogr_fdw; Litestream and DuckDB come from npm.

source -encoding utf-8 [file join [file dirname [file normalize [info script]]] document.tcl]
foreach image {load/million group/history} {
  emulator POST remove [list image $image]
}

set root $harness::root
set place [file join $harness::directory sharing]
set lib [file join $place lib]
set peers [file join $root build npm sharing]
set built [lindex [glob $harness::extension.*] 0]
file mkdir $place $lib
file copy $built [file join $lib libswr_sync_job[file extension $built]]
file link [file join $place sql] [file join $root sql]
exec sh [file join $root test packages npm.sh] $peers [file join $here sharing.json] >@stdout 2>@1
file link [file join $place node_modules] [file join $peers node_modules]
set env(PATH) [file join $peers node_modules .bin]:$env(PATH)
set env(LD_LIBRARY_PATH) $lib

# ---- A server of PostgreSQL, which ends with the tests --------------------------------------------------------

set server [file join $harness::directory postgres]
set programs [lindex [lsort [glob /usr/lib/postgresql/*/bin]] end]

# PostgreSQL refuses to be root.
proc as_postgres {args} {
  set user [expr {[exec id -u] == 0 ? {runuser -u postgres --} : {}}]
  exec {*}$user env -u LD_LIBRARY_PATH {*}$args 2>@1
}

proc postgres_start {} {
  global server programs env
  file mkdir $server
  if {[exec id -u] == 0} {
    exec chown postgres $server
    exec chmod 755 $::harness::directory
  }
  as_postgres $programs/initdb -D $server/data --auth=trust --username=postgres --no-sync
  as_postgres $programs/pg_ctl -D $server/data -w -l $server/log -o "-F -k $server -h ''" start >/dev/null
  array set env [list PGHOST $server PGUSER postgres PGDATABASE postgres]
}

# The rows of job there are the file's: its user reads what we have written.
proc script {title commands} {
  if {$title eq "PostgreSQL"} {
    exec chmod -R go+rwX $::place
    exec sed -i s|/var/lib/swr|$::place| $::place/jobs.sql
  }
  write_file run.sh "cd '$::place'\n[join $commands \n]\n"
  return [file join $::place run.sh]
}

proc jobs {file} {
  sqlite3 copy $file -readonly 1
  set count [copy onecolumn {SELECT count(*) FROM job WHERE image = 'group/busybox'}]
  copy close
  return $count
}

# ---- The document -------------------------------------------------------------------------------------------

fconfigure stdout -encoding utf-8
foreach section [document {doc sharing.md}] {
  dict with section {
    foreach {name contents} $files {
      write_file $name $contents
    }
    if {$title eq "PostgreSQL"} {
      postgres_start
    }
    if {$title ne "Live, on every node"} {
      do_test sharing-[string tolower [lindex $title end]] {run $title $commands} [join $printed \n]
    }
  }
}
catch {as_postgres $programs/pg_ctl -D $server/data -m immediate -w stop}

# ---- Litestream as a service, beside runs of the mirror ---------------------------------------------------------

set service [open |[list sh -c "cd '$place' && exec node_modules/@flydotio/litestream-linux-x64/litestream replicate \
    mirror.db file://$place/again >service.log 2>&1"] r]
emulator_insert group/busybox 7
do_test sharing-mirror-beside-litestream {
  run mirror [list {sqlite3 -bail -cmd '.timeout 5000' -cmd '.load libswr_sync_job' mirror.db '.read sql/mirror.sql'}]
} {}
proc restored {} {
  file delete $::place/beside.db
  run restore [list "litestream restore -o beside.db file://$::place/again"]
  return [expr {[file exists $::place/beside.db] && [jobs $::place/beside.db] == 1007}]
}
do_test sharing-litestream-service {
  harness::wait_for "a copy of the run" 60000 {[restored]}
  jobs $place/beside.db
} 1007
exec kill [pid $service]
catch {close $service}

finish_test
