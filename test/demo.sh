#!/bin/sh
# The demo: sql/tour.sql in the real sqlite3 shell against the emulator, each query with its result and
# the requests that it made. Run by test/emulator/run.sh (see `make demo`).
#
# The shell does not flush its output before it runs a command of ours, hence stdbuf; the lines that
# .echo repeats of our own commands are left out.
set -eu

extension=${EXTENSION:-build/swr_sync_job}
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
exit "$(cat "$status")"
