# One random query: gen::query gives a dictionary of
#
#   setup       trees of statements to run first (temporary views and tables)
#   main        the tree of the query itself
#   teardown    texts of statements that undo the setup
#   parameters  name kind value ... of its parameters; kinds text, int, blob, null
#   keyed       what an error means that asks for a region: "sure", each scan says in every plan which it
#               asks, so that it is a fault; "maybe", it depends on the planner. Nothing asks for
#               repositories: those that a scan does not name are found.
#   spelled     literal same ...: times in odd spellings, and as the service writes them
#   untimed     {literal shown advice seconds} ...: what is compared with times and is none (see spell::odd)
#   written     texts of it, and what to write in their places
#   told        "sure": an error must say so of the only one; "maybe": it depends on what SQLite hands over
#
# Sources are lists of alias, kind and name; kinds are job (the table itself), sub (anything
# that selects from it: a subquery, CTE, view or temporary table), inv, use, times, nums.

namespace eval gen {
  variable keyed sure
  variable told maybe
  variable spelled {}
  variable untimed {}
  variable parameters {}
  variable bound 1           ;# 0: no parameters may be used (in a view)
  variable constants 1       ;# 0: no terms that SQLite could find to be false by themselves, and no
                             ;# subqueries for constants
  variable aliases 0
  variable setup {}
  variable teardown {}
  variable ctes {}
  variable columns
  array set columns {
    job {createdAt time id int status text tag text namespace ns repoName repo image image
         override int remoteNamespace text remoteRegionId text domainName text
         syncOperatorName text syncOperatorId text updatedAt time domainID text region region}
    sub {createdAt time id int status text tag text namespace ns repoName repo image image region region}
    inv {ns ns repo repo image image owner text n int}
    use {namespace ns repoName repo n int}
    times {t time}
    nums {n int}
  }
  variable sub_list "createdAt, id, status, tag, namespace, repoName, image, region"
}

proc gen::query {seed index} {
  variable keyed sure
  variable told maybe
  variable spelled {}
  variable untimed {}
  variable parameters {}
  variable bound 1
  variable constants 1
  variable aliases 0
  variable setup {}
  variable teardown {}
  random::seed $seed $index
  set main [top]
  if {[chance 4] && [tree::comparison $main] ne "ties"} {
    set main [stored $main]
  }
  return [dict create setup $setup main $main teardown $teardown parameters $parameters \
              keyed $keyed told $told spelled $spelled untimed $untimed written {}]
}

proc gen::lessen {} {
  variable keyed maybe
}

proc gen::alias {} {
  variable aliases
  return j[incr aliases]
}

# ---- Values ----------------------------------------------------------------------------------

