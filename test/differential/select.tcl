# The larger half of the generator: FROM with every join, select lists, groups, windows, compounds,
# CTEs, views, temporary tables, order and limit. Terms of WHERE and ON come from generate.tcl and keys.tcl.

# ---- Sources ---------------------------------------------------------------------------------

proc gen::limit {{most 12}} {
  set count [value [pick [list 1 1 2 3 5 [rnd $most] [rnd $most] [rnd 70] [rnd 25] 0 -1]]]
  set skip [value [pick [list 1 2 3 5 7 19 20 21 0 -3 [rnd 60] [rnd 25]]]]
  switch [rnd 8] {
    0 - 1   {return [list S {T LIMIT} $count {T OFFSET} $skip]}
    2       {return [list S {T LIMIT} $skip {T ,} $count]}
    3       {return [list S {T LIMIT} [list A [list T "[rnd 3] + [rnd 5]"] {T 1}] [list L "OFFSET " "" "" $skip]]}
    default {return [list S {T LIMIT} $count]}
  }
}

# Columns that tell all rows of the sources apart, or make rows that agree in them equal.
proc gen::tail {sources} {
  variable columns
  set result {}
  foreach source $sources {
    lassign $source alias kind
    if {$kind in {job sub}} {
      lappend result $alias.region $alias.namespace $alias.repoName $alias.id
    } else {
      foreach {name type} $columns($kind) {
        lappend result $alias.$name
      }
    }
  }
  return $result
}

# Random ORDER BY terms; with keysName also what to select so that equal terms are equal values.
proc gen::sort_terms {sources most {keysName ""}} {
  if {$keysName ne ""} {
    upvar 1 $keysName keys
  }
  set keys {}
  set terms {}
  set jobs [lsearch -all -inline -regexp $sources {^\S+ (job|sub)}]
  # What the table takes over whole: createdAt, then columns as they are.
  set plain [expr {[llength $jobs] && [chance 30]}]
  for {set i [rnd [expr {$most + 1}]]} {$i < $most} {incr i} {
    set column ""
    if {[llength $jobs] && ($plain ? ![llength $terms] : [chance 55])} {
      set column [lindex [pick $jobs] 0].createdAt
    }
    if {$column eq ""} {
      set column [column $sources {ns repo image time int text region}]
    }
    set direction [pick [expr {$plain ? {"" ASC DESC} : {"" "" ASC DESC DESC "DESC NULLS LAST" "NULLS FIRST" "ASC NULLS LAST"}}]]
    set key $column
    set term $column
    switch [expr {$plain ? 99 : [rnd 14]}] {
      0 {set term "$column COLLATE NOCASE"; set key "lower($column)"}
      1 {set term "$column COLLATE BINARY"}
      2 {set term "length($column)"; set key $term}
      3 {set term "substr($column, 1, 10)"; set key $term}
      4 {set term "$column IS NULL"; set key $term}
      5 {set term "+$column"}
    }
    lappend terms [list A [list T [string trim "$term $direction"]] [list T $term]]
    lappend keys $key
  }
  return $terms
}

# What stands in FROM for something that selects from the table: an inline subquery, a CTE, a view,
# a temporary table.
proc gen::sub_source {} {
  variable setup
  variable teardown
  variable ctes
  variable bound
  variable aliases
  if {[llength $ctes] && [chance 50]} {
    return [list T [lindex [pick $ctes] 0]]
  }
  set form [pick {inline inline inline cte cte cte view table}]
  set before $bound
  if {$form eq "view"} {
    set bound 0
  }
  set body [sub_body]
  set bound $before
  switch $form {
    inline {return [list N {T (} $body {T )}]}
    cte {
      set name k[incr aliases]
      set hint [pick {"" "" MATERIALIZED {NOT MATERIALIZED}}]
      lappend ctes [list $name [list N [list T "$name AS $hint ("] $body {T )}]]
    }
    view {
      set name v[incr aliases]
      lappend setup [list S [list T "CREATE TEMP VIEW $name AS"] $body]
      lappend teardown "DROP VIEW IF EXISTS temp.$name"
    }
    table {
      set name m[incr aliases]
      lappend setup [list S [list T "CREATE TEMP TABLE $name AS"] $body]
      lappend teardown "DROP TABLE IF EXISTS temp.$name"
    }
  }
  return [list T $name]
}

