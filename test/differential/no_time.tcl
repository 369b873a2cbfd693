# Times in odd spellings, and what is no time, as a query compares them with columns: which there are, and what the
# extension has to say of them.

# In a spelling of any kind. What other queries may have stays as it is: it may be compared with by its bytes.
proc gen::spelled_time {} {
  variable spelled
  lassign [spell::near $world::instants] seconds digits
  set literal [quoted [spell::time $seconds $digits]]
  if {$literal ni $world::fixed_times && $literal ni $world::samples(createdAt)} {
    lappend spelled $literal [quoted [spell::canonical $seconds $digits]]
  }
  return $literal
}

# What is no time, most often made of one.
proc gen::no_time {} {
  variable untimed
  lappend untimed [spell::odd [lindex [spell::near $world::instants] 0]]
  return [lindex $untimed end 0]
}

# One scan with one bound that is no time, among terms that leave it to the table: an error must tell of it.
proc gen::untimed {} {
  variable told
  variable keyed
  set alias [alias]
  set column $alias.[pick {createdAt createdAt updatedAt}]
  set value [value [no_time]]
  set comparison [pick {< <= = >= >}]
  set where [list {*}[plain_keys $alias] [list K [switch [rnd 6] {
    0       {list S $value [list T "$comparison $column"]}
    1       {list S [list T "$column BETWEEN"] $value {T AND} [value [spelled_time]]}
    2       {list S [list T "$column BETWEEN"] [value [spelled_time]] {T AND} $value}
    3       {list S [list T "($column, $alias.id) [pick {< <= >= >}] ("] $value {T {, 0)}}}
    default {list S [list T "$column $comparison"] $value}
  }]]]
  # A key that is no key makes the whole term false, and nothing is handed over.
  set told [expr {$keyed eq "sure" ? "sure" : "maybe"}]
  if {[chance 40]} {
    lappend where [list S [list T "$alias.[pick {createdAt updatedAt}] [pick {< <= >= >}]"] [value [spelled_time]]]
  }
  if {[chance 40]} {
    lappend where [list S [list T "$alias.status [pick {= <>}]"] [value [text_of x.status]]]
  }
  set from [list S [list T "FROM swr_sync_job AS $alias"] [list L "WHERE " " AND " "" {*}$where]]
  if {[chance 30]} {
    return [list Q {T SELECT} [list L "" ", " "" {T count(*)} [list T "max($alias.tag)"]] $from {O {} {} {}}]
  }
  set direction [pick {"" " DESC"}]
  set limit [expr {[chance 50] ? [list [list T "LIMIT [expr {1 + [rnd 9]}]"]] : {}}]
  return [list Q {T SELECT} [list L "" ", " "" [list T $alias.id] [list T $alias.createdAt]] $from \
              [list O [list [list T $alias.createdAt$direction]] {} $limit]]
}

# ---- What has to come of it --------------------------------------------------------------------------

# The question with each time as the service writes it: what the texts mean is not asked of the extension.
proc plain_times {question} {
  set map [dict get $question spelled]
  dict set question setup [lmap sql [dict get $question setup] {string map $map $sql}]
  dict set question main [string map $map [dict get $question main]]
  dict set question parameters [concat {*}[lmap {name kind value} [dict get $question parameters] {
    if {[dict exists $map '$value']} {
      set value [string trim [dict get $map '$value'] ']
    }
    list $name $kind $value
  }]]
  return $question
}

# The value, as of spell::odd, of which an error tells in the words that it should have; or nothing.
proc value_told {question message} {
  set times "'2026-01-31T08:00:00Z', '2026-01-31' or datetime('now', '-1 day')"
  set general "it as $times, and seconds since 1970 as datetime(x, 'unixepoch')"
  foreach value [concat [dict get $question untimed] $world::untimed] {
    lassign $value literal number advice
    # A column of TEXT has made a text of a number, in what the error advises, too.
    foreach shown [list $number '$number'] {
      set advice [string map [list "($number" "($shown"] $advice]
      set told "is compared with $shown, which is no time.\nWrite [expr {$advice eq "" ? $general : $advice}]"
      if {$message in [list "swr_sync_job: createdAt $told" "swr_sync_job: updatedAt $told"]} {
        return $value
      }
    }
  }
  return ""
}

# The query as the error says to write it. None has as many as ten parameters.
proc as_told {query value} {
  lassign $value literal shown advice
  set map [list $literal $advice]
  foreach {name kind given} [dict get $query parameters] {
    if {$literal in [list $given '$given']} {
      lappend map :$name $advice @$name $advice
    }
  }
  dict set query written $map
  return $query
}

# True if what the error says to write names the instant, and gives the rows of it.
proc right_advice {query value} {
  lassign $value literal shown advice seconds
  if {$seconds eq ""} {
    return 1
  }
  set got [dboracle onecolumn "SELECT CAST(strftime('%s', $advice) AS INTEGER)"]
  if {$got eq "" || abs($got - $seconds) > 1} {
    return 0
  }
  set query [as_told $query $value]
  set question [question $query]
  lassign [ask dboracle [plain_times $question]] code expected
  lassign [ask db $question] wrong rows
  return [expr {!$code && !$wrong && [same_rows $query $rows $expected]}]
}