# A literal, or something that has its value: a parameter, an expression, a subquery.
proc gen::value {literal} {
  variable parameters
  variable bound
  variable constants
  set plain [list T $literal]
  switch [rnd 12] {
    0 - 1 - 2 {
      if {!$bound} {
        return $plain
      }
      set name p[expr {[llength $parameters] / 3 + 1}]
      if {$literal eq "NULL"} {
        lappend parameters $name null {}
      } elseif {[regexp {^'(.*)'$} $literal - text]} {
        lappend parameters $name text [string map {'' '} $text]
      } elseif {[regexp {^x'(.*)'$} $literal - digits]} {
        lappend parameters $name blob $digits
        return [list A [list T @$name] $plain]
      } elseif {[string is integer -strict $literal]} {
        lappend parameters $name int $literal
      } else {
        return $plain
      }
      return [list A [list T :$name] $plain]
    }
    3 {
      if {!$constants} {
        return $plain
      }
      set text [pick {
        {(SELECT %)} {coalesce(NULL, %)} {max(%, %)} {CASE WHEN 1 THEN % END} {iif(0, 'x', %)}
        {nullif(%, '?')} {(%)} {(SELECT % WHERE 1)} {(VALUES(%))}
      }]
      return [list A [list T [string map [list % $literal] $text]] $plain]
    }
  }
  return $plain
}

# A literal of a type; names are most often those of repositories that exist.
proc gen::literal {type} {
  switch $type {
    ns      {return [lindex [world::some_name] 0]}
    repo    {return [lindex [world::some_name] 1]}
    image   {return [lindex [world::some_name] 2]}
    region  {return [pick [list {*}[lrepeat 3 [quoted [pick $world::regions]]] [quoted $world::region] 'cn.north.4' \
                               NULL '' 'CN-NORTH-4' x'']]}
    time    {
      if {[chance 12]} {
        return [pick {
          {datetime('2025-12-31 10:00:00', '-1 day')} {datetime('2025-12-30T12:34:56Z', '+90 minutes')}
          {date('2025-12-31')} {strftime('%Y-%m-%dT%H:%M:%fZ', '2025-12-31 11:11:11.111')}
          {datetime('now', '-100 years')} {('2025-12-31' || 'T06:00:00Z')} NULL
        }]
      }
      return [switch -glob [rnd 32] {
        0       {no_time}
        {[1-9]} {spelled_time}
        default {world::time}
      }]
    }
    bytes {
      return [expr {[rnd 32] ? [world::time] : [no_time]}]
    }
    int     {
      if {[chance 60]} {
        return [pick $world::samples(id)]
      }
      return [pick {0 1 2 -1 2000000001 2000000003 99999999999 NULL '2000000002' 'x'}]
    }
    text    {
      return [pick $world::samples([pick {
        tag tag status status status remoteNamespace remoteRegionId domainName syncOperatorName
      }])]
    }
  }
}

# A text that the column has, more often than not.
proc gen::text_of {column} {
  set name [lindex [split $column .] 1]
  if {[info exists world::samples($name)] && [llength $world::samples($name)] && [chance 75]} {
    return [pick $world::samples($name)]
  }
  return [literal text]
}

proc gen::texts_of {column} {
  set values {}
  for {set i [rnd 6]} {$i >= 0} {incr i -1} {
    lappend values [value [text_of $column]]
  }
  return [list L "(" ", " ")" {*}$values]
}

proc gen::list_of {type {most 5} {own ""}} {
  set values {}
  if {$own ne "" && [chance 70]} {
    lappend values [value $own]
  }
  for {set i [rnd [expr {$most + 1}]]} {$i >= 0} {incr i -1} {
    lappend values [value [literal $type]]
  }
  if {[chance 15]} {
    lappend values [lindex $values 0]
  }
  return [list L "(" ", " ")" {*}$values]
}

# ---- Other terms -----------------------------------------------------------------------------

# "alias.column" of a type, or empty.
proc gen::column {sources types} {
  variable columns
  set candidates {}
  foreach source $sources {
    lassign $source alias kind
    foreach {name type} $columns($kind) {
      if {$type in $types} {
        lappend candidates $alias.$name
      }
    }
  }
  return [expr {[llength $candidates] ? [pick $candidates] : ""}]
}

proc gen::predicates {sources percent depth} {
  set result {}
  while {[chance $percent] && [llength $result] < 4} {
    lappend result [predicate $sources $depth]
  }
  return $result
}

proc gen::predicate {sources depth} {
  variable constants
  set kind [rnd 22]
  if {!$constants && $kind in {19 20}} {
    return {T 1}
  }
  set comparison [pick {< <= = >= > <>}]
  if {$kind < 6} {
    set column [column $sources time]
    if {$column ne ""} {
      return [bound $column $sources $comparison]
    }
  }
  if {$kind < 13} {
    set column [column $sources text]
    if {$column ne ""} {
      return [text_term $column $sources $comparison]
    }
  }
  if {$kind < 16} {
    set column [column $sources int]
    if {$column ne ""} {
      switch [rnd 6] {
        0 {return [list T "$column % [pick {2 3 5}] = [rnd 2]"]}
        1 {return [list S [list T "$column IN"] [list_of int]]}
        2 {return [list T "$column IN (SELECT n FROM nums[rnd $world::nums])"]}
        3 {return [list S [list T "$column BETWEEN"] [value [literal int]] [list T AND] \
                       [value [literal int]]]}
        default {return [list S [list T "$column $comparison"] [value [literal int]]]}
      }
    }
  }
  switch $kind {
    16 {return [list L ( " OR " ) [predicate $sources $depth] [predicate $sources $depth]]}
    17 {return [list S {T "NOT ("} [predicate $sources $depth] {T ")"}]}
    18 {return [list L ( " AND " ) [predicate $sources $depth] [predicate $sources $depth]]}
    19 {
      set column [column $sources {ns repo image region}]
      if {$column ne ""} {
        if {[string match *.region $column]} {
          lessen   ;# one term compares otherwise than by bytes, which is refused beside no other
        }
        return [list T [pick [list "$column <> 'prod'" "$column > 'p'" "$column LIKE 'P%'" \
          "$column GLOB '*a*'" "$column NOT IN ('api', 'q')" "$column IS NOT NULL" "$column IS NULL" \
          "length($column) > 4" "$column = $column" "$column BETWEEN 'a' AND 'r'" \
          "$column COLLATE NOCASE = 'PROD'" "$column >= 'a' COLLATE NOCASE"]]]
      }
    }
    20 {
      # Beside a term that is false SQLite drops all others, the keys too; of the inner side of an
      # outer join it scans the table nonetheless.
      set constant [pick {1 1 1 {1 = 1} 0 NULL {'x' = 'y'}}]
      if {$constant ni {1 {1 = 1}}} {
        lessen
      }
      return [list T $constant]
    }
  }
  if {$depth > 0} {
    return [subquery_term $sources [expr {$depth - 1}]]
  }
  return {T 1}
}

# A bound on a time. Columns of other tables, and of what was made of ours, compare by bytes.
proc gen::bound {column sources comparison} {
  set kind [lindex [lsearch -inline -index 0 $sources [lindex [split $column .] 0]] 1]
  set type [expr {$kind eq "job" ? "time" : "bytes"}]
  set other [column [lsearch -all -inline -not -index 0 $sources [lindex [split $column .] 0]] time]
  switch [rnd 14] {
    0 {return [list S [list T "$column BETWEEN"] [value [literal $type]] {T AND} [value [literal $type]]]}
    1 {return [list S [value [literal $type]] [list T "$comparison $column"]]}
    2 {return [list T "$column $comparison (SELECT [pick {max min}](t) FROM times[rnd $world::times])"]}
    3 {return [list T "$column [pick {IN {NOT IN}}] (SELECT t FROM times[rnd $world::times])"]}
    4 {return [list S [list T "$column $comparison"] [value [pick $world::samples(createdAt)]] \
                   [list T "COLLATE [pick {BINARY NOCASE SWR_TIME}]"]]}
    5 {return [list S [list T "$column IN"] [list_of $type]]}
    6 {return [list S [list T "$column [pick {IS {IS NOT}}]"] [value [literal $type]]]}
    7 {return [list T "$column [pick {{IS NULL} {IS NOT NULL} {LIKE '2025-12-31%'} {GLOB '*Z'}}]"]}
    8 {return [list T "[pick {date length +}]([set column]) > '2025-12-30'" ]}
  }
  if {$other ne "" && [chance 60]} {
    # The Bloom filters of 3.38 hash a text by its length: two notations of one instant are not equal
    # there in a join by an automatic index, in ordinary tables neither.
    if {$::sqlite_number < 3039000 && $comparison in {= == IS}} {
      set comparison >=
    }
    return [list T "$column $comparison $other"]
  }
  return [list S [list T "$column $comparison"] [value [literal $type]]]
}

proc gen::text_term {column sources comparison} {
  set alias [lindex [split $column .] 0]
  set same [column [lsearch -all -inline -index 0 $sources $alias] text]
  switch [rnd 16] {
    0 {return [list T "$column LIKE [pick {'%a%' 'V1%' 'fail%' 's_ccess' '%' '' '20%' 'é%' 'a\\_b'}]"]}
    1 {return [list T "$column GLOB [pick {'v1*' '*ed' '[a-m]*' '*' '发布*'}]"]}
    2 {return [list T "$column [pick {{IS NULL} {IS NOT NULL} ISNULL NOTNULL}]"]}
    3 {return [list T "$column [pick {> < = <> >= IS}] $same"]}
    4 {return [list T "$column [pick {= <>}] [pick {lower upper trim}]($same)"]}
    5 {return [list T "length($column) > [rnd 8]"]}
    6 {return [list S [list T "$column BETWEEN"] [value [text_of $column]] {T AND} [value [text_of $column]]]}
    7 {return [list S [list T "$column COLLATE NOCASE ="] [value [text_of $column]]]}
    8 - 9 - 10 {return [list S [list T "$column [pick {IN IN {NOT IN}}]"] [texts_of $column]]}
    11 {return [list T "$column NOT LIKE [pick {'v%' '%e%'}]"]}
    12 {return [list T "CASE $column WHEN 'failed' THEN 1 WHEN 'success' THEN [rnd 2] ELSE $same END"]}
    default {return [list S [list T "$column $comparison"] [value [text_of $column]]]}
  }
}

# ---- Subqueries in expressions -----------------------------------------------------------------

# A job source of its own, keyed by constants or by the sources around it: its alias, and FROM and
# WHERE as nodes.
proc gen::inner {outers depth} {
  set alias [alias]
  set own [list $alias job]
  set where [list L "WHERE " " AND " "" {*}[keys $alias $outers] \
                 {*}[predicates [list $own {*}$outers] 35 $depth]]
  return [list $alias [list S [list T "FROM swr_sync_job AS $alias"] $where]]
}

proc gen::subquery_term {sources depth} {
  lassign [inner $sources $depth] alias body
  switch [rnd 6] {
    0 - 1 {
      set item [pick [list 1 * "$alias.id" "count(*)" "max($alias.createdAt)"]]
      if {$item eq "*"} {
        set item "$alias.tag, $alias.id"
      }
      return [list N [list T "[pick {EXISTS {NOT EXISTS}}](SELECT $item"] $body {T )}]
    }
    2 {
      set text [column $sources text]
      if {$text ne ""} {
        return [list N [list T "$text [pick {IN IN {NOT IN}}] (SELECT $alias.[pick {tag status}]"] $body \
                     {T )}]
      }
    }
    3 {
      set time [column $sources time]
      if {$time ne ""} {
        return [list N [list T "$time [pick {< >= =}] (SELECT [pick {max min}]($alias.createdAt)"] $body {T )}]
      }
    }
    4 {
      set ns [column $sources ns]
      set repo [column $sources repo]
      if {$ns ne "" && $repo ne ""} {
        # A correlated list of pairs makes keys depend on other tables; beside another list SQLite does
        # not try the plan that does without it.
        lessen
        return [list N [list T "($ns, $repo) IN (SELECT $alias.namespace, $alias.repoName"] $body {T )}]
      }
    }
  }
  return [list N [list T "(SELECT count(*)"] $body [list T ") > [rnd 20]"]]
}

# A scalar subquery with one fixed value.
proc gen::scalar {sources depth} {
  lassign [inner $sources $depth] alias body
  switch [rnd 4] {
    0 {return [list N [list T "(SELECT count([pick [list * $alias.tag $alias.domainName]])"] $body {T )}]}
    1 {return [list N [list T "(SELECT [pick {min max}]($alias.[pick {createdAt id tag updatedAt}])"] \
                   $body {T )}]}
    default {
      return [list N [list T "(SELECT $alias.[pick {tag id createdAt status repoName image}]"] $body \
          [list O [sort_terms [list [list $alias job]] 1] [tail [list [list $alias job]]] \
               [list [limit 1]]] {T )}]
    }
  }
}