proc gen::sub_body {} {
  set alias [alias]
  set list [join [lmap column {createdAt id status tag namespace repoName image region} {
    format %s.%s $alias $column
  }] ", "]
  set sources [list [list $alias job]]
  set where [keys $alias {}]
  set from "swr_sync_job AS $alias"
  if {[chance 12]} {
    set o [alias]
    set sources [list [list $o inv] {*}$sources]
    set from "inv[rnd $world::invs] AS $o JOIN $from"
    set where [keys $alias [list [list $o inv]]]
  }
  set body [list S [list T "SELECT [pick {{} {} {} DISTINCT}] $list FROM $from"] \
                [list L "WHERE " " AND " "" {*}$where {*}[predicates $sources 30 0]]]
  switch [rnd 6] {
    0 {
      if {![string match *DISTINCT* [tree::sql $body]]} {
        return [list S $body [list O [sort_terms $sources 2] [tail $sources] [list [limit 40]]]]
      }
    }
    1 {
      return [list S $body [list T "[pick {{UNION ALL} {UNION ALL} UNION EXCEPT INTERSECT}]
        SELECT createdAt, id, status, tag, namespace, repoName, image, region FROM swr_sync_job AS t"] \
        [list L "WHERE " " AND " "" {*}[keys t {}] {*}[predicates {{t job}} 30 0]]]
    }
    2 {
      if {![string match *DISTINCT* [tree::sql $body]]} {
        return [list S $body [list O [sort_terms $sources 2] {} {}]]
      }
    }
  }
  return $body
}

# A node for FROM: "swr_sync_job AS j1".
proc gen::source_text {source} {
  lassign $source alias kind
  switch $kind {
    job     {return [list T "swr_sync_job AS $alias"]}
    sub     {return [list S [sub_source] [list T "AS $alias"]]}
    inv     {set most $world::invs}
    use     {set most $world::uses}
    times   {set most $world::times}
    nums    {set most $world::nums}
  }
  return [list T "$kind[rnd $most] AS $alias"]
}

# Terms that join a source, other than the table itself, to those before it.
proc gen::join_terms {source outers} {
  if {![llength $outers]} {
    return {}
  }
  set terms {}
  set own [list $source]
  foreach type [pick {{ns repo} {ns repo} image ns int text time}] {
    set mine [column $own $type]
    set other [column $outers $type]
    if {$mine ne "" && $other ne ""} {
      set comparison [expr {$type in {time int} ? [pick {< <= = >=}] : [pick {= = = IS}]}]
      lappend terms [list T "$mine $comparison $other"]
    }
  }
  if {[chance 15]} {
    lappend terms [predicate [concat $own $outers] 0]
  }
  return $terms
}

# Sources with FROM and the first terms of WHERE. The names of variables of the caller to set.
proc gen::from {sourcesName whereName} {
  variable constants
  upvar 1 $sourcesName sources $whereName where
  set count [pick {1 1 1 1 1 2 2 2 2 3}]
  set outer [expr {$count > 1 && $::sqlite_number >= 3039000 && [chance 10]}]
  set kinds {}
  for {set i 0} {$i < $count} {incr i} {
    lappend kinds [pick {job job job job job job sub sub inv inv inv use times nums}]
  }
  if {$count == 1} {
    set kinds [pick {job job job job job job sub inv}]
  } elseif {"job" ni $kinds && ("sub" ni $kinds || [chance 70])} {
    lset kinds [rnd $count] job
  }
  # RIGHT and FULL JOIN: rows that match none are read without the terms of ON, and so in the region that is set.
  if {$outer && [llength $world::regions] > 1} {
    set kinds [string map {job sub} $kinds]
  }
  set sources {}
  set where {}
  foreach kind $kinds {
    lappend sources [list [alias] $kind]
  }
  if {!$outer && $count > 1 && [chance 25]} {
    return [inner_join]
  }
  set joins {}
  set before {}
  foreach source $sources {
    lassign $source alias kind
    set text [source_text $source]
    if {![llength $before]} {
      if {$kind eq "job"} {
        lappend where {*}[keys $alias {}]
      }
      set first $text
      lappend before $source
      continue
    }
    set join [pick {JOIN JOIN , {CROSS JOIN} {LEFT JOIN} {LEFT JOIN} {INNER JOIN} {LEFT OUTER JOIN}}]
    if {$outer} {
      set join [pick {{RIGHT JOIN} {FULL JOIN} {RIGHT OUTER JOIN} {FULL OUTER JOIN} {LEFT JOIN}}]
    }
    set shared [lsearch -inline -all -regexp $before {^\S+ (job|sub|use)}]
    # Where there are several regions, they are named by what is shared, too.
    set region [expr {$kind eq "job" && [llength $world::regions] > 1 ? "region, " : ""}]
    if {$region ne ""} {
      set shared [lsearch -inline -all -regexp $before {^\S+ (job|sub)}]
    }
    if {$kind in {job sub use} && [llength $shared] && $join ne "," && [chance 20]} {
      set using [list T "USING ($region[pick {{namespace, repoName} {namespace, repoName} {repoName, namespace}}])"]
      if {$kind in {job sub} && [lindex $shared 0 1] ne "use" && [chance 50]} {
        set using [list T "USING (${region}namespace, repoName, id)"]
      }
      lappend joins [list N [list T $join] $text [list K $using]]
    } else {
      set terms [expr {$kind eq "job"
                       ? [keys $alias $before [string match LEFT* $join]] : [join_terms $source $before]}]
      # "ON keys AND 0" leaves no keys: SQLite drops them.
      set constants 0
      set own [predicates [concat $before [list $source]] 20 0]
      set constants 1
      if {$join eq "," || ([string match *INNER* $join] && [chance 50])} {
        lappend where {*}$terms
        lappend joins [list S [list T $join] $text]
      } else {
        lappend joins [list S [list T $join] $text [list L "ON " " AND " "" {*}$terms {*}$own]]
      }
    }
    lappend before $source
  }
  if {$outer && [chance 25]} {
    foreach source $sources {
      if {[lindex $source 1] eq "job"} {
        lappend where {*}[keys [lindex $source 0] {}]
      }
    }
  }
  return [list S {T FROM} $first [list L "" " " "" {*}$joins]]
}

# FROM a, b, c in any order, all terms in WHERE: the planner must find an order of its own.
proc gen::inner_join {} {
  upvar 1 sources sources where where
  set before {}
  set texts {}
  foreach source $sources {
    lassign $source alias kind
    set at [rnd [expr {[llength $texts] + 1}]]
    set texts [linsert $texts $at [source_text $source]]
    lappend where {*}[expr {$kind eq "job" ? [keys $alias $before] : [join_terms $source $before]}]
    lappend before $source
  }
  return [list L "FROM " [pick {{, } { JOIN } {, }}] "" {*}$texts]
}

# ---- Select lists ----------------------------------------------------------------------------

proc gen::item {sources} {
  switch [rnd 14] {
    0 {
      set column [column $sources {text time int ns repo image region}]
      return [list A [list T "[pick {quote typeof length upper hex}]($column)"] [list T $column]]
    }
    1 {return [list A [scalar $sources 1] {T 1}]}
    2 {
      set text [column $sources {text time image}]
      if {$text ne ""} {
        return [list T "$text || '/' || [column $sources {text time image}]"]
      }
    }
    3 {
      set time [column $sources time]
      if {$time ne ""} {
        return [list T [format [pick {{date(%s)} {strftime('%%H', %s)} {%s > '2025-12-31'}}] $time]]
      }
    }
  }
  return [list T [column $sources {text text time int ns repo image region}]]
}

proc gen::items {sources {most 5}} {
  set items {}
  for {set i [rnd $most]} {$i >= 0} {incr i -1} {
    lappend items [item $sources]
  }
  return [list L "" ", " "" {*}$items]
}

proc gen::aggregate {sources} {
  set column [column $sources {text time int ns repo image}]
  set int [column $sources int]
  set time [column $sources time]
  set filter ""
  if {[chance 12]} {
    set filter " FILTER (WHERE [tree::sql [predicate $sources 0]])"
  }
  switch [rnd 11] {
    0 - 1 {return "count(*)$filter"}
    2 {return "count($column)$filter"}
    3 {return "count(DISTINCT $column)$filter"}
    4 - 5 {return "[pick {min max}]([expr {$time eq "" ? $column : $time}])$filter"}
    6 - 7 {return "[pick {min max}]($column)$filter"}
    8 {return "total([expr {$int eq "" ? 1 : $int}])$filter"}
    9 {return "sum(length($column))$filter"}
    10 {return "[pick {min max}]($column COLLATE BINARY)$filter"}
  }
}

proc gen::window {sources} {
  set total [join [concat [lmap term [sort_terms $sources 2] {tree::sql $term}] [tail $sources]] ", "]
  set column [column $sources {text time int ns repo image}]
  set time [column $sources time]
  if {$time eq ""} {
    set time $column
  }
  set part [pick [list "" "PARTITION BY $column" "PARTITION BY [lindex [tail $sources] 0]"]]
  return [pick [list \
    "row_number() OVER ($part ORDER BY $total)" "rank() OVER ($part ORDER BY $time)" \
    "dense_rank() OVER ($part ORDER BY $time DESC)" "count(*) OVER ($part)" \
    "count(*) OVER ($part ORDER BY $time)" "max($column) OVER ($part ORDER BY $time DESC)" \
    "lag($column) OVER ($part ORDER BY $total)" "ntile(3) OVER (ORDER BY $total)" \
    "first_value($column) OVER ($part ORDER BY $total)" \
    "min($time) OVER ($part ORDER BY $total ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)"]]
}

# ---- Whole queries ---------------------------------------------------------------------------

proc gen::head {words} {
  variable ctes
  return [list S [list L "WITH " ", " "" {*}[lmap cte $ctes {lindex $cte 1}]] [list T $words]]
}

proc gen::top {} {
  variable ctes {}
  set form [pick {untimed plain plain plain plain plain plain plain plain plain distinct distinct aggregate
                  aggregate group group group window compound compound compound recursive less paged paged paged paged paged}]
  if {$form in {compound recursive less paged untimed}} {
    return [$form]
  }
  set from [from sources where]
  lappend where {*}[predicates $sources 38 1]
  if {[lindex $sources 0 1] eq "inv" && [llength $sources] == 1} {
    lappend where [subquery_term $sources 1]
  }
  set where [list L "WHERE " " AND " "" {*}$where]
  switch $form {
    aggregate {
      set items [list L "" ", " ""]
      for {set i [rnd 3]} {$i >= 0} {incr i -1} {
        lappend items [list T [aggregate $sources]]
      }
      return [list Q [head SELECT] $items [list S $from $where] {O {} {} {}}]
    }
    group {return [group $sources $from $where]}
    distinct {return [ordered "SELECT DISTINCT" [items $sources 3] [list S $from $where] $sources #]}
    window {
      set items [items $sources 3]
      lappend items [list T [window $sources]]
      return [ordered SELECT $items [list S $from $where] $sources [concat [tail $sources] #]]
    }
  }
  set items [items $sources]
  set rest [list S $from $where]
  if {[chance 45]} {
    return [ordered SELECT $items $rest $sources [tail $sources]]
  }
  set terms [sort_terms $sources 2 keys]
  foreach key $keys {
    lappend items [list T $key]
  }
  return [list Q [head SELECT] $items $rest \
              [list O $terms {} [expr {[chance 45] ? [list [limit]] : {}}]]]
}

# With an order that fixes every row, or none at all. The tail "#" stands for all columns.
proc gen::ordered {words items rest sources tail} {
  set order {O {} {} {}}
  if {[chance 70]} {
    set terms [expr {$words eq "SELECT" ? [sort_terms $sources 2] : {}}]
    if {[chance 15]} {
      lappend terms [list T "1 [pick {ASC DESC}]"]
    }
    if {$words ne "SELECT" && [chance 60]} {
      lappend terms [list T "[expr {1 + [rnd [expr {[llength $items] - 4}]]}] [pick {ASC DESC}]"]
    }
    set order [list O $terms $tail [expr {[chance 55] ? [list [limit]] : {}}]]
  }
  return [list Q [head $words] $items $rest $order]
}

proc gen::group {sources from where} {
  set columns {}
  for {set i [rnd 2]} {$i >= 0} {incr i -1} {
    set column [column $sources {text text time int ns repo image}]
    lappend columns [pick [list $column $column $column "substr($column, 1, 10)" "length($column)"]]
  }
  set groups $columns
  if {[chance 8]} {
    lappend groups "[column $sources {text ns repo image time}] COLLATE NOCASE"
  }
  set items [list L "" ", " "" {*}[lmap column $columns {list T $column}]]
  for {set i [rnd 3]} {$i >= 0} {incr i -1} {
    lappend items [list T [aggregate $sources]]
  }
  set having {}
  if {[chance 30]} {
    lappend having [list T "[aggregate $sources] [pick {> < <> >=}] [pick {1 2 5 'failed' '2025-12-31'}]"]
  }
  set rest [list S $from $where [list T "GROUP BY [join $groups {, }]"] [list L "HAVING " "" "" {*}$having]]
  return [ordered "SELECT " $items $rest $sources #]
}

proc gen::compound {} {
  set columns [pick {{createdAt id} tag status {namespace repoName} {namespace repoName id} {createdAt}
                     {image createdAt id} {repoName} {status tag} {domainName}}]
  set arms {}
  for {set i [expr {1 + [rnd 2]}]} {$i >= 0} {incr i -1} {
    if {$i < 2 && $columns in {{namespace repoName} repoName} && [chance 30]} {
      set names [string map {namespace ns repoName repo} $columns]
      lappend arms [list $names [list S [list T "FROM inv[rnd $world::invs]"] \
                                     [list L "WHERE " "" "" {T {n > 1}}]]]
      continue
    }
    set alias [alias]
    set sources [list [list $alias job]]
    lappend arms [list [lmap column $columns {format %s.%s $alias $column}] \
      [list S [list T "FROM swr_sync_job AS $alias"] \
        [list L "WHERE " " AND " "" {*}[keys $alias {}] {*}[predicates $sources 30 1]]]]
  }
  set rest {}
  foreach arm [lrange $arms 1 end] {
    set operator [pick {{UNION ALL} {UNION ALL} UNION INTERSECT EXCEPT}]
    lappend rest [list N [list T "$operator SELECT [join [lindex $arm 0] {, }]"] [lindex $arm 1]]
  }
  lassign [lindex $arms 0] list body
  return [ordered "SELECT  " [list F [llength $columns] [list T [join $list {, }]]] \
              [list S $body [list L "" " " "" {*}$rest]] {} #]
}

# One scan in the form whose order, bounds and limit SQLite hands to the table: bare columns, the
# default place of NULLs, terms of that table alone.
proc gen::paged {} {
  set alias [alias]
  set sources [list [list $alias job]]
  set where [expr {[chance 60] ? [plain_keys $alias] : [keys $alias {}]}]
  for {set i [pick {0 0 1 1 1 2 3}]} {$i} {incr i -1} {
    set name [pick {createdAt createdAt updatedAt}]
    switch [rnd 7] {
      0 - 1 - 2 {lappend where [bound $alias.$name $sources [pick {< <= = >= >}]]}
      3 {lappend where [list S [list T "$alias.status [pick {= <> IN {NOT IN}}] ("] [value [text_of x.status]] {T )}]}
      4 {lappend where [list T [pick [list "$alias.id = $alias.id" "$alias.tag > $alias.status" \
           "$alias.tag = lower($alias.tag)" "$alias.createdAt <= $alias.updatedAt" \
           "$alias.namespace = $alias.namespace" "$alias.domainName < $alias.syncOperatorName"]]]}
      5 {lappend where [list T "$alias.[pick {status tag remoteRegionId domainName}] [pick {
           {IS NOT NULL} {LIKE '%a%'} {IS NULL} {> 'm'} {BETWEEN 'a' AND 'm'}}]"]}
      6 {lappend where [predicate $sources 1]}
    }
  }
  set direction [pick {"" "" " DESC" " DESC" " DESC"}]
  set names {}
  set extra ""
  foreach name [pick {createdAt createdAt createdAt {namespace repoName createdAt} {createdAt id}
                      {createdAt id} {image createdAt} {createdAt createdAt} id {createdAt namespace}
                      {createdAt tag} {createdAt status id} {region createdAt} {repoName createdAt id} {} updatedAt}] {
    lappend names [list T $alias.$name$direction]
    lappend extra $alias.$name
    if {[chance 35]} {
      set direction [pick {"" " DESC"}]
    }
  }
  set items [list L "" ", " "" {*}[lmap column [some {id createdAt tag status image domainName} 40] {
    list T $alias.$column
  }]]
  set tail {}
  if {[chance 35]} {
    foreach column [tail $sources] {
      lappend tail $column$direction
    }
  } else {
    foreach column $extra {
      lappend items [list T $column]
    }
  }
  return [list Q [head SELECT] $items \
    [list S [list T "FROM swr_sync_job AS $alias"] [list L "WHERE " " AND " "" {*}$where]] \
    [list O $names $tail [expr {[chance 85] ? [list [limit 30]] : {}}]]]
}

# Recursion through the table, and beside it.
proc gen::recursive {} {
  set alias [alias]
  set keys [list L "" " AND " "" {*}[keys $alias {}]]
  set more [predicates [list [list $alias job]] 30 0]
  switch [rnd 3] {
    0 {
      set with "r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < [expr {1 + [rnd 4]}])"
      set where [list L "WHERE " " AND " "" $keys {*}$more]
      return [list Q [list T "WITH RECURSIVE $with SELECT"] \
        [list L "" ", " "" {T r.n} [list T $alias.id] [list T $alias.createdAt]] \
        [list S [list T "FROM r [pick {JOIN , {CROSS JOIN}}] swr_sync_job AS $alias"] $where] \
        [list O [sort_terms [list [list $alias job]] 2] \
             [list r.n $alias.region $alias.namespace $alias.repoName $alias.id] \
             [expr {[chance 50] ? [list [limit 40]] : {}}]]]
    }
    1 {
      set function [pick {min max}]
      set comparison [expr {$function eq "min" ? ">" : "<"}]
      set with [list S [list T "WITH RECURSIVE r(depth, t) AS (
          SELECT 1, [pick {'2025-12-31' '2025-12-30T12:00:00Z' {'2026-01-01 00:00:00'}}] UNION ALL
          SELECT depth + 1, (SELECT ${function}($alias.createdAt) FROM swr_sync_job AS $alias
                              WHERE $alias.createdAt $comparison r.t AND"] $keys \
          [list L " AND " " AND " "" {*}$more] {T ") FROM r WHERE depth < 6 AND t IS NOT NULL) SELECT"}]
      return [list Q $with {L "" ", " "" {T depth} {T t}} {T "FROM r"} {O {} depth {}}]
    }
    default {
      set inner [alias]
      set with [list S [list T "WITH RECURSIVE r(ns, repo, id, depth) AS (
          SELECT $alias.namespace, $alias.repoName, $alias.id, 0 FROM swr_sync_job AS $alias WHERE"] $keys \
          [list L " AND " " AND " "" {*}$more] [list T "UNION
          SELECT $inner.namespace, $inner.repoName, $inner.id, depth + 1
            FROM r JOIN swr_sync_job AS $inner ON $inner.namespace = r.ns AND $inner.repoName = r.repo
              AND $inner.region = '$world::region'
             AND $inner.id [pick {{= r.id + 1} {= r.id - 1}}] WHERE depth < 3) SELECT"]]
      return [list Q $with {L "" ", " "" {T ns} {T repo} {T id} {T depth}} {T "FROM r"} \
                  [list O {} # [expr {[chance 50] ? [list [limit 40]] : {}}]]]
    }
  }
}

# A scan that names no repository.
proc gen::less {} {
  set alias [alias]
  set sources [list [list $alias job]]
  set where [too_few_keys $alias]
  set from [list T "FROM swr_sync_job AS $alias"]
  if {[chance 30]} {
    set other [alias]
    set table [list $other inv]
    set terms [list [list T [pick [list $alias.namespace=$other.ns $alias.repoName=$other.repo]]] {*}[regions $alias 0]]
    set from [list S [list T "FROM inv[rnd $world::invs] AS $other [pick {JOIN {LEFT JOIN} {CROSS JOIN}}]
              swr_sync_job AS $alias"] [list L "ON " " AND " "" {*}$terms]]
    set where {}
  }
  return [list Q {T SELECT} [items $sources 3] \
              [list S $from [list L "WHERE " " AND " "" {*}$where {*}[predicates $sources 30 0]]] \
              [list O {} [tail $sources] [expr {[chance 30] ? [list [limit]] : {}}]]]
}

# The query's rows by way of a temporary table or view.
proc gen::stored {main} {
  variable setup
  variable teardown
  variable parameters
  set form [pick {table insert view}]
  set count [tree::columns $main]
  lset main 0 Q
  if {$form eq "view" && [llength $parameters]} {
    set form insert
  }
  set names [join [lmap i [lrange {1 2 3 4 5 6 7 8 9 10 11 12} 0 $count-1] {format c%d $i}] ", "]
  switch $form {
    table {
      lappend setup [list S {T "CREATE TEMP TABLE stored AS"} $main]
      set list *
    }
    insert {
      lappend setup [list T "CREATE TEMP TABLE stored($names)"] [list S {T "INSERT INTO stored"} $main]
      set list $names
    }
    view {
      lappend setup [list S [list T "CREATE TEMP VIEW stored($names) AS"] $main]
      set list $names
    }
  }
  lappend teardown "DROP [expr {$form eq "view" ? "VIEW" : "TABLE"}] IF EXISTS temp.stored"
  return [list Q {T SELECT} [list F $count [list T $list]] {T "FROM stored"} {O {} {} {}}]
}
