#!/bin/sh
# Do the tests notice? Each patch in test/mutations breaks one rule of the extension, and a test must
# fail:
#
#   sh test/mutations.sh [NAME]...     all, or these
#
#   Promise: "NAME: caught by TEST" is said only if a test that the patch names ran against the broken
#   extension and failed; this tree is not changed.
#
# A patch begins with the line
#
#   # what is broken | FILE PATTERN...
#
# where FILE is a file in test/ and PATTERN the names (as of `case`) of its tests that may catch it,
# or FILE is unit-tests and PATTERN the names of its groups; after these, more files with their
# patterns may follow. Ends with 1 if a patch was not caught, or does not apply, build or name tests.
# Some faults are SQLite's own and show below 3.46 only: where `tclsh` has a newer one, use
# test/sqlite-versions.sh.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${here%/*}
limit=${SWR_TEST_LIMIT:-180}   # seconds for one file of tests; one that hangs has failed, too

# shellcheck disable=SC2046 # one word for each patch
[ $# -gt 0 ] || set -- $(cd "$here/mutations" && printf "%s\n" *.patch | sed "s,\.patch\$,,")
make -C "$root" --no-print-directory all build/unit-tests >/dev/null

scratch=$(mktemp -d "${TMPDIR:-/tmp}/swr-mutations.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
bad=0

not_caught() { # not_caught NAME REASON
  echo "$1: NOT CAUGHT: $2"
  bad=1
}

# The broken extension in $scratch/tree, and the unit tests where the patch names some: objects that it
# does not touch are taken over.
build() { # build PATCH TESTS
  rm -rf "$scratch/tree"
  mkdir -p "$scratch/tree/build"
  cp -pR "$root/ext" "$root/Makefile" "$root/VERSION" "$scratch/tree/"
  mkdir -p "$scratch/tree/build/obj"
  cp -pR "$root/build/obj/ext" "$scratch/tree/build/obj/"
  patch -s -p1 -F2 -d "$scratch/tree" <"$1" >"$scratch/log" 2>&1 || return 1
  targets=build/swr_sync_job.so
  case " $2 " in
    *" unit-tests "*)
      targets=build/unit-tests
      mkdir -p "$scratch/tree/test" "$scratch/tree/build/obj/test"
      cp -pR "$root/test/unit" "$scratch/tree/test/"
      cp -pR "$root/build/obj/test/unit" "$scratch/tree/build/obj/test/"
      case " $2 " in *.test\ *) targets="$targets build/swr_sync_job.so" ;; esac
      ;;
  esac
  # shellcheck disable=SC2086 # the targets are words
  make -C "$scratch/tree" WARNINGS=-w COMMIT=mutation $targets >>"$scratch/log" 2>&1
}

# The first case of the groups that fails; a group that dies or hangs has failed, too.
first_failing_case() { # first_failing_case GROUP...
  for group in "$@"; do
    timeout "$limit" "$scratch/tree/build/unit-tests" "$group" >"$scratch/out" 2>&1 && continue
    status=$?
    [ $status -ne 2 ] || { cat "$scratch/out" >&2 && return 1; } # there is no such group
    sed -n "s/^[^ ]*\.c:[0-9]*: \($group: .*\)/\1/p" "$scratch/out" | cut -c 1-70 >"$scratch/failed"
    read -r test <"$scratch/failed" || test="$group, which ended with status $status"
    echo "unit-tests $test"
    return 0
  done
  return 1
}

# The first test of FILE that fails and matches one of the patterns.
first_failing() { # first_failing FILE PATTERN...
  file=$1
  shift
  if [ "$file" = unit-tests ]; then
    first_failing_case "$@"
    return
  fi
  SWR_TEST_EXTENSION=$scratch/tree/build/swr_sync_job SWR_TEST_EMULATOR=$root/build/swr-emulator \
    timeout "$limit" tclsh "$here/$file" >"$scratch/out" 2>&1 && return 1
  [ $? -ne 124 ] || { echo "$file: no end in $limit s" && return 0; }
  sed -n 's/^! \([^ ]*\)$/\1/p' "$scratch/out" >"$scratch/failed"
  while read -r test; do
    for pattern in "$@"; do
      # shellcheck disable=SC2254 # the pattern is one
      case $test in
        $pattern) echo "$test" && return 0 ;;
      esac
    done
  done <"$scratch/failed"
  return 1
}

set -f # patterns are not for the shell's own files
for name in "$@"; do
  patch=$here/mutations/$name.patch
  [ -e "$patch" ] || { not_caught "$name" "there is no such patch" && continue; }
  tests=$(sed -n '1s/^# .* | //p' "$patch")
  [ -n "$tests" ] || { not_caught "$name" "its first line names no tests" && continue; }
  build "$patch" "$tests" || {
    not_caught "$name" "it does not apply or build: $(tail -n 1 "$scratch/log")"
    continue
  }
  found=
  file=
  patterns=
  for word in $tests end.test; do
    case $word in
      *.test | unit-tests)
        if [ -n "$file" ] && [ -z "$found" ]; then
          # shellcheck disable=SC2086 # the patterns are words
          found=$(first_failing "$file" $patterns) || found=
        fi
        file=$word
        patterns=
        ;;
      *) patterns="$patterns $word" ;;
    esac
  done
  if [ -n "$found" ]; then
    echo "$name: caught by $found"
  else
    not_caught "$name" "no test of these fails: $tests"
  fi
done
exit $bad
