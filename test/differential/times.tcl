# Times in every spelling that SWR_TIME reads, and values that are no times: spell::time, spell::odd.
#
# Both are made from an instant, seconds since 1970 and digits of a fraction, by Tcl's own calendar, so that what
# a text means is known without asking the extension. It must not know what the values are compared with.

namespace eval spell {}

# "2025-12-31T12:00:00.5Z" as {seconds digits}; other texts, and what is no text, as nothing.
proc spell::instant {literal} {
  if {![regexp {^'(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z'$} $literal - date clock digits]} {
    return ""
  }
  return [list [clock scan "$date $clock" -gmt 1 -format {%Y-%m-%d %H:%M:%S}] [string trimright $digits 0]]
}

# As the service writes it.
proc spell::canonical {seconds digits} {
  set point [expr {$digits eq "" ? "" : "."}]
  return "[clock format $seconds -gmt 1 -format %Y-%m-%dT%H:%M:%S]$point${digits}Z"
}

# One of the instants, whole, at its minute, hour, day, month or year, or at some second near it.
proc spell::near {instants} {
  lassign [pick $instants] seconds digits
  set form [pick {- - - - - - %Y-%m-%dT%H:%M %Y-%m-%dT%H %Y-%m-%d %Y-%m %Y}]
  if {$form eq "-"} {
    if {[chance 25]} {
      incr seconds [expr {[rnd 7201] - 3600}]
      set digits [pick [list "" "" $digits 000001 999999999 5]]
    }
    return [list $seconds $digits]
  }
  set start [clock format $seconds -gmt 1 -format $form]
  append start [string range 0000-01-01T00:00:00 [string length $start] end]
  return [list [clock scan $start -gmt 1 -format %Y-%m-%dT%H:%M:%S] ""]
}

# A text that names the instant.
proc spell::time {seconds digits} {
  # Minutes east of Greenwich, and how that is written; nothing is UTC, too.
  set minutes [pick {0 0 0 480 -480 120 -570 345 -30 1439 -1439}]
  set sign [string index "+-" [expr {$minutes < 0}]]
  set hour [format %02d [expr {abs($minutes) / 60}]]
  set minute [format %02d [expr {abs($minutes) % 60}]]
  set zones [list $sign$hour:$minute $sign$hour$minute " $sign$hour:$minute" " $sign$hour$minute" \
                 " $sign$hour$minute CST" " $sign$hour$minute $sign$hour$minute" " $sign$hour$minute EEST m=+0.000012"]
  if {$minute eq "00"} {
    lappend zones $sign$hour
  }
  if {!$minutes} {
    lappend zones Z Z Z z "" "" "" " UTC" " +0000 UTC" " +0000 UTC m=+12.5" "-00:00"
  }
  set zone [pick $zones]
  incr seconds [expr {60 * $minutes}]
  # The sixtieth second of a minute is the first of the next.
  set leap [expr {$seconds % 60 == 0 && [chance 10]}]
  set shown [expr {$seconds - $leap}]
  set clock [clock format $shown -gmt 1 -format %H:%M:%S]
  if {$leap} {
    set clock [string range $clock 0 5]60
  }
  set date [clock format $shown -gmt 1 -format [pick {%Y-%m-%d %Y-%m-%d %Y%m%d}]]
  if {$digits eq "" && $zone eq "" && $clock eq "00:00:00"} {
    return [pick [coarser $date]]
  }
  return "$date[pick {T T { } { } t}][clock_of $clock $digits]$zone"
}

# A day in its spellings, and the month or year that begins with it.
proc spell::coarser {date} {
  set result [list $date $date]
  if {[regexp {^(\d{4})-?(\d\d)-?01$} $date - year month]} {
    lappend result $year-$month
    if {$month eq "01"} {
      lappend result $year
    }
  }
  return $result
}

