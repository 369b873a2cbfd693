#!/bin/sh
# Nothing but a table's own file may name a member of its records. The names are read from the literals of
# ext/api (.name and .member of columns that are not hidden). Elsewhere in ext/, comments left out, a name in
# camel case must not occur at all, and one that may be an ordinary word must not be a string literal by
# itself. Prints each file with what it names, and fails if there is one.
set -u

# Where a word means something else: one of those that messages about credentials are made of, settings, and
# KooCLI's file.
words='ext/base/secrets.c names "namespace"
ext/account/key_file.c names "name"
ext/account/iam_login.c names "domain_name"
ext/account/settings.c names "domain_name"'

root=${1:-ext}
tables=$(grep -lE '^const struct listing [a-z_]+ = \{' "$root"/api/*.c)
[ -n "$tables" ] || { echo "no tables found"; exit 1; }

members=$(cat $tables | tr '\n' ' ' | grep -oE '\{\.name = "[^}]*\}' | grep -v COLUMN_HIDDEN |
  sed -n -e 's/.*\.member = "\([A-Za-z_0-9]*\)".*/\1/p' -e t -e 's/.*\.name = "\([A-Za-z_0-9]*\)".*/\1/p' |
  sort -u)
[ -n "$members" ] || { echo "no members found"; exit 1; }

anywhere=$(printf '%s\n' $members | grep '[a-z][A-Z]' | paste -sd '|' -)
literally=$(printf '%s\n' $members | grep -v '[a-z][A-Z]' | paste -sd '|' -)
pattern="\"(${literally:-$anywhere})\"|\\b(${anywhere:-$literally})\\b"
found=$(for file in "$root"/*/*.[ch]; do
  case " $(echo $tables) " in *" $file "*) continue ;; esac
  gcc -fpreprocessed -dD -E -P -w -x c "$file" | grep -oE "$pattern" | sort -u |
    sed "s|^|$file names |"
done | grep -vxF "$words")
[ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
