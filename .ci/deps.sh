#!/bin/sh
# Installs what building, the demo and the tests need, from the distribution's packages; does nothing
# when all is there. Where there is no apt-get, it prints what to install.
set -eu

missing=
need() { # need PACKAGE COMMAND...: the package, unless the command succeeds
  package=$1
  shift
  "$@" >/dev/null 2>&1 || missing="$missing $package"
}
tcl_has_sqlite() { echo 'exit [catch {package require sqlite3}]' | tclsh; }
nginx_has_echo() { test -e /usr/lib/nginx/modules/ngx_http_echo_module.so; }

need gcc sh -c 'command -v "${CC:-cc}"'
need libc6-dev sh -c 'echo "#include <stdlib.h>" | "${CC:-cc}" -E -'
need pkg-config command -v pkg-config
need libsqlite3-dev pkg-config --exists sqlite3
need libcurl4-openssl-dev pkg-config --exists libcurl
need libjson-c-dev pkg-config --exists json-c
need libssl-dev pkg-config --exists libcrypto
need zlib1g-dev pkg-config --exists zlib
need libmicrohttpd-dev pkg-config --exists libmicrohttpd
need sqlite3 command -v sqlite3
need tcl command -v tclsh
need libsqlite3-tcl tcl_has_sqlite
need nginx sh -c 'PATH="$PATH:/usr/sbin" command -v nginx'
need openssl command -v openssl
need locales test -e /usr/share/i18n/locales/tr_TR
need procps command -v ps
need nodejs command -v node
need iproute2 sh -c 'PATH="$PATH:/usr/sbin:/sbin" command -v ip'
need npm command -v npm

if [ "${1:-}" = lint ]; then
  need clang command -v clang
  need clang-format command -v clang-format
  need clang-tidy command -v clang-tidy
  need cppcheck command -v cppcheck
  need valgrind command -v valgrind
  need patch command -v patch
  need pmccabe command -v pmccabe
fi

# clang itself, and the libraries of its sanitizers and libFuzzer: a package of the same version.
fuzzer_links() {
  echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
    clang -fsanitize=fuzzer,address,undefined -x c -o /dev/null -
}
clang_version() {
  clang -dumpversion 2>/dev/null | cut -d. -f1 | grep . ||
    apt-cache depends clang | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p'
}
if [ "${1:-}" = fuzz ]; then
  need clang command -v clang
  need "libclang-rt-$(clang_version)-dev" fuzzer_links
fi

venv_has_pip() { /usr/bin/python3 -c 'import venv, ensurepip'; }
if [ "${1:-}" = packages ]; then
  need build-essential dpkg -s build-essential
  need dpkg-dev command -v dpkg-buildpackage
  need debhelper command -v dh
  need lintian command -v lintian
  need man-db command -v man
  need python3-venv venv_has_pip
  need python3-wheel /usr/bin/python3 -c 'import wheel'
fi

lua_has_sqlite() { lua5.4 -e 'require "luasql.sqlite3"'; }
if [ "${1:-}" = hosts ]; then
  need python3 test -x /usr/bin/python3
  need python3-apsw /usr/bin/python3 -c 'import apsw'
  need python3-pandas /usr/bin/python3 -c 'import pandas'
  need python3-sqlalchemy /usr/bin/python3 -c 'import sqlalchemy'
  need sqlite-utils command -v sqlite-utils
  need libdbd-sqlite3-perl perl -MDBD::SQLite -e 1
  need php-cli command -v php
  need php-sqlite3 php -r 'new SQLite3(":memory:"); new PDO("sqlite::memory:");'
  need ruby-sqlite3 ruby -rsqlite3 -e 1
  need r-cran-rsqlite Rscript -e 'library(RSQLite)'
  need golang-go command -v go
  need golang-github-mattn-go-sqlite3-dev test -d /usr/share/gocode/src/github.com/mattn/go-sqlite3
  need default-jdk-headless command -v javac
  need libxerial-sqlite-jdbc-java test -e /usr/share/java/sqlite-jdbc.jar
  need unixodbc command -v isql
  need libsqliteodbc sh -c 'ls /usr/lib/*/odbc/libsqlite3odbc.so'
  need lua5.4 command -v lua5.4
  need lua-sql-sqlite3 lua_has_sqlite
fi

postgres_version() {
  ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1 | grep . ||
    apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p'
}
if [ "${1:-}" = sharing ]; then
  need "postgresql-$(postgres_version)" sh -c 'ls /usr/lib/postgresql/*/bin/initdb'
  need "postgresql-$(postgres_version)-ogr-fdw" sh -c 'ls /usr/share/postgresql/*/extension/ogr_fdw.control'
fi

if [ "${1:-}" = bench ]; then
  need curl command -v curl
  need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
  need nodejs command -v node
  need python3 test -x /usr/bin/python3
  need libnginx-mod-http-echo nginx_has_echo
fi

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Please install (names of Debian's packages):$missing"
  exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
echo "installing:$missing"
$sudo apt-get update -q
# shellcheck disable=SC2086 # the packages are words
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
