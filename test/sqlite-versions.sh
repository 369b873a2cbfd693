#!/bin/sh
# Several versions of SQLite, to run the tests on each:
#
#   sh test/sqlite-versions.sh list                    the versions, one a line
#   sh test/sqlite-versions.sh build [VERSION]...      build them, or these, under build/sqlite
#   sh test/sqlite-versions.sh run VERSION COMMAND...  run a command on one, built if need be
#   sh test/sqlite-versions.sh headers VERSION         the folder of its headers, built if need be
#
#     for v in $(sh test/sqlite-versions.sh list); do
#       sh test/sqlite-versions.sh run "$v" tclsh test/run.tcl
#     done
#
#   Promise: a command runs only after tclsh has loaded exactly the version that was asked for; a
#   library is there whole, made of exactly the source named below, or not at all.
#
# The command finds the library through LD_LIBRARY_PATH. Debian's sqlite3 shell refuses a library that
# is not of its own version, so SWR_TEST_SHELL gives the tests a shell that still runs on the system's.
#
# The sources are amalgamations that the npm package better-sqlite3 carries, hence needed: npm, a C
# compiler. A library that is there is never built again: after a change of the options below, remove
# build/sqlite.
set -eu

# Version, package that carries it, SHA-256 of its sqlite3.c. The oldest that is supported; the last
# that hides comparisons of two columns but offers LIMIT; the first that offers OFFSET before LIMIT;
# the newest.
sources='
3.38.5 7.5.3  76a7ec491d14c6837e300f78940ee5f40d8f63b180e639ee5290231c841a8406
3.45.1 9.4.3  a760118a161b77a79dd9acdd16af324ed059e70d1e7571c504966fc2e40712cc
3.46.1 11.3.0 c5fd25f426ef5a615be7f763af904b2f29ffa9495cc9141490546e52399c2d5f
3.54.1 13.2.0 75a4760a7b9727a4c4c877aec92eacf39e52a8f2921ce00bd33be6d3a8e8e254
'

# The SHA-256 of sqlite3.h and sqlite3ext.h, one after the other.
headers='
3.38.5 9aef15a82f9fcd66fb517872818c1a7efcfb737c469aed7da7c351f7aa2072b8
3.45.1 c073f83daf35b985e41f49712e61ce67744416895d388e8a6a2439b3e9b44ee5
3.46.1 2c8e163d02ccdee0c4f4e77148e3ed311ae521a43f6b1c39d7a8cc07081389a1
3.54.1 4e14b217d1356a7154dc214444760b4615b4491d2f65b5cb82612999cc5c2822
'

# What libsqlite3-tcl and the tests need, and what Debian sets that a query could notice.
options='-DSQLITE_THREADSAFE=1 -DSQLITE_ENABLE_PREUPDATE_HOOK -DSQLITE_ENABLE_UNLOCK_NOTIFY
  -DSQLITE_ENABLE_SESSION -DSQLITE_ENABLE_COLUMN_METADATA -DSQLITE_ENABLE_LOAD_EXTENSION=1
  -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_JSON1 -DSQLITE_ENABLE_STMTVTAB
  -DSQLITE_ENABLE_UPDATE_DELETE_LIMIT -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_SOUNDEX
  -DSQLITE_ENABLE_FTS4 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_RTREE -DSQLITE_USE_URI=1
  -DSQLITE_MAX_VARIABLE_NUMBER=250000'

