# Every package: built, the same bytes each time, installed where nothing of it was before, loaded from there by
# who would use it, and asked.
#
#   tclsh test/packages/packages.tcl ?debian? ?python? ?npm? ?sqlpkg? ?release?     these parts, or all
#
# `sh .ci/deps.sh packages` installs what it needs. What is not there fails: nothing is left out.

set here [file dirname [file normalize [info script]]]
source -encoding utf-8 [file join [file dirname $here] harness.tcl]
own_concurrency
others_ask
emulator_start
array unset env MAKE*
array unset env MFLAGS

set parts {debian python npm sqlpkg release}
if {[llength $argv]} {
  set parts $argv
}
set root $harness::root
set version [string trim [harness::slurp [file join $root VERSION]]]
set library [lindex [glob $harness::extension.*] 0]
set folder [file join $harness::directory packages]
set question {SELECT count(*) FROM swr_sync_job WHERE image = 'group/busybox'}
set answer 1000

# What a command prints, whether it succeeds or not.
proc said {args} {
  catch {exec -ignorestderr {*}$args 2>@1} text
  regsub {\nchild process exited abnormally$} $text {} text
  return $text
}

# As it is used: a folder of the tree, of whatever umask, in whatever time zone.
proc make_packages {tree folder umask kinds} {
  with_variables [list SOURCE_DATE_EPOCH 1767225600 COMMIT tested TZ Asia/Shanghai] {
    exec sh -c {umask $0 && exec sh "$@"} $umask [file join $tree package make.sh] $::library $folder {*}$kinds 2>@1
  }
}

proc package {pattern} {
  set found [glob -nocomplain -directory $::folder $pattern]
  if {[llength $found] != 1} {
    error "$pattern: [llength $found] files"
  }
  return [lindex $found 0]
}

proc has {part} {
  return [expr {$part in $::parts}]
}

# ---- Built, twice -------------------------------------------------------------------------------------

set kinds [lmap kind {debian python npm sqlpkg} {expr {[has $kind] ? $kind : [continue]}}]
if {[llength $kinds]} {
  set elsewhere [file join $harness::directory elsewhere]
  file mkdir $elsewhere
  foreach name {CHANGELOG.md LICENSE Makefile README.md VERSION doc ext sql package} {
    exec sh -c {umask 077 && cp -R "$0" "$1"} [file join $root $name] $elsewhere/
  }
  make_packages $root $folder 022 $kinds
  make_packages $elsewhere $harness::directory/again 077 $kinds
  # These tell of the machine and the folder of the build.
  set made [lmap path [lsort [glob -directory $folder *]] {
    expr {[file extension $path] in {.buildinfo .changes} ? [continue] : $path}}]
  foreach path $made {
    do_test packages-same-bytes-[file tail $path] {
      expr {[harness::slurp $path] eq [harness::slurp $harness::directory/again/[file tail $path]]}
    } 1
  }
  do_test packages-version {
    lmap path $made {expr {[string match "*$version*" $path] || [file tail $path] eq "sqlpkg.json" ? [continue] : $path}}
  } {}
}

# ---- Debian ---------------------------------------------------------------------------------------------

