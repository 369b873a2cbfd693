#!/bin/sh
# What each folder of ext/ may include, and that no modules include each other in a circle: x.c and x.h
# are one. Prints each include that runs upward and each circle, and fails if there is one.
set -u

# folder: may include (itself always)
table='
vtab:    scan request record account api network base
scan:    request record account api base
request: record account api network base
record:  api base
account: api network base
api:     base
network: base
base:
'

includes=$(grep -rn '^#include "' "${1:-ext}" --include='*.[ch]' |
  sed -n 's|^[^:]*ext/\([a-z_]*\)/\([^:]*\):\([0-9]*\):#include "\(.*\)".*|\1 \2 \3 \4|p')
[ -n "$includes" ] || { echo "no includes found"; exit 1; }

upward=$(printf '%s\n--\n%s\n' "$table" "$includes" | awk '
  $1 == "--" { rules = 1; next }
  !rules && NF { folder = substr($1, 1, length($1) - 1); known[folder]
    for (i = 2; i <= NF; i++) may[folder, $i]
    next }
  NF { split($4, part, "/")
    if (!($1 in known)) print "ext/" $1 "/" $2 ": no line in the table"
    else if (part[1] != $1 && !(($1, part[1]) in may))
      print "ext/" $1 "/" $2 ":" $3 ": " $1 " may not include " $4 }')
circles=$(printf '%s\n' "$includes" | awk '
  { from = $1 "/" $2; to = $4
    sub(/\.[ch]$/, "", from); sub(/\.[ch]$/, "", to)
    if (from != to) print from, to }' | tsort 2>&1 >/dev/null)
[ -z "$upward$circles" ] || { printf "%s\n%s\n" "$upward" "$circles"; exit 1; }
