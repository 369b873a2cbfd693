# The tables of the extension, as documents tell of them: read from the literals of ext/api/ and the comments
# of ext/vtab/, so that nothing is written twice. Sourced by doc/generate.tcl; it knows no document.
#
#     tables::all                   a list of tables, in the order of ext/api/tables.h
#     dict get $table name          swr_sync_job
#     dict get $table columns       a list: name, type, hidden, what (what it is, in words), pushed (the same
#                                   for what the service does about it; "checked here" where it does nothing)

package require Tcl 8.6

namespace eval tables {
  variable root [file dirname [file dirname [file normalize [info script]]]]
  variable here "checked here"
  variable nothing "nothing is asked"
}

proc tables::slurp {path} {
  set file [open [file join $tables::root $path]]
  fconfigure $file -encoding utf-8
  set text [read $file]
  close $file
  return $text
}

proc tables::match {pattern text {default ""}} {
  if {[regexp $pattern $text - found]} {
    return [string trim $found]
  }
  return $default
}

# The index of a column that a listing can be sorted by, which may be a number or a name of an enum.
proc tables::index {text word} {
  if {[string is integer -strict $word]} {
    return $word
  }
  return [match "\\m$word = (\\d+)" $text]
}

# What the service does about a column, in words. FACTS are those of its listing.
proc tables::pushed {facts index kind key flags} {
  dict with facts {
    if {$key eq "PLACE_REGION"} {
      return "`=`, `IS`, `IN`; else the region that is set"
    }
    if {$key ne ""} {
      set parts [expr {$key eq "PLACE_IMAGE" ? {PLACE_NAMESPACE PLACE_REPOSITORY} : $key}]
      if {[lindex $parts 0] in $required} {
        return "**key**: `=`, `IS`, `IN`; `LIKE` and `GLOB` choose among those that are listed"
      }
      if {[lindex $parts 0] in $narrowing} {
        return "`=`, `IS`, `IN` narrow the list"
      }
    }
    if {"COLUMN_LARGE" in $flags} {
      return "always sent; kept and decoded only where it is read"
    }
    if {"COLUMN_TIME" in $flags && $index in $sorted} {
      if {$aligned} {
        return "`ORDER BY` with a `LIMIT` within a page"
      }
      return "`ORDER BY`, `max()`, `<`, `<=`, `=`, `>=`, `>`, `BETWEEN`"
    }
  }
  return $tables::here
}

proc tables::words {text pattern} {
  return [lsort -unique [regexp -all -inline $pattern $text]]
}

proc tables::listing {path} {
  set text [slurp $path]
  regexp {\nconst struct listing \w+ = \{(.*)\n\};} $text - literal
  set sorted {}
  foreach {- word} [regexp -all -inline {\{\.column = (\w+)} $literal] {
    lappend sorted [index $text $word]
  }
  set facts [dict create sorted $sorted aligned [string match "*.aligned = true*" $literal] \
      required [words [match {\.required = ([^,]*),} $literal] {PLACE_\w+}] \
      narrowing [words [match {\.narrowing = ([^,]*),} $literal] {PLACE_\w+}]]
  set columns {}
  set form {/\* ([^*]*(?:\*(?!/)[^*]*)*) \*/\s*\{(\.name[^{}]*)\}}
  foreach {- what column} [regexp -all -inline $form $text] {
    set kind [match {\.kind = COLUMN_(\w+)} $column TEXT]
    set flags [words $column {COLUMN_(?!INTEGER|REAL|BOOLEAN|TEXT\M)\w+}]
    lappend columns [dict create name [match {\.name = "(\w+)"} $column] \
        type [dict get {TEXT TEXT INTEGER INTEGER BOOLEAN INTEGER REAL REAL JSON TEXT} $kind] \
        time [expr {"COLUMN_TIME" in $flags}] hidden [expr {"COLUMN_HIDDEN" in $flags}] what $what \
        pushed [pushed $facts [llength $columns] $kind [match {\.key = (\w+)} $column] $flags]]
  }
  if {[llength $columns] != [regexp -all {\{\.name = } $text]} {
    error "$path: a column has no comment that says what it is"
  }
  return [dict create name [match {\.table = "(\w+)"} $literal] record [match {\.record = "([^"]+)"} $literal] \
              columns $columns]
}

# A table of the connection itself: the comment at the top of its file is its CREATE TABLE.
proc tables::own {path} {
  set text [slurp $path]
  regexp {CREATE TABLE (\w+)\((.*?)\n\*\* +\)} $text - name body
  set columns {}
  foreach line [split $body \n] {
    if {[regexp {^\*\* +(\w+) +(INTEGER|TEXT)([^-]*)--\s*(.*)$} $line - column type rest what]} {
      lappend columns [dict create name $column type $type time [string match *SWR_TIME* $rest] hidden 0 \
          what $what pushed $tables::nothing]
    } elseif {[regexp {^\*\* +-- +(.*)$} $line - more]} {
      set last [lindex $columns end]
      dict append last what " $more"
      lset columns end $last
    }
  }
  return [dict create name $name record row columns $columns]
}

proc tables::all {} {
  set tables {}
  foreach {- name} [regexp -all -inline {LISTING\((\w+)_listing\)} [slurp ext/api/tables.h]] {
    lappend tables [listing ext/api/$name.c]
  }
  return [concat $tables [list [own ext/vtab/request_table.c]] [list [own ext/vtab/setting_table.c]]]
}

proc tables::named {name} {
  foreach table [all] {
    if {[dict get $table name] eq $name} {
      return $table
    }
  }
  error "there is no table $name"
}

# The settings: name, secret, variables, preset and what it takes, from ext/account/settings.c.
proc tables::settings {} {
  set text [slurp ext/account/settings.c]
  set words [list CONCURRENCY_MAX [match {#define CONCURRENCY_MAX (\d+)} [slurp ext/account/settings.h]]]
  foreach {- name value} [regexp -all -inline {#define (\w+) "([^"]*)"} $text] {
    lappend words $name $value
  }
  regexp {descriptions\[SETTING_COUNT\] = \{(.*?)\n\};} $text - literal
  set settings {}
  foreach {- setting} [regexp -all -inline {\[SETTING_\w+\] =\s*\{((?:[^{}]|\{[^{}]*\})*)\}} $literal] {
    set least [match {\.least = (\w+)} $setting 0]
    set most [string map $words [match {\.most = (\w+)} $setting]]
    set takes [string map $words [match {\.takes = (.*)} $setting]]
    set takes [regsub -all {\s+} [string trim [regsub -all {"\s*|\s*"} $takes { }]] { }]
    switch [match {\.kind = KIND_(\w+)} $setting] {
      NUMBER - AUTOMATIC {set takes "$least to $most $takes"}
      DECIMAL {set takes "[expr {$least / 1000.0}] to [expr {$most / 1000}] $takes"}
    }
    lappend settings [dict create name [match {\.name = "(\w+)"} $setting] \
        secret [string match *.secret* $setting] preset [match {\.preset = "([^"]*)"} $setting] \
        variables [regexp -all -inline {[A-Z_]+} [match {\.environment = \{([^\}]*)\}} $setting]] takes $takes]
  }
  if {[llength $settings] != [regexp -all {KIND_} $literal]} {
    error "ext/account/settings.c: a setting is not read"
  }
  return $settings
}