if {[has debian]} {
  do_test packages-debian-lintian {
    exec lintian --allow-root --display-info --fail-on error,warning,info [package *.changes] 2>@1
  } {}
  set deb [package libsqlite3-mod-swr_*.deb]
  do_match_test packages-debian-depends {exec dpkg-deb -f $deb Depends} {{*libcurl4 (>= 7.85)*}}
  set triplet [exec gcc -print-multiarch]
  do_test packages-debian-files {
    lsort [lmap line [split [exec dpkg-deb --fsys-tarfile $deb | tar -tf -] \n] {
      expr {[regexp {/$|/doc/|/lintian/|\.sql$} $line] ? [continue] : [string range $line 1 end]}}]
  } [lsort "/usr/lib/$triplet/libswr_sync_job.so /usr/lib/$triplet/pkgconfig/swr_sync_job.pc
            /usr/share/man/man7/swr_sync_job.7.gz"]
  set load "sqlite3 -cmd '.load libswr_sync_job' :memory: \"$question\""
  set script {
    export LC_ALL=C PATH=/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin
    rm -f /usr/local/lib/libswr_sync_job.* && ldconfig
    LOAD 2>&1 | grep -o 'cannot open shared object'
    dpkg -i /mnt/DEB >/dev/null && LOAD && pkg-config --modversion swr_sync_job &&
      ls /usr/share/swr_sync_job/report.sql && man -w swr_sync_job | sed 's/.*man7/man7/' &&
      dpkg -P libsqlite3-mod-swr >/dev/null
    LOAD 2>&1 | grep -o 'cannot open shared object'
    find /usr -name '*swr_sync_job*' -newer /mnt
  }
  do_test packages-debian-installed {
    string map {{ No such} {}} [said sh [file join $here clean.sh] $folder \
        [string map [list LOAD $load DEB [file tail $deb]] $script]]
  } [join [list {cannot open shared object} $answer $version /usr/share/swr_sync_job/report.sql \
               man7/swr_sync_job.7.gz {cannot open shared object}] \n]
}

# ---- Python ---------------------------------------------------------------------------------------------

if {[has python]} {
  set wheel [package *.whl]
  do_match_test packages-python-record {
    exec /usr/bin/python3 -m wheel unpack --dest $harness::directory/unpacked $wheel 2>@1
  } {{Unpacking to:*OK}}
  set place [file join $harness::directory venv]
  exec /usr/bin/python3 -m venv $place
  exec $place/bin/python -m pip install -q --no-index --disable-pip-version-check $wheel 2>@1
  do_test packages-python-load {
    exec $place/bin/python -c {
import sqlite3, sys, swr_sync_job
connection = sqlite3.connect(":memory:")
swr_sync_job.load(connection)
print(*connection.execute(sys.argv[1]).fetchone(), swr_sync_job.__version__)
try:
    connection.load_extension(swr_sync_job.loadable_path())
except sqlite3.OperationalError as error:
    print(error)
} $question
  } "$answer $version\nnot authorized"
  do_match_test packages-python-without-loading {
    said $place/bin/python -c {import swr_sync_job; swr_sync_job.load(object())}
  } {{*RuntimeError: swr_sync_job: this Python was built without loading of SQLite extensions: *}}
  do_test packages-python-uninstall {
    exec $place/bin/python -m pip uninstall -q -y --disable-pip-version-check swr-sync-job 2>@1
    glob -nocomplain $place/lib/python*/site-packages/swr*
  } {}
}

# ---- npm ------------------------------------------------------------------------------------------------

if {[has npm]} {
  set place [file join $harness::directory node]
  file mkdir $place
  exec sh [file join $here npm.sh] [file join $root build npm packages] [file join $here package.json] >@stdout 2>@1
  exec npm install --prefix $place --offline --no-audit --no-fund --loglevel=error [package swr-sync-job-*.tgz] 2>@1
  set node [file join $root build npm packages node_modules .bin node]
  set file [open $place/ask.mjs w]
  puts $file {
    import {DatabaseSync} from 'node:sqlite';
    import {getLoadablePath, load} from 'swr-sync-job';
    import {readFileSync} from 'node:fs';
    const db = new DatabaseSync(':memory:', {allowExtension: true});
    load(db);
    const version = JSON.parse(readFileSync('node_modules/swr-sync-job/package.json')).version;
    const path = getLoadablePath().replace(/.*node_modules/, '');
    console.log(Object.values(db.prepare(process.argv[2]).get())[0], version, path);
  }
  close $file
  set platform [exec node -p {`${process.platform}-${process.arch}`}]
  do_test packages-npm-load {
    exec sh -c {cd "$0" && shift && exec "$@"} $place - $node ask.mjs $question 2>@1
  } "$answer $version /swr-sync-job/lib/$platform/swr_sync_job[file extension $library]"
  do_match_test packages-npm-other-machine {
    file rename $place/node_modules/swr-sync-job/lib/$platform $place/node_modules/swr-sync-job/lib/other
    said sh -c {cd "$0" && shift && exec "$@"} $place - $node ask.mjs $question
  } [list "*Error: swr-sync-job: this package has no library for $platform; build one from the sources*"]
}

# ---- sqlpkg and the release -----------------------------------------------------------------------------

# As sqlpkg does: the file that is named for this machine, its checksum compared, unpacked without folders.
if {[has sqlpkg]} {
  sqlite3 json :memory:
  set specification [harness::slurp [package sqlpkg.json]]
  set machine [string map {x86_64 amd64 aarch64 arm64} $tcl_platform(machine)]
  set archive [json onecolumn {SELECT $specification ->> ('$.assets.files.linux-' || $machine)}]
  do_test packages-sqlpkg-version {json onecolumn {SELECT $specification ->> '$.version'}} $version
  do_test packages-sqlpkg-checksum {
    json onecolumn {SELECT value FROM json_each($specification, '$.assets.checksums') WHERE key = $archive}
  } sha256-[lindex [exec sha256sum [package $archive]] 0]
  do_test packages-sqlpkg-symbols {
    json eval {SELECT value FROM json_each($specification, '$.symbols') ORDER BY 1}
  } {swr_feature swr_namespace swr_overview swr_repo swr_retention_log swr_sync_job swr_sync_region swr_sync_rule swr_tag}
  do_test packages-sqlpkg-load {
    set place [file join $harness::directory .sqlpkg swr-sync-job swr_sync_job]
    file mkdir $place
    exec tar -xzf [package $archive] -C $place
    list [lsort [glob -directory $place -tails *]] \
        [string trim [dict get [shell ".load $place/swr_sync_job\n$question;"] out]]
  } [list [list LICENSE swr_sync_job[file extension $library]] $answer]
  json close
}

if {[has release]} {
  set archive [exec make -s -C $root BUILD=[file dirname $library] -o $library dist 2>@1]
  do_test packages-release-load {
    set place [file join $harness::directory release]
    file mkdir $place
    exec tar -xzf $archive -C $place
    with_variables [list LD_LIBRARY_PATH [glob $place/*/lib]] {
      exec sqlite3 -cmd {.load libswr_sync_job} :memory: $question
    }
  } $answer
}

finish_test