# HH:MM:SS as it may be written, a fraction after it.
proc spell::clock_of {clock digits} {
  set forms {HH:MM:SS}
  if {$digits eq ""} {
    if {[string match *:00 $clock]} {
      lappend forms HH:MM
    }
    if {[string match *:00:00 $clock]} {
      lappend forms HH
    }
  }
  set form [pick $forms]
  set text [string range $clock 0 [string length $form]-1]
  if {[chance 35]} {
    set text [string map {: ""} $text]
  }
  if {$form eq "HH:MM:SS" && ($digits ne "" || [chance 15])} {
    set zeros [string repeat 0 [pick {0 0 0 1 3 9}]]
    if {$digits ne "" || $zeros ne ""} {
      append text [pick {. . ,}]$digits$zeros
    }
  }
  return $text
}

# ---- What is no time ---------------------------------------------------------------------------------

# A value that is no time, made from an instant: its literal in SQL; how an error shows it; what the error says to
# write, or nothing where it can only say how times are written; and the instant's seconds where that call gives it.
proc spell::odd {seconds} {
  set kind [pick {number number number number julian julian words words words digits broken broken other}]
  switch $kind {
    number {
      lassign [pick {{"" "" ""} {"" ".25" ""} {000 "" " / 1000"} {123 "" " / 1000"} {000000 "" " / 1000000"}
                     {123456789 "" " / 1000000000"}}] more fraction divided
      return [counted $seconds$more$fraction "$divided, 'unixepoch')" $seconds]
    }
    julian {
      # As many digits as julianday() has; sixteen of them are whole milliseconds.
      return [counted [format %.[pick {6 7 9}]f [expr {$seconds / 86400.0 + 2440587.5}]] ) $seconds]
    }
    words {
      return [texts [clock format $seconds -gmt 1 -locale C -format [pick {
        {%a, %d %b %Y %H:%M:%S +0000} {%d %b %Y %H:%M:%S GMT} {%a %b %d %H:%M:%S %Y} {%Y/%m/%d} {%d.%m.%Y}
        {%m/%d/%Y %I:%M %p} {%Y-W%V-%u} {%Y-%j} {%H:%M:%S} {%Y-%m-%d at %H:%M} {%Y-%m-%dT%H:%M:%S.Z}
        {%Y-%m-%dT%H:%M:%S+8} {%Y-%m-%dT%H:%M:%S+24:00} {%Y-%m-%dT%H:%M:%S Europe/Berlin} { %Y-%m-%d}
        {%Y-%m-%d } {%Y-%m-%dT} {%Y-%m-%dT%H:%M:%SZ+01} {%Y-%m-%d %H:%M:%S +0800 UTC} {+%Y-%m-%d} {%y-%m-%d}
      }]]]
    }
    digits {return [texts [clock format $seconds -gmt 1 -format [pick {%Y%m%d%H%M%S %Y%m%d%H%M %Y%m}]]]}
    broken {
      return [texts [pick {2025-02-29 2025-12-32 2025-13-01 2025-00-01 2025-12-00 2025-12-31T24:00:00Z
        2025-12-31T12:60:00Z 2025-12-31T12:00:61Z 2025-12-31T1:00 2025-1-31 20251301 2025-12-31T12:00:00,Z}]]
    }
    other {
      lassign [pick {{2025 2025} {-1 -1} {0 0} {20251231 20251231} {12.5 12.5} {x'323032352d3132' {a blob of 7 bytes}}
        {'' ''} {'now' 'now'} {'yesterday' 'yesterday'} {'NULL' 'NULL'} {'a''b' 'a'b'} {{'today -1 day'} {'today -1 day'}}
      }] literal shown
      return [list $literal $shown "" ""]
    }
  }
}

# A number, or the same as text. The error shows a number as SQLite writes it, which has an opinion on how many
# digits are enough.
proc spell::counted {number rest seconds} {
  if {[chance 40]} {
    return [list '$number' '$number' "datetime('$number'$rest" $seconds]
  }
  set shown [dboracle onecolumn "SELECT CAST($number AS TEXT)"]
  return [list $number $shown "datetime($shown$rest" $seconds]
}

proc spell::texts {text} {
  return [list [quoted $text] '$text' "" ""]
}
