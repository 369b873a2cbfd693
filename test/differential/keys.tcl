# What names the repositories of a scan, all of them, a part or none: gen::keys. The other terms come from
# generate.tcl.

# COLUMN = VALUE in one of its spellings.
proc gen::equals {column value} {
  switch [rnd 10] {
    0       {return [list S [list T "$column =="] $value]}
    1 {
      # A key is NOT NULL: SQLite makes IS NULL of it a constant, and drops the other terms beside it.
      if {"NULL" in $value || [lindex $value end] eq "NULL"} {
        lessen
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
  set terms [names $alias $outers $outer_join]
  # Now and then more terms than a plan has room for stand before those on names.
  if {$::random::state % 29 == 0} {
    for {set day 1} {$day <= 20} {incr day} {
      lappend crowd [list T "$alias.createdAt >= '[format 1999-01-%02d $day]'"]
    }
    set terms [concat $crowd $terms]
  }
  return $terms
}

proc gen::names {alias outers outer_join} {
  set ns $alias.namespace
  set repo $alias.repoName
  set image $alias.image
  set split 0
  if {[chance $::option(-keyless)]} {
    return [lmap term [fewer_keys $alias $outers] {list K $term}]
  }
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
            lessen
          } else {
            set values "SELECT * FROM ($values)"
          }
        }
        set terms [list [list T "($ns, $repo) IN ($values)"]]
      }
      15 {set terms [list [equals $ns [value [pick [list $a 'q' 'z9']]]] [list T "/*(*/ $repo [pick {= = IS}] [number] /*)*/"]]}
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
    lessen
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

# A number that names may equal, compared as one or as its text. What compares with it is marked for
# differential.tcl ("plainly").
proc gen::number {} {
  set inventory inv[rnd $world::invs]
  return [pick [list 0 7 1.1 10 7.0 {6 + 1} -1 1e1 {CAST('7' AS INTEGER)} {CAST('1.10' AS REAL)} {CAST('00' AS NUMERIC)} \
    {CAST(7 AS TEXT)} "(SELECT max(repo) FROM $inventory)" "(SELECT repo FROM $inventory ORDER BY repo LIMIT 1)" \
    "(SELECT n + 0 FROM $inventory ORDER BY n DESC LIMIT 1)"]]
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
    lessen
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

# Terms that do not name the repositories, which are found.
proc gen::too_few_keys {alias} {
  set ns $alias.namespace
  set repo $alias.repoName
  set image $alias.image
  lassign [world::some_name] a b c
  set terms [switch [rnd 19] {
    0 - 1 {list}
    2 - 3 {list [equals $ns [value $a]]}
    4 {list [equals $repo [value $b]]}
    5 {list [list T "$ns = 'prod' COLLATE NOCASE"] [equals $repo [value $b]]}
    6 {list [list T "$ns BETWEEN 'prod' AND 'prod'"] [list T "$repo LIKE 'api'"]}
    7 {list [list T "($ns = 'prod' OR $repo = 'api')"]}
    8 {list [list S [list T "$image [pick {LIKE LIKE GLOB {NOT LIKE}}]"] [value [pattern $c]]]}
    9 {list [list S [list T "$repo [pick {LIKE LIKE GLOB {NOT GLOB}}]"] [value [pattern $b]]]}
    10 {list [list S [list T "$ns [pick {LIKE GLOB}]"] [value [pattern $a]]] \
           [list S [list T "$repo [pick {LIKE GLOB}]"] [value [pattern $b]]]}
    11 {list [list S [list T "$image LIKE"] [value [pick {{'prod/%' ESCAPE '/'} {'a!_%' ESCAPE '!'}}]]]}
    12 {list [list T "+$ns = 'prod'"] [equals $repo [value $b]]}
    13 {list [equals $ns [value $a]] [list S [list T "$repo NOT IN"] [list_of repo 3]]}
    14 {list [list S [list T "$ns IN"] [list_of ns 3 $a]]}
    15 {list [list S [list T "$repo IN"] [list_of repo 4 $b]]}
    16 {list [list T "$ns IN [list_query ns ns]"]}
    17 {list [list T "$image >= 'p'"] [list T "$image < 'q/b'"]}
    18 {list [equals $ns [value $a]] [list S [list T "$repo [pick {LIKE GLOB}]"] [value [pattern $b]]]}
  }]
  return [concat $terms [regions $alias 0]]
}

# The same, or terms that have an organization or a name from the sources OUTERS.
proc gen::fewer_keys {alias outers} {
  set sources [lmap outer $outers {
    if {[lindex $outer 1] ni {job sub inv use}} continue
    set outer
  }]
  if {![llength $sources] || [chance 40]} {
    return [too_few_keys $alias]
  }
  lassign [pick $sources] o kind
  lassign [expr {$kind eq "inv" ? {ns repo} : {namespace repoName}}] x y
  set term [switch [rnd 4] {
    0 {equals $alias.namespace [list T $o.$x]}
    1 {equals $alias.repoName [list T $o.$y]}
    2 {list T "$alias.image LIKE $o.$x || '/%'"}
    3 {list T "$alias.namespace <> $o.$x"}
  }]
  return [concat [list $term] [regions $alias 0]]
}

# A pattern that a name may match.
proc gen::pattern {literal} {
  if {![regexp {^'(.*)'$} $literal - text]} {
    return $literal
  }
  set half [string range $text 0 [expr {[string length $text] / 2}]]
  return '[pick [list $half% $half* %$half% *$half* $text [string toupper $text] % * {} [string range $text 1 end]% \
    _[string range $text 1 end] ?[string range $text 1 end] "\[a-q\]*" "\[^a-q\]*"]]'
}
