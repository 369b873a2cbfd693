#!/bin/sh
# Runs fuzz targets that are built, each for so many seconds, with a corpus of its own that begins
# as the seeds in the tree:
#
#   run.sh SECONDS AT-ONCE TARGET...
#
# Prints for each what it executed, and the file of bytes that led to a finding; that file, as the
# one argument of build/fuzz/fuzz-TARGET, shows it again. The last line is `N passed, N failed`.
# No seconds: the seeds alone, which is the same each time. FUZZ_BUILD is where they are built, and
# where corpora and logs go; FUZZ_CORPUS another folder for the corpora, which are kept then: of
# tens of thousands of small files, in memory (/dev/shm) at best.
set -u
build=${FUZZ_BUILD:-build/fuzz}
# Much of the time goes into what is remembered of each allocation.
ASAN_OPTIONS=malloc_context_size=8:quarantine_size_mb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
here=test/fuzz

one() { # one SECONDS TARGET
  target=$2
  log=$build/$target.log
  corpus=${FUZZ_CORPUS:-$build/corpus}/$target
  [ "${FUZZ_CORPUS:-}" ] || rm -rf "$corpus"
  rm -f "$build/$target.failed"
  mkdir -p "$corpus"
  limit=-max_total_time=$1
  [ "$1" -gt 0 ] || limit=-runs=0
  # To weigh which inputs are rare took from a third of the time to three quarters of it.
  set -- "$limit" -print_final_stats=1 -timeout=20 -rss_limit_mb=2048 -verbosity=1 -entropic=0 \
    -artifact_prefix="$build/finding-$target-"
  [ ! -f "$here/$target.options" ] || set -- "$@" $(cat "$here/$target.options")
  [ ! -f "$here/$target.dict" ] || set -- "$@" -dict="$here/$target.dict"
  set -- "$@" "$corpus"
  [ ! -d "$here/seeds/$target" ] || set -- "$@" "$here/seeds/$target"
  "$build/fuzz-$target" "$@" >"$log" 2>&1
  status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  features=$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
  finding=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  if [ "$status" -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
    printf '  ok    %-14s %10s executions, %6s a second, %6s features\n' "$target" "$runs" "$rate" \
      "$features"
  else
    : >"$build/$target.failed"
    printf '  FAIL  %-14s %10s executions, %s\n' "$target" "${runs:-0}" "${finding:-see $log}"
    grep -E '^test/|^(==[0-9]+==)?ERROR: |runtime error: ' "$log" | head -n 3
  fi
}

if [ "$1" = one ]; then
  one "$2" "$3"
  exit 0
fi

seconds=$1
jobs=$2
shift 2
printf '%s\n' "$@" | xargs -P "$jobs" -I{} sh "$0" one "$seconds" {}
passed=0
failed=0
for target; do
  if [ -e "$build/$target.failed" ]; then failed=$((failed + 1)); else passed=$((passed + 1)); fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
