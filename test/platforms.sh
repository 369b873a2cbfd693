#!/bin/sh
# Builds and tests on other platforms than this one:
#
#   sh test/platforms.sh debian13 i386 arm64 s390x musl posix windows      all, or some
#
#   Promise: a platform counts only if it was built there without a warning and the tests that are named for it
#   ran to their ends; this tree is not changed. The last line is "N passed, N failed".
#
# As root, on Debian: the first four are roots made by debootstrap from the mirror that apt uses, kept below
# SWR_PLATFORMS (build/platforms); a foreign processor needs a compiler for it (gcc-s390x-linux-gnu) and
# qemu-user-static with binfmt_misc. musl needs musl-tools, windows gcc-mingw-w64-x86-64. What runs where, and what it
# has shown, is in doc/platforms.md.
set -u

cd "$(dirname "$0")/.." || exit 1
roots=${SWR_PLATFORMS:-$PWD/build/platforms}
mirror=${SWR_MIRROR:-http://deb.debian.org/debian}
needed=gcc,libc6-dev,make,pkg-config,libsqlite3-dev,libcurl4-openssl-dev,libjson-c-dev,libssl-dev,zlib1g-dev
needed=$needed,libmicrohttpd-dev,sqlite3,tcl,libsqlite3-tcl,openssl,procps,iproute2
complete=$needed,ca-certificates,nginx,nodejs,npm,python3,locales,git
mkdir -p "$roots" && roots=$(cd "$roots" && pwd)
trap 'rm -f "$roots/$$.log"' EXIT
passed=0
failed=0

# What a processor that is played by another one can be asked for: bytes, numbers, times, signatures, one page after
# the other; not what takes minutes of random cases.
groups='timestamp content_range image_reference listing target signature utf8 json_text redact secrets answer_error
  settings access destination endpoint tie_sort plan sql_text array buffer record_splitter iam_response iam_session
  record_page page_response page_request proxy request_log page_cache page_map hunt
  time_bounds bound_search places statement scan'
files='key paging sql number collation ties record config discovery catalogue drift'

count() { # count NAME STATUS LAST-LINE: a run that says nothing of its own is one check
  counts=$(printf '%s\n' "$3" | sed -n 's/^.*\b\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p')
  if [ -z "$counts" ]; then
    if [ "$2" -eq 0 ]; then counts='1 0'; else counts='0 1'; fi
  elif [ "$2" -ne 0 ] && [ "${counts#* }" -eq 0 ]; then
    counts="${counts% *} 1"
  fi
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  echo "$1: ${counts% *} passed, ${counts#* } failed"
}

run() { # run NAME COMMAND...
  name=$1
  shift
  "$@" >"$roots/$$.log" 2>&1
  status=$?
  # shellcheck disable=SC2015 # printing is all there is to it
  [ "$status" -eq 0 ] || grep -vE ' passed, 0 failed' "$roots/$$.log" | tail -n 60
  count "$name" "$status" "$(tail -n 1 "$roots/$$.log")"
  return "$status"
}

# ---- roots --------------------------------------------------------------------------------------

make_root() { # make_root NAME SUITE ARCHITECTURE PACKAGES
  [ ! -e "$roots/$1.made" ] || return 0
  rm -rf "${roots:?}/$1"
  debootstrap --arch="$3" --variant=minbase --include="$4" "$2" "$roots/$1" "$mirror" &&
    touch "$roots/$1.made"
}

# The tree without what was built; a private mount, so that tests may mount and unshare.
inside='mount --bind "$1" "$1" && mount -t proc proc "$1/proc" && mount -t sysfs sys "$1/sys" &&
  mount --rbind /dev "$1/dev" && mount -t tmpfs tmp "$1/tmp" && chroot "$1" sh -c "cd /src && $2"'

in_root() { # in_root NAME COMMAND
  unshare -m sh -c "$inside" sh "$roots/$1" "$2"
}

fill_root() { # fill_root NAME
  rm -rf "$roots/$1/src"
  mkdir -p "$roots/$1/src"
  git ls-files -z | tar -c --null -T - | tar -x -C "$roots/$1/src"
  cp /etc/hosts /etc/resolv.conf "$roots/$1/etc/"
}

whole() { # whole NAME SUITE ARCHITECTURE: all that `make test` runs
  run "$1: root" make_root "$@" "$complete" || return 1
  fill_root "$1"
  run "$1: build" in_root "$1" 'make -s -j2 all build/unit-tests build/swr-link'
  run "$1: make test" in_root "$1" 'LC_ALL=C.UTF-8 tclsh test/run.tcl'
}

# Built here by the compiler for that processor, with the headers and libraries of the root.
cross_build() { # cross_build NAME TRIPLET
  root=$roots/$1
  cd "$root/src" && env PKG_CONFIG_SYSROOT_DIR="$root" \
    PKG_CONFIG_LIBDIR="$root/usr/lib/$2/pkgconfig:$root/usr/share/pkgconfig" \
    make -s -j2 CC="$2-gcc --sysroot=$root" all build/unit-tests
}

played() { # played ARCHITECTURE TRIPLET: what is named above
  run "$1: root" make_root "$1" bookworm "$1" "$needed" || return 1
  fill_root "$1"
  run "$1: build" cross_build "$1" "$2"
  for group in $groups; do
    run "$1: unit tests, $group" in_root "$1" "build/unit-tests $group"
  done
  run "$1: tests in Tcl" in_root "$1" "LC_ALL=C.UTF-8 SWR_TEST_SLOW=20 SWR_TEST_JOBS=2 tclsh test/run.tcl $files"
}

# ---- headers alone ------------------------------------------------------------------------------

# The libraries' headers without those of glibc beside them.
headers() {
  rm -rf "$roots/headers"
  mkdir -p "$roots/headers/openssl"
  for folder in $(pkg-config --variable=includedir json-c libcurl libcrypto sqlite3 | tr ' ' '\n' | sort -u); do
    for found in "$folder" "$folder/$(gcc -dumpmachine)"; do
      for library in json-c curl; do
        if [ -d "$found/$library" ]; then ln -sfn "$found/$library" "$roots/headers/$library"; fi
      done
      for header in "$found"/openssl/*.h; do
        if [ -e "$header" ]; then ln -sf "$header" "$roots/headers/openssl/"; fi
      done
      for header in "$found"/sqlite3*.h; do
        if [ -e "$header" ]; then ln -sf "$header" "$roots/headers/"; fi
      done
    done
  done
}

# The names of the files that a compiler refuses, with its first word about each in the log.
refused() { # refused COMPILER FLAG...
  for source in ext/*/*.c; do
    "$@" -std=c11 -DSWR_VERSION=0 -DSWR_COMMIT=0 -Iext -I"$roots/headers" -I"$roots/headers/json-c" -Wall -Wextra \
      -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only "$source" >"$roots/$$.log" 2>&1 ||
      { echo "$source"; grep -m 1 error: "$roots/$$.log" >&2; }
  done
}

# Each file of ext/ is a check: it compiles, or it is one of those that are known not to.
check_headers() { # check_headers NAME KNOWN-FILES COMPILER FLAG...
  name=$1
  known=$2
  shift 2
  command -v "$1" >/dev/null || { echo "$name: there is no $1"; failed=$((failed + 1)); return; }
  headers
  left=$(refused "$@" 2>"$roots/why")
  wrong=0
  for source in $left; do
    case " $known " in *" ${source#ext/} "*) ;; *) wrong=$((wrong + 1)); grep "^$source" "$roots/why" ;; esac
  done
  right=$(($(find ext -name '*.c' | wc -l) - $(printf '%s\n' "$left" | grep -c .)))
  passed=$((passed + right))
  failed=$((failed + wrong))
  echo "$name: $right passed, $wrong failed, $(($(printf '%s\n' "$left" | grep -c .) - wrong)) that are known not to compile"
}

# What a port to Windows has to write anew: files that are no devices, descriptors, terminals, the clock by name.
# The formats that the compiler checks are Microsoft's there.
posix_alone='account/key_file.c account/regular_file.c account/secret_file.c account/signature.c base/timestamp.c
  network/curl_transfer.c network/descriptors.c network/endpoint.c record/json_record.c vtab/debug.c vtab/progress.c'

for platform; do
  case $platform in
    debian13) whole debian13 trixie "$(dpkg --print-architecture)" ;;
    i386) whole i386 bookworm i386 ;;
    arm64) played arm64 aarch64-linux-gnu ;;
    s390x) played s390x s390x-linux-gnu ;;
    musl) check_headers musl '' musl-gcc -D_GNU_SOURCE ;;
    # No calls but those of POSIX and BSD where the system is not Linux: macOS, as far as no header of its own tells.
    posix) check_headers posix '' gcc -U__linux__ -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE ;;
    windows) check_headers windows "$(echo $posix_alone)" x86_64-w64-mingw32-gcc -Wno-format ;;
    *) echo "$platform: no such platform" && failed=$((failed + 1)) ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
