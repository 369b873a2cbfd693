#!/bin/sh
# The demo: sql/tour.sql in the real sqlite3 shell against the emulator, each query with its result and
# the requests that it made. Run by test/emulator/run.sh (see `make demo`).
#
# The shell does not flush its output before it runs a command of ours, hence stdbuf; the lines that
# .echo repeats of our own commands are left out. At the end, sql/report.sql writes a page, REPORT.
set -eu

extension=${EXTENSION:-build/swr_sync_job}
report=${REPORT:-build/report.html}
status=${SWR_REQUEST_LOG:?run this by test/emulator/run.sh}.status

with_requests() {
  sed -e '/;[[:space:]]*$/a\
.shell sh test/emulator/requests.sh' sql/tour.sql
}

run_shell() {
  stdbuf -oL sqlite3 -bail -cmd ".load $extension" -cmd '.echo on' :memory: 2>&1
  echo $? >"$status"
}

with_requests | run_shell | grep -v -e '^\.shell ' -e '^\.mode '
[ "$(cat "$status")" = 0 ] || exit "$(cat "$status")"

# The emulator's jobs end with 2025.
sqlite3 -bail -cmd ".load $extension" -cmd ".parameter set :now \"'2026-01-01'\"" :memory: \
  '.read sql/report.sql' >"$report"
printf '\nA report of the account is in %s: open it in a browser.\n' "$report"
