# The world that queries are asked about: repositories in the emulator, the same rows in an ordinary
# table, and local tables that are equal on both sides. Everything follows from one seed.

namespace eval random {
  variable state 1
}

# A generator of its own (xorshift32), so that a seed means the same everywhere.
proc random::seed {seed index} {
  variable state
  set x [expr {($seed * 0x9E3779B1 + $index * 0x85EBCA77 + 0x165667B1) & 0xffffffff}]
  set x [expr {(($x ^ ($x >> 16)) * 0x7feb352d) & 0xffffffff}]
  set x [expr {(($x ^ ($x >> 15)) * 0x846ca68b) & 0xffffffff}]
  set x [expr {$x ^ ($x >> 16)}]
  set state [expr {$x ? $x : 1}]
}

# 0 to n - 1.
proc rnd {n} {
  set x $::random::state
  set x [expr {$x ^ (($x << 13) & 0xffffffff)}]
  set x [expr {$x ^ ($x >> 17)}]
  set x [expr {$x ^ (($x << 5) & 0xffffffff)}]
  set ::random::state $x
  return [expr {($x >> 3) % $n}]
}

proc pick {list} {
  return [lindex $list [rnd [llength $list]]]
}

proc chance {percent} {
  return [expr {[rnd 100] < $percent}]
}

# Some of a list's members, each with that chance; at least one.
proc some {list percent} {
  set result [lmap member $list {
    if {![chance $percent]} {
      continue
    }
    set member
  }]
  return [expr {[llength $result] ? $result : [list [pick $list]]}]
}

proc quoted {text} {
  return '[string map {' ''} $text]'
}

namespace eval world {
  variable images {}     ;# all repositories that exist
  variable organizations {}
  variable names {}      ;# of repositories, without the organization
  variable region ""     ;# the one that is set
  variable regions {""}  ;# all that are asked, that one too
  variable instants      ;# when jobs were created, see spell::instant
  variable samples       ;# values that occur, as SQL literals, by column
  # Literals that any query may have, in any place.
  variable fixed_times {
    '2025-12-31' '2025-12-30' '2026-01-01' {'2025-12-31 12:00:00'} '2025-12-31T12:00:00Z'
    '2026-01-01T00:00:00Z' '2026-01-01T00:00:00.500Z' '2026-01-01T08:00:00.5+08:00'
    {'2026-01-01 00:00:00'} '2025-12-31T20:00:00-04:00' '2026-01-02T03:04:05.600000Z' '1999-01-01'
    '2099-01-01' '2025-12-30T23:59:59.999999999Z' '2026-01-03T00:00Z' '2026' '2026-01' '20251231'
    '20251231T120000Z' '20260101T0800+0800' '2025-12-31T20:00:00-0400' '2025-12-31T20:00:00,5-04'
    {'2025-12-31 12'} {'2025-12-31 12:00:00 +0000 UTC'} {'2026-01-01 08:00:00.5 +0800 CST m=+0.1'}
  }
  variable untimed {}    ;# values of local tables that are no times, as of gen::query
  variable invs 18       ;# numbers of local tables of each kind
  variable uses 6
  variable times 5
  variable nums 4
}

# Repositories with their numbers of jobs, as arguments of the emulator.
proc world::repositories {seed} {
  variable images
  random::seed $seed -1
  set arguments [list --seed [expr {1 + $seed % 1000}]]
  set big [expr {64 - [rnd 6]}]
  foreach image {
    prod/api prod/web prod/db/main prod/empty prod/one prod/two prod/x.y
    stage/api stage/web stage/db/main stage/x.y stage/none stage/q
    a__b/api a__b/c__d--e a__b/web a--b/web a.b/web a_b/web
    q/0 q/00 q/a/b/c q/a.b q/a-b q/a_b q/a__b q/a--b q/api q/web
    z9/web z9/api z9/x.y z9/0 z9/1.10 z9/1.1 z9/1e1 z9/10 q/7 q/007 team-a.b_c/api team-a.b_c/x.y dev--ops/api dev--ops/0
  } {
    set count [pick [list 0 1 2 3 5 6 7 8 9 13 19 20 21 27 40 41 $big]]
    switch -glob $image {
      */empty {set count 0}
      */one   {set count 1}
    }
    lappend images $image
    lappend arguments --add $image=$count
  }
  # These two are there without being asked for.
  lappend images team-a.b_c/x.y_z-0/deep dev--ops/runner--pool
  foreach image $images {
    set slash [string first / $image]
    lappend organizations [string range $image 0 $slash-1]
    lappend names [string range $image $slash+1 end]
  }
  set world::organizations [lsort -unique $organizations]
  set world::names [lsort -unique $names]
  return $arguments
}

