# One random query: gen::query gives a dictionary of
#
#   setup       trees of statements to run first (temporary views and tables)
#   main        the tree of the query itself
#   teardown    texts of statements that undo the setup
#   parameters  name kind value ... of its parameters; kinds text, int, blob, null
#   keyed       what a missing key means: "sure", each scan names its repositories in every plan, so
#               that an error is a fault; "less", some scan names none, so that SQLite must either
#               never start it or get the error; "maybe", it depends on the planner
#
# Sources are lists of alias, kind and name; kinds are job (the table itself), sub (anything
# that selects from it: a subquery, CTE, view or temporary table), inv, use, times, nums.

namespace eval gen {
  variable keyed sure
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
              keyed $keyed]
}

proc gen::lessen {to} {
  variable keyed
  if {$keyed ne "maybe"} {
    set keyed $to
  }
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
      return [world::time]
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

# ---- Keys ------------------------------------------------------------------------------------

# COLUMN = VALUE in one of its spellings.
proc gen::equals {column value} {
  switch [rnd 10] {
    0       {return [list S [list T "$column =="] $value]}
    1 {
      # A key is NOT NULL: SQLite makes IS NULL of it a constant, and drops the other terms beside it.
      if {"NULL" in $value || [lindex $value end] eq "NULL"} {
        lessen maybe
      }
      return [list S [list T "$column IS"] $value]
    }
    2       {return [list S $value [list T "= $column"]]}
    3       {return [list S [list T "$column IN ("] $value [list T ")"]]}
    default {return [list S [list T "$column ="] $value]}
  }
}

proc gen::list_query {column kinds} {
  variable bound
  set kind [pick $kinds]
  set table inv[rnd $world::invs]
  set where ""
  if {[chance 40]} {
    set where [pick {
      {WHERE owner = 'ann'} {WHERE n > 1} {WHERE n IS NOT NULL} {ORDER BY n, ns, repo LIMIT 3}
      {WHERE owner IN ('bob', '')} {GROUP BY 1} {WHERE 0}
    }]
  }
  return "(SELECT $kind FROM $table $where)"
}

# Terms that name the repositories of the table ALIAS by constants, lists, or columns of the sources
# OUTERS. OUTER_JOIN: they stand in the ON clause of a LEFT JOIN.
proc gen::keys {alias outers {outer_join 0}} {
  set ns $alias.namespace
  set repo $alias.repoName
  set image $alias.image
  set split 0
  lassign [world::some_name] a b c
  set sources [lmap outer $outers {
    if {[lindex $outer 1] ni {job sub inv use}} continue
    set outer
  }]
  set terms {}
  if {[llength $sources] && [chance 75]} {
    lassign [pick $sources] o kind
    switch $kind {
      inv     {lassign {ns repo} x y}
      default {lassign {namespace repoName} x y}
    }
    set image_column [expr {$kind eq "use" ? "$o.$x || '/' || $o.$y" : "$o.image"}]
    switch [rnd 9] {
      0 {set terms [list [equals $image [list T $image_column]]]}
      1 {set terms [list [equals $image [list T "$o.$x || '/' || $o.$y"]]]}
      2 {set terms [list [equals $ns [list T $o.$x]] [equals $repo [value $b]]]}
      3 {set terms [list [equals $ns [value $a]] [equals $repo [list T $o.$y]]]}
      4 {
        set terms [list [list T "($ns, $repo) = ($o.$x, $o.$y)"]]
      }
      5 {
        set terms [list [equals $ns [list T $o.$x]] [equals $repo [list T $o.$y]] \
          [list T "$image IN [list_query image {image {ns || '/' || repo}}]"]]
      }
      6 {
        set terms [list [equals $ns [list T $o.$x]] [equals $repo [list T $o.$y]] \
          [list T "$ns IN [list_query ns ns]"] [list T "$repo IN [list_query repo repo]"]]
      }
      default {set terms [list [equals $ns [list T $o.$x]] [equals $repo [list T $o.$y]]]}
    }
  } else {
    # 6, as text: SQLite runs once each for '0' and 0 of an untyped column, and rows that equal both come twice.
    switch [rnd 18] {
      0 - 1 {set terms [list [equals $image [value $c]]]}
      2 {set terms [list [list S [list T "$ns IN"] [list_of ns 2]] [list S [list T "$repo IN"] [list_of repo 4]]]}
      3 - 4 {set terms [list [list S [list T "$image IN"] [list_of image 8]]]}
      5 {set terms [list [list T "$image IN [list_query image {image {ns || '/' || repo}}]"]]}
      6 {set terms [list [list T "($ns, $repo) IN [list_query ns {{ns, CAST(repo AS TEXT)}}]"]]}
      7 {set terms [list [equals $ns [value $a]] [list S [list T "$repo IN"] [list_of repo]]]}
      8 {set terms [list [list T "$ns IN [list_query ns ns]"] [list T "$repo IN [list_query repo repo]"]]}
      9 {set terms [list [equals $repo [value $b]] [list S [list T "$image IN"] [list_of image 5 $c]]]}
      10 {set terms [list [list S [list T "($ns, $repo) = ("] [value $a] [list T ,] [value $b] \
                              [list T ")"]]]}
      11 {
        set split 1
        set terms [list [branches $alias $outer_join]]
      }
      12 {
        set terms [list [equals $ns [value $a]] [alternatives $repo]]
      }
      13 {
        set table inv[rnd $world::invs]
        set terms [list [equals $ns [list T "(SELECT [pick {min max}](ns) FROM $table)"]] \
                        [list T "$repo IN [list_query repo repo]"]]
      }
      14 {
        lassign [world::some_name] d e
        set values "VALUES ($a, $b), ($d, $e)"
        if {$::sqlite_number < 3041000} {
          # Not seen by xBestIndex there, unless it is a subquery.
          if {[chance 10]} {
            lessen maybe
          } else {
            set values "SELECT * FROM ($values)"
          }
        }
        set terms [list [list T "($ns, $repo) IN ($values)"]]
      }
      default {set terms [list [equals $ns [value $a]] [equals $repo [value $b]]]}
    }
  }
  # More of the same: repeated, narrower, contradictory.
  while {[chance 18]} {
    switch [rnd 8] {
      0 {lappend terms [equals $alias.region [value [literal region]]]}
      1 {lappend terms [list S [list T "$alias.region IN"] [list_of region 2]]}
      2 {lappend terms [lindex $terms 0]}
      3 {lappend terms [equals $image [value [pick [list $c $c [literal image]]]]]}
      4 {lappend terms [list S [list T "$image IN"] [list_of image 8 $c]]}
      5 {lappend terms [equals $ns [value $a]]}
      6 {lappend terms [list S [list T "$repo IN"] [list_of repo 8 $b]]}
      7 {lappend terms [list T "$image IN [list_query image image]"]}
    }
  }
  # Below 3.47 a key beside an OR can take the keys of its branches away: constants are propagated.
  if {$::sqlite_number < 3047000 && $split && [llength $terms] > 1} {
    lessen maybe
  }
  lappend terms {*}[regions $alias $split]
  set marked {}
  while {[llength $terms]} {
    set i [rnd [llength $terms]]
    lappend marked [list K [lindex $terms $i]]
    set terms [lreplace $terms $i $i]
  }
  return $marked
}

# Where there are several regions, the ordinary table has the rows of them all, so that each scan says
# which it asks. Beside an OR (SPLIT) by literals, since what holds a subquery is not seen in its branches.
proc gen::regions {alias split} {
  if {[llength $world::regions] == 1} {
    return {}
  }
  if {$split} {
    return [list [list T "$alias.region IN ([join [lmap region [some $world::regions 60] {quoted $region}] ,])"]]
  }
  if {[chance 35]} {
    return [list [equals $alias.region [value [literal region]]]]
  }
  return [list [list S [list T "$alias.region IN"] [list_of region 3 [quoted [pick $world::regions]]]]]
}

# The plainest keys, of a repository that exists.
proc gen::plain_keys {alias} {
  set image [pick $world::images]
  set slash [string first / $image]
  set regions [lmap term [regions $alias 0] {list K $term}]
  if {[chance 30]} {
    return [list [list K [equals $alias.image [value [quoted $image]]]] {*}$regions]
  }
  return [list [list K [equals $alias.namespace [value [quoted [string range $image 0 $slash-1]]]]] \
    [list K [equals $alias.repoName [value [quoted [string range $image $slash+1 end]]]]] {*}$regions]
}

# repoName = x OR repoName = y, one column and constants, which SQLite makes a list.
proc gen::alternatives {column} {
  set terms {}
  for {set i [expr {1 + [rnd 3]}]} {$i >= 0} {incr i -1} {
    lappend terms [list T "$column = [literal repo]"]
  }
  return [list K [list L "(" " OR " ")" {*}$terms]]
}

# Branches of an OR that name a repository each.
proc gen::branches {alias outer_join} {
  variable constants
  if {$outer_join} {
    lessen maybe
  }
  # With a subquery in a branch and a term beside the OR, SQLite does not split the OR.
  set constants 0
  set branches {}
  lassign {} b c
  for {set i [expr {1 + [rnd 2]}]} {$i >= 0} {incr i -1} {
    # IS NULL would be a branch that is never true, and so one without keys.
    for {set a NULL} {"NULL" in [list $a $b $c]} {} {
      lassign [world::some_name] a b c
    }
    switch [rnd 4] {
      0 {lappend branches [list K [equals $alias.image [value $c]]]}
      1 {
        lappend branches [list L ( " AND " ) [list K [equals $alias.namespace [value $a]]] \
            [list K [list S [list T "$alias.repoName IN"] [list_of repo 3]]]]
      }
      default {
        lappend branches [list L ( " AND " ) [list K [equals $alias.namespace [value $a]]] \
            [list K [equals $alias.repoName [value $b]]] {*}[branch_terms $alias]]
      }
    }
  }
  set constants 1
  return [list K [list L ( " OR " ) {*}$branches]]
}

# What else stands in a branch: nothing that SQLite could find to be constant, since a branch that is
# never true is one without keys.
proc gen::branch_terms {alias} {
  return [pick [list {} {} {} [list [list T "$alias.status = 'failed'"]] \
    [list [list T "$alias.id % 2 = 0"]] [list [list T "$alias.createdAt >= '2025-12-31'"]] \
    [list [list T "$alias.tag LIKE 'v%'"]]]]
}

# Terms that do not name the repositories.
proc gen::too_few_keys {alias} {
  set ns $alias.namespace
  set repo $alias.repoName
  lessen less
  return [switch [rnd 9] {
    0 {list}
    1 {list [equals $ns [value 'prod']]}
    2 {list [equals $repo [value 'api']]}
    3 {list [list T "$ns = 'prod' COLLATE NOCASE"] [equals $repo [value 'api']]}
    4 {list [list T "$ns BETWEEN 'prod' AND 'prod'"] [list T "$repo LIKE 'api'"]}
    5 {list [list T "($ns = 'prod' OR $repo = 'api')"]}
    6 {list [list T "$alias.image LIKE 'prod/api'"]}
    7 {list [list T "+$ns = 'prod'"] [list T "$repo = 'api'"]}
    8 {list [list T "$ns = 'prod'"] [list T "$repo NOT IN ('web')"]}
  }]
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
          lessen maybe   ;# one term compares otherwise than by bytes, which is refused beside no other
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
        lessen maybe
      }
      return [list T $constant]
    }
  }
  if {$depth > 0} {
    return [subquery_term $sources [expr {$depth - 1}]]
  }
  return {T 1}
}

# A bound on a time.
proc gen::bound {column sources comparison} {
  set other [column [lsearch -all -inline -not -index 0 $sources [lindex [split $column .] 0]] time]
  switch [rnd 14] {
    0 {return [list S [list T "$column BETWEEN"] [value [literal time]] {T AND} [value [literal time]]]}
    1 {return [list S [value [literal time]] [list T "$comparison $column"]]}
    2 {return [list T "$column $comparison (SELECT [pick {max min}](t) FROM times[rnd $world::times])"]}
    3 {return [list T "$column [pick {IN {NOT IN}}] (SELECT t FROM times[rnd $world::times])"]}
    4 {return [list S [list T "$column $comparison"] [value [literal time]] \
                   [list T "COLLATE [pick {BINARY NOCASE SWR_TIME}]"]]}
    5 {return [list S [list T "$column IN"] [list_of time]]}
    6 {return [list S [list T "$column [pick {IS {IS NOT}}]"] [value [literal time]]]}
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
  return [list S [list T "$column $comparison"] [value [literal time]]]
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
        lessen maybe
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
