# What documents say of tables and settings, and of what was measured, made from the sources: `make docs`.
#
#   README.md            what stands between <!-- columns TABLE --> and <!-- end -->; and after <!-- measured NAME -->
#   test/README.md       the latter: see measured.tcl
#   doc/swr_sync_job.7   the manual page, from doc/manual.in, where "@columns TABLE" and "@settings" stand
#                        for what they name
#
# test/readme.test fails where one of them is stale. Sourced by that, and run by make.

foreach file {tables measured} {
  source [file join [file dirname [file normalize [info script]]] $file.tcl]
}

namespace eval documents {}

proc documents::escape {text} {
  return [string map {| \\|} $text]
}

# ---- Markdown ----------------------------------------------------------------------------------------

# A table of all columns, one for each line.
proc documents::full {table} {
  set lines {"| column | what it is | pushed down? |" |---|---|---|}
  foreach column [dict get $table columns] {
    dict with column {
      set type [string map {{TEXT } {} TEXT {}} [expr {$time ? "TEXT COLLATE SWR_TIME" : $type}]]
      set name "`$name`[expr {$type eq "" ? "" : " $type"}][expr {$hidden ? " (hidden)" : ""}]"
      lappend lines "| $name | [escape $what] | $pushed |"
    }
  }
  return [join $lines \n]
}

# The same with a line for all columns about which the service does the same; but for the region, which is the
# same in all.
proc documents::grouped {table} {
  set groups {}
  foreach column [dict get $table columns] {
    dict with column {
      set text "`$name`[expr {$type eq "TEXT" ? "" : " $type"}]"
      if {$hidden} {
        set text "*$text*"
      }
      if {$name ne "region"} {
        dict lappend groups $pushed "$text ($what)"
      }
    }
  }
  set lines {}
  foreach pushed [lsort -command {apply {{a b} {expr {($a eq $tables::here) - ($b eq $tables::here)}}}} \
                      [dict keys $groups]] {
    set before [expr {$pushed eq $tables::nothing ? "" : "[string toupper $pushed 0 0]: "}]
    lappend lines "- $before[join [dict get $groups $pushed] {, }]"
  }
  return [join $lines \n]
}

proc documents::made_of {kind name} {
  if {$kind eq "measured"} {
    return [measured::text $name]
  }
  return [expr {$name eq "swr_sync_job" ? [full [tables::named $name]] : [grouped [tables::named $name]]}]
}

# A document with what is made from the sources.
proc documents::fill {text} {
  set filled ""
  while {[regexp -indices {<!-- (\w+?) (\w+?) -->\n(.*?)<!-- end -->} $text - kind name body]} {
    append filled [string range $text 0 [lindex $body 0]-1] \
        [made_of [string range $text {*}$kind] [string range $text {*}$name]] \n
    set text [string range $text [lindex $body 1]+1 end]
  }
  return $filled$text
}

# ---- The manual page ---------------------------------------------------------------------------------

proc documents::troff {text} {
  return [string map {\\ \\e - \\- ` {} * {}} $text]
}

# With a capital letter, unless it begins with a name.
proc documents::sentence {text} {
  return [expr {[string match "namespace ||*" $text] ? $text : [string toupper $text 0 0]}]
}

proc documents::page {template} {
  set lines {}
  foreach line [split $template \n] {
    if {[regexp {^@columns (\w+)$} $line - name]} {
      foreach column [dict get [tables::named $name] columns] {
        dict with column {
          set type [expr {$time ? "TEXT COLLATE SWR_TIME" : $type}]
          lappend lines .TP ".BR [troff $name] \" [troff $type][expr {$hidden ? ", hidden" : ""}]\"" \
              [troff [sentence $what]].
          if {$pushed ne $tables::here && $pushed ne $tables::nothing} {
            lappend lines "Pushed down: [troff $pushed]."
          }
        }
      }
    } elseif {$line eq "@settings"} {
      foreach setting [tables::settings] {
        dict with setting {
          lappend lines .TP ".BR [troff $name] \" ([troff [join $variables {, }]])\"" \
              [troff [sentence $takes]][expr {$secret ? "; secret" : ""}].
          if {$preset ne ""} {
            lappend lines "Default: [troff $preset]."
          }
        }
      }
    } else {
      lappend lines [string map [list @version@ [string trim [tables::slurp VERSION]]] $line]
    }
  }
  return [join $lines \n]
}

# ---- Both --------------------------------------------------------------------------------------------

# Each file that is made, and what it should be.
proc documents::made {} {
  return [list README.md [fill [tables::slurp README.md]] \
              test/README.md [fill [tables::slurp test/README.md]] \
              doc/swr_sync_job.7 [page [tables::slurp doc/manual.in]]]
}

proc documents::write {} {
  foreach {name text} [made] {
    set file [open [file join $tables::root $name] w]
    fconfigure $file -encoding utf-8
    puts -nonewline $file $text
    close $file
  }
}

if {[file normalize [info script]] eq [file normalize $::argv0]} {
  documents::write
}
