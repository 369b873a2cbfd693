#!/bin/sh
# Prints the requests that the emulator has logged in SWR_REQUEST_LOG since the last call, decoded;
# of more than four, the first two and the last.
set -eu

log=${SWR_REQUEST_LOG:?names the log of requests}
seen=$(cat "$log.seen" 2>/dev/null || echo 0)
all=$(wc -l <"$log")
printf '%s\n' "$all" >"$log.seen"
tail -n "+$((seen + 1))" "$log" | sed -e 's/%3A/:/g' -e 's/%7C/|/g' |
  awk -F '\t' '
    { line[NR] = $2 " " $3 "  ->  " $1 ", " $4 " jobs" }
    END {
      if (NR == 0) exit
      printf "%d request%s:\n", NR, NR == 1 ? "" : "s"
      for (i = 1; i <= NR; i++) {
        if (NR > 4 && i > 2 && i < NR) { if (i == 3) print "  ..."; continue }
        print "  " line[i]
      }
    }'
