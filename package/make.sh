#!/bin/sh
# Packs the library for those who install it otherwise than by `make install`:
#
#   sh package/make.sh LIBRARY FOLDER [debian|npm|python|sqlpkg]...      all of them, or these
#
# Prints the files that it has made in FOLDER. The version is that of VERSION, the sentence that describes it that of
# the manual page, and every time SOURCE_DATE_EPOCH: the same tree gives the same bytes. The Debian package is
# built from the sources, by dpkg-buildpackage; the others hold LIBRARY, stripped.
#
#   MACHINE         what LIBRARY runs on                           (uname -m)
#   RELEASES        where sqlpkg.json says that its archive lies   (., beside it)
#   DEBFULLNAME, DEBEMAIL   who makes the Debian package
set -eu

cd "$(dirname "$0")/.."
library=$1
folder=$2
shift 2
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
version=$(cat VERSION)
description=$(sed -n 's/^swr_sync_job \\- //p' doc/manual.in)
epoch=${SOURCE_DATE_EPOCH:?}
machine=${MACHINE:-$(uname -m)}
system=$(uname -s | tr '[:upper:]' '[:lower:]')
suffix=${library##*.}
umask 022
export LC_ALL=C TZ=UTC

fail() {
  echo "package/make.sh: $1" >&2
  exit 1
}

fill() { # fill FILE [SED-EXPRESSION]...: a template's text
  template=$1
  shift
  sed -e "s|@VERSION@|$version|g" -e "s|@DESCRIPTION@|$description|g" "$@" "$template"
}

# In the words of Node.js and of Go.
case $machine in
  x86_64) node=x64 go=amd64 ;;
  aarch64 | arm64) node=arm64 go=arm64 ;;
  i?86) node=ia32 go=386 ;;
  *) node=$machine go=$machine ;;
esac

pack() { # pack FOLDER ARCHIVE NAME...: a tar file that is the same each time
  (cd "$1" && at=$2 && shift 2 && tar --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner \
    --mode=u+rw,go+r,go-w --format=ustar -cf - "$@" | gzip -9n >"$at")
}

stripped() { # stripped PLACE: the library, without what only a debugger reads
  mkdir -p "${1%/*}"
  cp "$library" "$1"
  chmod 755 "$1"
  ! command -v strip >/dev/null || strip --strip-unneeded "$1"
}

debian() {
  command -v dpkg-buildpackage >/dev/null || fail 'no dpkg-buildpackage: sh .ci/deps.sh packages'
  maintainer="${DEBFULLNAME:-The swr_sync_job authors} <${DEBEMAIL:-swr-sync-job@example.org}>"
  tree=$work/swr-sync-job-$version
  mkdir "$tree"
  cp -R CHANGELOG.md LICENSE Makefile README.md VERSION doc ext sql package "$tree/"
  printf '%s\n' "${COMMIT:-unknown}" >"$tree/.commit"
  mv "$tree/package/debian" "$tree/debian"
  rm -rf "$tree/package"
  sed -n '/^Permission/,$p' LICENSE | sed 's/^$/./; s/^/ /' >"$work/licence"
  for file in control changelog copyright; do
    fill "$tree/debian/$file" -e "s|@MAINTAINER@|$maintainer|" -e "s|@DATE@|$(date -R -d "@$epoch")|" \
      -e "s|@COPYRIGHT@|$(sed -n 's/^Copyright (c) //p' LICENSE)|" -e "/@LICENSE@/{r $work/licence" -e 'd;}' \
      >"$work/filled"
    cat "$work/filled" >"$tree/debian/$file"
  done
  chmod -R go=rX "$tree"
  find "$tree" -exec touch -h -d "@$epoch" {} +
  (cd "$tree" && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u BUILD dpkg-buildpackage -us -uc) >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail 'dpkg-buildpackage failed'
  }
  for file in "$work"/*.deb "$work"/*.dsc "$work"/*.tar.* "$work"/*.changes "$work"/*.buildinfo; do
    keep "$file"
  done
}

npm() {
  fill package/npm/package.json -e "s|@OS@|$system|" -e "s|@CPU@|$node|" -e "s|@LIBC@|$libc|" \
    -e "$without_libc" >"$work/package.json"
  fill package/npm/README.md >"$work/README.md"
  cp package/npm/index.js package/npm/index.d.ts LICENSE "$work/"
  stripped "$work/lib/$system-$node/swr_sync_job.$suffix"
  find "$work" -type f ! -name '*.so' ! -name '*.dylib' -exec chmod 644 {} +
  (cd "$work" && command npm pack --loglevel=error --ignore-scripts) >"$work/log"
  keep "$work/$(tail -n 1 "$work/log")"
}

python() {
  stripped "$work/swr_sync_job.$suffix"
  case $system in
    linux) tag=linux_$machine ;;
    *) tag=any ;;
  esac
  file=$(python3 package/python/wheel.py "$work/swr_sync_job.$suffix" "$version" "$tag" "$description" LICENSE "$work")
  keep "$file"
}

# Flat, since sqlpkg makes no folders.
sqlpkg() {
  archive=swr_sync_job-$version-sqlpkg-$system-$go.tar.gz
  stripped "$work/swr_sync_job.$suffix"
  cp LICENSE "$work/"
  pack "$work" "$work/$archive" LICENSE "swr_sync_job.$suffix"
  tables=$(sed -n 's/^ *\.table = \("swr_[a-z_]*"\),$/\1/p' ext/api/*.c | sort | paste -sd, - | sed 's/,/, /g')
  fill package/sqlpkg.json -e "s|@SYMBOLS@|$tables|" -e "s|@RELEASES@|${RELEASES:-.}|" \
    -e "s|@PLATFORM@|$system-$go|" -e "s|@ARCHIVE@|$archive|" \
    -e "s|@CHECKSUM@|$(sha256sum "$work/$archive" | cut -d' ' -f1)|" >"$work/sqlpkg.json"
  keep "$work/$archive"
  keep "$work/sqlpkg.json"
}

keep() {
  mv "$1" "$folder/"
  echo "$folder/${1##*/}"
}

libc=glibc
without_libc=
if ! getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
  libc=musl
fi
[ "$system" = linux ] || without_libc='/"libc"/d'

mkdir -p "$folder"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
[ $# -gt 0 ] || set -- debian npm python sqlpkg
for kind; do
  work=$scratch/$kind
  mkdir "$work"
  "$kind"
done
