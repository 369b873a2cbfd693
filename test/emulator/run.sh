#!/bin/sh
# Runs a command with an emulator beside it:  test/emulator/run.sh COMMAND [ARGUMENT]...
# The command finds the service in SWR_ENDPOINT and HW_AUTH_TOKEN, and the log of requests in
# SWR_REQUEST_LOG. The emulator ends with the command. EMULATOR names the program, EMULATOR_OPTIONS
# more of its options.
set -eu

emulator=${EMULATOR:-build/swr-emulator}
folder=$(mktemp -d)
pid=
trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT INT TERM

SWR_REQUEST_LOG=$folder/requests
: >"$SWR_REQUEST_LOG"
# shellcheck disable=SC2086 # the options are words
"$emulator" --port-file "$folder/port" --log "$SWR_REQUEST_LOG" ${EMULATOR_OPTIONS:-} >/dev/null &
pid=$!
tries=0
while [ ! -s "$folder/port" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 200 ] || ! kill -0 "$pid" 2>/dev/null; then
    echo "the emulator did not start" >&2
    exit 1
  fi
  sleep 0.05
done

SWR_ENDPOINT=http://127.0.0.1:$(cat "$folder/port")
HW_AUTH_TOKEN=emulator-token
export SWR_ENDPOINT HW_AUTH_TOKEN SWR_REQUEST_LOG
status=0
"$@" || status=$?
exit "$status"
