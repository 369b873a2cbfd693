#!/bin/sh
# Static checks of the C sources:  lint.sh SOURCES HEADERS COMPILER-FLAGS
# Formatting, functions that are not used here, what each layer may include, sizes, that test/mutations can
# be applied, both compilers with all warnings, clang-tidy, cppcheck, gcc's analyzer. Prints what it finds
# and fails if that is anything.
set -u

sources=$1
headers=$2
flags="-std=c11 $3"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
failed=0

check() { # check NAME COMMAND...: the command must succeed
  name=$1
  shift
  if output=$("$@" 2>&1); then
    printf '  ok    %s\n' "$name"
  else
    printf '  FAIL  %s\n%s\n' "$name" "$output"
    failed=1
  fi
}

nothing() { # nothing COMMAND...: the command must print nothing
  found=$("$@" 2>&1)
  [ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

each() { # each COMMAND...: once for every source, side by side
  printf '%s\n' $sources | xargs -P "$jobs" -I{} "$@" {}
}

banned='\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|strtok|alloca)[[:space:]]*\('

# A host in a Turkish locale has other capitals, one in a German locale another decimal point.
follow_the_locale='\b(str(n?casecmp|casestr|coll|xfrm|tod|tof|told)|atof|to(lower|upper)|setlocale|localeconv'
follow_the_locale="$follow_the_locale|is(alpha|digit|alnum|space|x?digit|upper|lower|punct|print|graph|cntrl|blank))"

check "formatting" clang-format --dry-run -Werror $sources $headers
check "no banned function" nothing grep -nE "$banned" $sources $headers
check "no function that follows the locale" nothing \
  grep -rnE "$follow_the_locale[[:space:]]*\(" ext --include='*.[ch]'
check "the environment is read in one place" nothing \
  grep -rnE '\b((secure_)?getenv[[:space:]]*\(|environ\b)' ext --include='*.[ch]' --exclude=environment.c
check "includes run downward" sh .ci/layers.sh
check "only a table's file names its members" sh .ci/members.sh
check "only vtab/ knows SQLite" nothing grep -rlE '#include.*sqlite3' ext --include='*.[ch]' --exclude-dir=vtab
check "only network/ knows libcurl" nothing grep -rlE '#include.*curl/' ext --include='*.[ch]' \
  --exclude-dir=network
check "lines of 100 columns at most" nothing env LC_ALL=C.UTF-8 grep -nE '^.{101,}' $sources $headers
check "comments end where they should" nothing awk '
  FNR == 1 { open = 0 }
  /^ *\/\* ?[^ ]/ { open = !/\*\// }
  /^ *\*\/ *$/ && open { print FILENAME ":" FNR ": an orphan */" }
  /\*\// { open = 0 }' $sources $headers
check "after or past, not behind" nothing grep -rnw behind ext --include='*.[ch]'
check "files of 600 lines at most" nothing sh -c \
  'wc -l "$@" | awk '"'"'$1 > 600 && $2 != "total"'"'" sh $sources $headers test/*.tcl test/*.test
# What a table takes is no complexity: clang-tidy looks at the lines of tests. Names in parentheses it cannot read.
check "functions of complexity 15, and 40 lines in ext/, at most" nothing sh -c \
  'pmccabe "$@" 2>/dev/null | awk '"'"'{ long = $6 ~ /^ext/ && $5 > 40 } $1 > 15 || long {
     print $6, $7 " has a complexity of " $1 " and " $5 " lines" }'"'" sh $sources
check "mutations fit the sources" nothing sh -c \
  'for patch; do patch --dry-run -s -p1 -F2 <"$patch" || echo "$patch"; done' sh test/mutations/*.patch
check "gcc" each gcc $flags $warnings -O2 -fsyntax-only
check "clang" each clang $flags $warnings -O2 -fsyntax-only
check "gcc -fanalyzer" each gcc $flags $warnings -O1 -fanalyzer -c -o /dev/null
check "clang-tidy" each clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option '{}' -- $flags
check "cppcheck" cppcheck --quiet --std=c11 --language=c --inline-suppr -j "$jobs" \
  --enable=warning,performance,portability --suppress=missingIncludeSystem --error-exitcode=1 \
  --library=posix -Iext -DSWR_VERSION=0 -D__linux__ $sources
exit $failed
