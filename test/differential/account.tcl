# Random SQL over the tables of the whole account, asked of the extension and of ordinary tables with the same
# rows (see ../catalogue.tcl): rows must agree, as a bag, or by their sort keys where a query has an order.
# Half of the queries name no repository, or only a part of the name; every other seed has two regions.
#
#   tclsh test/differential/account.tcl ?-seed N? ?-count N? ?-seconds N? ?-replay SEED:INDEX?
#
# Each query follows from the seed and its index alone. A query may be refused that names a region by what comes
# too late, and is counted. Times are compared in every spelling, the ordinary tables asked with each as the service
# writes it; what is no time may be an error that names it. The last line is "N passed, N failed"; the exit code is 1 if a query failed.

set here [file dirname [file normalize [info script]]]
source -encoding utf-8 [file join [file dirname $here] harness.tcl]
source -encoding utf-8 [file join [file dirname $here] catalogue.tcl]
foreach part {world times} {
  source -encoding utf-8 [file join $here $part.tcl]
}
array set option {-seed 1 -count 1000 -seconds 0 -replay ""}
array set option $argv

# ---- The world ------------------------------------------------------------------------------------------

random::seed $option(-seed) -1
set repositories [list --seed [expr {1 + $option(-seed) % 1000}] --add api/api=3 --add team/api=20 \
    --add api/api-v2=5 --add group-dr/nginx=40 --add group/team/api/v2=7 --add my-group/nginx-old=12 \
    --add team/web=0 --add api/0=2 --add api/00=9]
emulator_start {*}$repositories
db_open
oracle_open test/testrepo
dboracle eval {DELETE FROM swr_sync_job}
catalogue::create

# The rows of a region, without those of too many jobs for joins of everything with everything. Returns its
# repositories.
proc load_region {region removed} {
  foreach image [concat {load/million group/history group/busybox group/hundred group/nginx} $removed] {
    emulator POST remove [list image $image]
  }
  emulator POST create {image group/nginx count 30}
  set images [catalogue_images]
  catalogue_load $images $region
  foreach image $images {
    oracle_load $image $region
  }
  emulator_set list-cap [pick {0 0 3 7}]
  return $images
}
set regions [list ""]
if {$option(-seed) % 2} {
  set images [load_region "" {}]
} else {
  # A token is of one region, and so keys are used.
  set regions {cn-north-4 cn-south-1}
  set images [load_region cn-north-4 {}]
  region_start cn-south-1 {*}[string map {api/api-v2 api/api-v3 team/api=20 team/api=4} $repositories]
  unset env(HW_AUTH_TOKEN)
  set env(HW_ACCESS_KEY) emulator-access-key-01
  set env(HW_SECRET_KEY) emulator-secret-key-0123456789
  in_region cn-south-1 {
    lappend images {*}[load_region cn-south-1 {team/web dev--ops/runner--pool}]
  }
  db eval {SELECT swr_config('region', 'cn-north-4')}
  set images [lsort -unique $images]
}
both_eval "
  CREATE TABLE inventory(image TEXT, namespace TEXT, repoName [pick {TEXT TEXT STRING INTEGER REAL}], owner TEXT);
"
both_eval {
  INSERT INTO inventory VALUES ('api/api', 'api', 'api', 'ann'), ('group/nginx', 'group', 'nginx', 'bob'),
    ('group/none', 'group', 'none', 'ann'), ('team/api', 'team', 'api', NULL), (NULL, NULL, 'api', 'eve'),
    ('group/team/api/v2', 'group', 'team/api/v2', 'bob'), ('Group/nginx', 'Group', 'nginx', 'x'),
    ('api/0', 'api', '0', 'cy'), ('api/00', 'api', '00', 'cy');
}
namespace eval account {
  variable columns $::catalogue::columns
  dict set columns swr_sync_job {
    createdAt TIME id INTEGER namespace TEXT override INTEGER remoteNamespace TEXT remoteRegionId TEXT
    repoName TEXT status TEXT tag TEXT updatedAt TIME}
  variable keyed {swr_tag swr_sync_rule swr_retention_log swr_sync_job}
  variable listed {swr_repo swr_repo swr_repo swr_namespace swr_namespace swr_sync_region swr_overview}
}
proc account::names {table} {
  variable columns
  set hidden [expr {$table eq "swr_sync_job" ? {image TEXT region TEXT} : [dict get $catalogue::hidden $table]}]
  # A total is that of what was asked.
  return [concat [dict remove [dict get $columns $table] total_range] $hidden]
}

# A value that the column has, mostly.
proc account::value {table column type} {
  variable known
  if {![info exists known($table.$column)]} {
    set known($table.$column) [dboracle eval "SELECT DISTINCT $column FROM $table ORDER BY 1 LIMIT 50"]
  }
  set samples $known($table.$column)
  if {![llength $samples] || [chance 15]} {
    return [pick {NULL 'x' 0 '' '2025-12-31' 'group' 'api'}]
  }
  set value [pick $samples]
  if {$value eq "NULL"} {
    return NULL
  }
  return [expr {$type in {INTEGER REAL} && [string is double -strict $value] ? $value : [quoted $value]}]
}