script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
cache=${script%/*/*}/build/sqlite

fail() {
  echo "sqlite-versions.sh: $1" >&2
  exit 1
}

versions() {
  printf '%s' "$sources" | awk 'NF { print $1 }'
}

list() {
  echo system
  versions
}

known() {
  list | grep -qxF -e "$1" || fail "there is no version $1; there are: $(list | xargs)"
}

# Fetch, check and compile, in one chain: the folder is the result only if all of it went well.
make_in() ( # make_in FOLDER VERSION PACKAGE-VERSION SHA-256 SHA-256-OF-HEADERS
  source=package/deps/sqlite3/sqlite3.c
  includes='package/deps/sqlite3/sqlite3.h package/deps/sqlite3/sqlite3ext.h'
  # shellcheck disable=SC2086 # the options and files are words
  cd "$1" && mkdir "$2" && fetch "$3" && tar -xzf "better-sqlite3-$3.tgz" "$source" $includes &&
    echo "$4  $source" | sha256sum -c --quiet >&2 &&
    cat $includes >both && echo "$5  both" | sha256sum -c --quiet >&2 && cp $includes "$2/" &&
    ${CC:-cc} -O2 -fPIC -shared -w $options -Wl,-soname,libsqlite3.so.0 -o "$2/libsqlite3.so.0" \
      "$source" -lpthread -ldl -lm
)

# The package's archive, here; npm's words only if it fails.
fetch() {
  npm pack --loglevel=error --ignore-scripts "better-sqlite3@$1" >log 2>&1 || {
    cat log >&2
    return 1
  }
}

# Build one version; done in a folder of its own, which becomes the result by being renamed.
build() {
  version=$1
  [ ! -e "$cache/$version/libsqlite3.so.0" ] || return 0
  line=$(printf '%s' "$sources" | awk -v version="$version" '$1 == version { print $2, $3 }')
  sum=$(printf '%s' "$headers" | awk -v version="$version" '$1 == version { print $2 }')
  mkdir -p "$cache"
  scratch=$(mktemp -d "$cache/.$version.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 1' HUP INT TERM
  echo "  SQLITE  $version"
  make_in "$scratch" "$version" "${line% *}" "${line#* }" "$sum" || fail "SQLite $version was not built"
  # Whoever builds the same at the same time may have been faster: theirs is as good.
  mv "$scratch/$version" "$cache/" 2>/dev/null ||
    [ -e "$cache/$version/libsqlite3.so.0" ] || fail "cannot write build/sqlite/$version"
  rm -rf "$scratch"
  trap - EXIT HUP INT TERM
}

# The version that a Tcl test gets, by the package and by SQL.
in_use() {
  echo 'package require sqlite3
    sqlite3 db :memory:
    puts "[lindex [sqlite3 -version] 0] [db onecolumn {SELECT sqlite_version()}]"' | tclsh 2>&1
}

use() {
  shell=${SWR_TEST_SHELL:-sqlite3}
  if [ -n "${LD_LIBRARY_PATH:-}" ]; then
    SWR_TEST_SHELL="env {LD_LIBRARY_PATH=$LD_LIBRARY_PATH} $shell"
  else
    SWR_TEST_SHELL="env -u LD_LIBRARY_PATH $shell"
  fi
  LD_LIBRARY_PATH=$cache/$1${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH SWR_TEST_SHELL
}

run() {
  wanted=$1
  shift
  case ${LD_LIBRARY_PATH:-} in
    *"$cache/"*) fail "a command on one version cannot run another" ;;
  esac
  known "$wanted"
  if [ "$wanted" != system ]; then
    (build "$wanted") >&2
    use "$wanted"
  fi
  found=$(in_use) || true
  if [ "$wanted" = system ]; then
    case $found in
      [0-9]*.[0-9]*.[0-9]*) ;;
      *) fail "tclsh has no SQLite: $found" ;;
    esac
  elif [ "$found" != "$wanted $wanted" ]; then
    fail "tclsh does not run on SQLite $wanted, but says: $found"
  fi
  exec "$@"
}

case ${1:-} in
  list)
    list
    ;;
  build)
    shift
    if [ $# -eq 1 ]; then
      known "$1"
      [ "$1" = system ] || build "$1"
    else
      if [ $# -gt 0 ]; then printf '%s\n' "$@"; else versions; fi |
        xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -I{} sh "$script" build '{}'
    fi
    ;;
  headers)
    known "${2:-}"
    (build "$2") >&2
    [ -e "$cache/$2/sqlite3ext.h" ] || fail "$cache/$2 is of an earlier state: remove it"
    echo "$cache/$2"
    ;;
  run)
    [ $# -ge 3 ] || fail "run VERSION COMMAND..."
    shift
    run "$@"
    ;;
  *)
    sed -n '2,/^set -eu/{/^set -eu/d;s/^# \{0,1\}//;p;}' "$script" >&2
    exit 2
    ;;
esac