# Records as the emulator does not make them: ids and creation times shared by repositories, NULL
# and missing texts, texts of every kind, times with fractions of any length.
proc world::odd_records {} {
  variable images
  set times {
    2026-01-01T00:00:00Z 2026-01-01T00:00:00Z 2026-01-01T00:00:00.000001Z 2026-01-01T00:00:00.5Z
    2026-01-01T00:00:00.5Z 2026-01-01T00:00:00.53183Z 2026-01-01T00:00:01Z 2026-01-02T03:04:05.6Z
    2026-01-02T03:04:05.6Z 2026-01-02T03:04:05.6Z 2026-01-03T00:00:00Z
  }
  foreach image $images {
    if {[chance 45] || $image in {prod/empty prod/one}} {
      continue
    }
    set slash [string first / $image]
    set at [rnd 8]
    set id [expr {2000000000 + [rnd 5]}]
    for {set left [expr {1 + [rnd 5]}]} {$left && $at < [llength $times]} {incr left -1} {
      set members [list \"createdAt\":\"[lindex $times $at]\" \"id\":$id \
                       \"namespace\":\"[string range $image 0 $slash-1]\" \
                       \"repoName\":\"[string range $image $slash+1 end]\"]
      foreach {field texts} {
        domainID {"d1" "D1" null -} domainName {"" "ü" null -} override {true false}
        remoteNamespace {"group" "GROUP" "a b" null} remoteRegionId {"cn-north-4" "%" null}
        status {"failed" "Failed" "success" "waiting" "" null} syncOperatorId {"1" "01" null -}
        syncOperatorName {"O'Neil" "\u738b" "\"q\"" null -} tag {"v1" "V1" "" "a_b" "版本" "é" "É" null}
        updatedAt {"2026-01-05T00:00:00Z" "2026-01-04T12:00:00.25Z"}
      } {
        set text [pick $texts]
        if {$text eq "-"} {
          continue
        }
        if {$text ni {null true false}} {
          set text \"[string map {\" \\\" \\ \\\\} $text]\"
        }
        lappend members \"$field\":$text
      }
      emulator_append $image "{[join $members ,]}"
      incr at [rnd 3]
      incr id [expr {1 + [rnd 3]}]
    }
  }
}

# Nothing but our repositories, and a list of them in pages of some size.
proc world::alone {} {
  variable images
  set bytes [emulator GET repositories]
  foreach image [regexp -all -inline {[^"]+/[^"]+} $bytes] {
    if {$image ni $images} {
      emulator POST remove [list image $image]
    }
  }
  emulator_set list-cap [pick {0 0 7 13}]
}

proc world::begin {seed} {
  variable images
  variable region
  variable samples
  set arguments [repositories $seed]
  emulator_start {*}$arguments
  alone
  odd_records
  db_open db
  oracle_open $images
  set region [pick {"" cn-north-4}]
  variable regions [list $region]
  if {$region ne ""} {
    db eval {SELECT swr_config('region', $::world::region)}
    dboracle eval {UPDATE swr_sync_job SET region = $::world::region}
  }
  if {$region ne "" && [chance 70]} {
    other_region $seed $arguments
  }
  dboracle eval {
    CREATE INDEX job_name ON swr_sync_job(namespace, repoName);
    CREATE INDEX job_image ON swr_sync_job(image);
  }
  foreach column {
    createdAt updatedAt id tag status remoteNamespace remoteRegionId domainName syncOperatorName
  } {
    set samples($column) [dboracle eval "
      SELECT quote(c) FROM (SELECT DISTINCT $column AS c FROM swr_sync_job
                             WHERE $column IS NOT NULL)"]
  }
  variable instants [lmap literal $samples(createdAt) {
    if {[set instant [spell::instant $literal]] eq ""} continue
    set instant
  }]
  foreach connection {db dboracle} {
    $connection nullvalue \u2400
  }
  local_tables
}

# A second region with the same repositories and ids, other jobs, and odd records of its own. A token is
# of one region, and so keys are used.
proc world::other_region {seed arguments} {
  variable images
  variable regions
  lappend regions cn-south-1
  region_start cn-south-1 {*}[string map [list "--seed [expr {1 + $seed % 1000}]" "--seed 1001"] $arguments]
  unset ::env(HW_AUTH_TOKEN)
  set ::env(HW_ACCESS_KEY) emulator-access-key-01
  set ::env(HW_SECRET_KEY) emulator-secret-key-0123456789
  in_region cn-south-1 {
    alone
    odd_records
    foreach image $images {
      oracle_load $image cn-south-1
    }
  }
}

# Names as inventories hold them: mostly of repositories that exist.
proc world::some_name {} {
  variable images
  variable organizations
  variable names
  if {[chance 86]} {
    set image [pick $images]
    set slash [string first / $image]
    return [list [quoted [string range $image 0 $slash-1]] [quoted [string range $image $slash+1 end]] \
                [quoted $image]]
  }
  if {[chance 50]} {
    set organization [pick $organizations]
    set name [pick $names]
    return [list [quoted $organization] [quoted $name] [quoted $organization/$name]]
  }
  return [pick {
    {NULL NULL NULL} {'prod' NULL NULL} {NULL 'api' 'prod/'} {'PROD' 'API' 'PROD/api'}
    {5 0 5} {'q' 7 'q/7'} {'q' '007' 'q/007'} {'z9' 1.1 'z9/1.1'} {'z9' 10 'z9/1e1'} {x'70726f64' x'617069' x'70726f642f617069'} {'' '' ''} {{'a b'} {'a b'} {'a b/c'}}
    {'gone' 'api' 'gone/api'} {'prod' 'gone' 'prod/gone'} {'q' 0 'q/0'} {'q' '00' '/00'}
    {'prod' 'api/' 'prod/api/'} {{'prod '} {' api'} {' prod/api'}} {'ü' 'é' 'ü/é'}
  }]
}

proc world::time {} {
  variable samples
  variable fixed_times
  return [pick [expr {[chance 45] ? $samples(createdAt) : $fixed_times}]]
}

# What is no time, remembered as what any query may meet.
proc world::no_time {} {
  variable untimed
  lappend untimed [spell::odd [lindex [spell::near $world::instants] 0]]
  return [lindex $untimed end 0]
}

# Tables of random shape, on both sides.
proc world::local_tables {} {
  variable invs
  variable uses
  variable times
  variable nums
  for {set i 0} {$i < $invs} {incr i} {
    # Half of them compare as numbers, with names that are none, too.
    set type [pick {TEXT TEXT TEXT TEXT {} STRING INTEGER REAL NUMERIC}]
    set number [pick {{INTEGER PRIMARY KEY} INTEGER INTEGER}]
    set rows {}
    set count [pick {0 1 2 3 4 6 9 12}]
    for {set n 1} {$n <= $count} {incr n} {
      lassign [some_name] organization name image
      set owner [pick {'ann' 'bob' 'Bob' NULL '' 'José'}]
      set unique [expr {[string match *KEY* $number] ? $n : [pick [list $n 1 2 NULL]]}]
      lappend rows "($organization, $name, $image, $owner, $unique)"
      if {[chance 15] && ![string match *KEY* $number]} {
        lappend rows [lindex $rows end]
      }
    }
    table inv$i "(ns $type, repo $type, image $type, owner TEXT, n $number)" $rows \
        {{} {} (image) {(ns, repo)} (repo) {(owner, n)}}
  }
  for {set i 0} {$i < $uses} {incr i} {
    set rows {}
    for {set n [rnd 8]} {$n} {incr n -1} {
      lassign [some_name] organization name
      lappend rows "($organization, $name, [pick {1 2 3}])"
    }
    table use$i "(namespace TEXT, repoName TEXT, n INTEGER)" $rows {{} {} {(namespace, repoName)} (n)}
  }
  for {set i 0} {$i < $times} {incr i} {
    set rows {}
    for {set n [pick {0 1 1 2 3 5}]} {$n} {incr n -1} {
      set spelled [quoted [spell::time {*}[spell::near $world::instants]]]
      # One of the tables has what is no time, too.
      set other [expr {$i ? $spelled : [no_time]}]
      lappend rows ([pick [list [time] [time] [time] $spelled $other NULL]])
    }
    table times$i "(t [pick {TEXT TEXT {}}])" $rows {{} (t)}
  }
  for {set i 0} {$i < $nums} {incr i} {
    set rows {}
    for {set n [pick {0 1 3 5}]} {$n} {incr n -1} {
      lappend rows ([pick {0 1 2 3 5 2000000000 2000000003 NULL}])
    }
    table nums$i "(n [pick {INTEGER {}}])" $rows {{} (n)}
  }
}

proc world::table {name columns rows indexes} {
  set sql "CREATE TABLE $name$columns;"
  if {[llength $rows]} {
    append sql "\nINSERT INTO $name VALUES [join $rows ,];"
  }
  set index [pick $indexes]
  if {$index ne ""} {
    append sql "\nCREATE INDEX ${name}_index ON $name$index;"
  }
  if {[chance 35]} {
    append sql "\nANALYZE $name;"
  }
  set ::world::definitions($name) $sql
  both_eval $sql
}