proc account::term {alias table} {
  array set types [names $table]
  set name [pick [lsort [array names types]]]
  if {$name eq "region"} {
    return [region $alias]
  }
  set type $types($name)
  set column $alias.$name
  set value [value $table $name $type]
  if {$type eq "TIME"} {
    if {![string match '2* $value]} {
      set value [pick {NULL '2025-12-31T20:00:00Z' {datetime('2025-12-30 10:00:00')} {date('2025-12-01')}}]
    }
    set value [other_time $value]
    return "$column [pick {< <= > >= =}] $value"
  }
  switch [rnd 9] {
    0 {return "$column IS NOT NULL"}
    1 {return "$column IN ($value, [value $table $name $type])"}
    2 {return "($column = $value OR $column = [value $table $name $type])"}
    3 {return "$column <> $value"}
    4 {return "$column LIKE '%a%'"}
    5 {
      set other [pick [lsort [array names types]]]
      return "($column = $value OR $alias.$other [pick {= <>}] [value $table $other $types($other)])"
    }
    default {return "$column [pick {= = = == IS}] $value"}
  }
}

# A time in another spelling, or what is none; or the time itself.
proc account::other_time {literal} {
  set instant [spell::instant $literal]
  if {$instant eq "" || [chance 50]} {
    return $literal
  }
  if {[chance 25]} {
    lappend ::untimed [spell::odd [lindex $instant 0]]
    return [lindex $::untimed end 0]
  }
  lassign [spell::near [list $instant]] seconds digits
  set spelled [quoted [spell::time $seconds $digits]]
  dict set ::spelled $spelled [quoted [spell::canonical $seconds $digits]]
  return $spelled
}

# Which regions an alias is read of: all rows are in the ordinary tables.
proc account::region {alias {before ""}} {
  variable ::regions
  if {$before ne "" && [chance 60]} {
    return "$alias.region = $before.region"
  }
  if {[llength $regions] == 1} {
    return "$alias.region = ''"
  }
  return [pick [list "$alias.region = '[pick $regions]'" "$alias.region IN ('[join $regions ',']')" \
      "$alias.region IN ('[join $regions ',']')" "$alias.region IS '[pick $regions]'"]]
}

# Terms that name the repositories of a keyed table, or a part of them, or nothing.
proc account::key {alias} {
  set images [lmap i {1 2 3} {quoted [pick [concat $::images group/none]]}]
  lassign $images image
  lassign [split [string trim $image '] /] namespace
  set name [string range [string trim $image '] [string length $namespace]+1 end]
  lassign [lmap text [list $namespace $name] {quoted $text}] space repo
  if {[chance 50]} {
    return [pick [list "" "" "" "$alias.namespace = $space" "$alias.namespace = $space" "$alias.repoName = $repo" \
        "$alias.namespace IN ('api', $space)" "$alias.repoName IN ($repo, 'api', 'nginx')" \
        "$alias.image LIKE '%[string range $name 0 2]%'" "$alias.image LIKE '[string toupper $namespace]/%'" \
        "$alias.repoName GLOB '[string index $name 0]*'" "$alias.namespace GLOB '*-*'" \
        "$alias.namespace = $space AND $alias.repoName LIKE '%[string index $name end]'" \
        "$alias.namespace IN (SELECT namespace FROM inventory)" "$alias.namespace <> $space" \
        "$alias.namespace IN (SELECT name FROM swr_namespace x WHERE x.region = '[lindex $::regions 0]')" \
        "($alias.namespace = $space OR $alias.repoName = 'api')" \
        "($alias.image = $image OR $alias.namespace = 'api')" "$alias.image NOT IN ([join $images ,])"]]
  }
  return [pick [list "$alias.image = $image" "$alias.image IN ([join $images ,])" \
      "$alias.image IN (SELECT image FROM inventory)" \
      "$alias.image IN (SELECT x.image FROM swr_repo x WHERE x.namespace = $space AND x.region = '[lindex $::regions 0]')" \
      "$alias.namespace = $space AND $alias.repoName = $repo" \
      "$alias.namespace = $space AND $alias.repoName IN (SELECT repoName FROM inventory)"]]
}

# One of a column, over a table of its own that may be joined to the alias A.
proc account::subquery {alias} {
  variable keyed
  set table [pick [concat $keyed swr_repo]]
  set terms [list [region s $alias] [pick [list "s.namespace = $alias.namespace" "s.repoName = $alias.repoName" \
      "s.namespace = $alias.namespace AND s.repoName = $alias.repoName" "s.image = $alias.image"]]]
  if {[chance 30]} {
    lappend terms [term s $table]
  }
  return "(SELECT count(*) FROM $table s WHERE [join $terms { AND }])"
}

# FROM, with the tables that are joined; TABLES gets their aliases.
proc account::from {base} {
  variable keyed
  upvar 1 tables tables
  set joinable [expr {$base in $keyed || $base eq "swr_repo"}]
  set joins {JOIN JOIN {LEFT JOIN} {CROSS JOIN}}
  # Rows that match none are read without the terms of ON, and so in the region that is set.
  if {$::outer && [llength $::regions] == 1} {
    lappend joins {RIGHT JOIN} {FULL JOIN}
  }
  set from "$base a"
  foreach alias {b c} {
    if {[chance 50]} {
      break
    }
    set table [pick [expr {$joinable ? [concat $keyed swr_repo swr_namespace inventory] : "swr_repo inventory swr_namespace"}]]
    set pair [pick {namespace {namespace repoName} {namespace repoName} image}]
    if {$table eq "swr_namespace" || !$joinable} {
      set pair namespace
    }
    if {$base in {swr_sync_region swr_overview}} {
      if {$table eq "inventory"} {
        break
      }
      set pair {}
    }
    set on [lmap name $pair {string cat "$alias.$name = a.$name"}]
    if {$table ne "inventory"} {
      lappend on [region $alias a]
      lappend tables $alias $table
    }
    append from " [pick $joins] $table $alias ON [join $on { AND }]"
  }
  return $from
}

proc account::query {} {
  variable keyed
  variable listed
  set where {}
  set base [pick [concat $listed $keyed]]
  set tables [list a $base]
  if {$base in $keyed} {
    lappend where {*}[lmap term [list [key a]] {expr {$term eq "" ? [continue] : $term}}]
  }
  set from [from $base]
  lappend where [region a]
  foreach {alias table} $tables {
    while {[chance 30]} {
      lappend where [term $alias $table]
    }
  }
  if {$base in $keyed && [chance 12]} {
    lappend where "[subquery a] [pick {= > <}] [rnd 4]"
  }
  set filter " WHERE [join $where { AND }]"
  return [select $base $tables $from $filter]
}

proc account::select {base tables from filter} {
  set columns {}
  foreach {alias table} $tables {
    foreach {name type} [names $table] {
      if {[chance 30]} {
        lappend columns $alias.$name
      }
    }
  }
  if {![llength $columns]} {
    return [list bag "SELECT count(*) AS n FROM $from$filter"]
  }
  set list [join [lmap column $columns {string cat "$column AS r[incr number]"}] ,]
  if {[chance 15]} {
    return [list bag "SELECT [lindex $columns 0] AS r, count(*) AS n FROM $from$filter GROUP BY 1"]
  }
  if {[chance 40]} {
    array set types [names $base]
    set times [lmap name [array names types] {expr {$types($name) eq "TIME" ? $name : [continue]}}]
    set order [pick [concat [lsort $times] [lindex $columns 0]]]
    set order [expr {[string match *.* $order] ? $order : "a.$order"}][pick {{} { DESC}}]
    set limit [pick {{} { LIMIT 3} { LIMIT 5 OFFSET 2} { LIMIT 100}}]
    return [list keys "SELECT [string map {{ DESC} {}} $order] AS r0 FROM $from$filter ORDER BY $order$limit"]
  }
  return [list bag "SELECT [pick {{} {} {DISTINCT }}]$list FROM $from$filter"]
}

# ---- The run --------------------------------------------------------------------------------------------

# True of an error that names what the query compares with a time, and is none.
proc account::told {got} {
  foreach value $::untimed {
    lassign $value - shown advice
    if {[string match "*: * is compared with $shown, which is no time.\nWrite $advice*" $got]} {
      return 1
    }
  }
  return 0
}

proc account::ask {index} {
  set ::give_up [expr {[clock milliseconds] + 5000}]
  random::seed $::option(-seed) $index
  lassign {} ::spelled ::untimed
  lassign [query] how sql
  set ordered [expr {$how eq "keys"}]
  dboracle progress 1000 {expr {[clock milliseconds] > $::give_up}}
  set ::give_up [expr {[clock milliseconds] + 100}]
  set expected [harness::answer [string map $::spelled $sql] dboracle $ordered]
  if {$expected eq "1 interrupted" || [llength [lindex $expected 1]] > 2000} {
    incr ::long
    return
  }
  set got [harness::answer $sql db $ordered]
  if {[string match "*the region must be known before*" $got] && [llength $::regions] > 1} {
    incr ::refused
  } elseif {[told $got]} {
    incr ::told
    incr ::passed
  } elseif {$got eq $expected} {
    incr ::passed
    incr ::rows [llength [lindex $got 1]]
  } else {
    incr ::failed
    puts "! $::option(-seed):$index $sql\n    expected: [string range $expected 0 2000]\n    got:      [string range $got 0 2000]"
  }
}
set outer [sqlite_since 3.39]
lassign {0 0 0 0 0 0} passed failed refused rows long told
if {$option(-replay) ne ""} {
  lassign [split $option(-replay) :] option(-seed) index
  account::ask $index
} else {
  set end [expr {$option(-seconds) ? [clock seconds] + $option(-seconds) : 0}]
  for {set i 0} {$i < $option(-count) && (!$end || [clock seconds] < $end) && $failed < 10} {incr i} {
    account::ask $i
  }
}
puts "$rows rows, $refused refused for want of a region, $long too long, $told told what is no time"
harness::cleanup
puts "$passed passed, $failed failed"
exit [expr {$failed > 0}]
