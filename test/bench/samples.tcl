# What was measured, as numbers by name, and the arithmetic on them. Sourced by bench.tcl, by the documents' generator
# and by test/bench.test; must know neither how a number was measured nor what it should be.
#
# A sample is one value a round of a name such as scan.quick.copy.extension:cpu. What stands before the colon is
# the case that gave it; a case that was wrong once gives nothing at all.
#
# "measured" below is a list of a figure, the lowest and the highest of single rounds, and how many rounds there
# were; {} where something it needs was not measured.

namespace eval bench {
  variable samples {}   ;# name -> values, one a round
  variable lost {}      ;# case -> why it gave nothing
  variable about {}     ;# what it was measured on, in words
  variable verdicts {}  ;# of rows, see targets.tcl
}

proc bench::sample {name value} {
  variable samples
  dict lappend samples $name $value
}

proc bench::middle {values} {
  set values [lsort -real $values]
  set count [llength $values]
  if {$count % 2} {
    return [lindex $values [expr {$count / 2}]]
  }
  return [expr {([lindex $values [expr {$count / 2 - 1}]] + [lindex $values [expr {$count / 2}]]) / 2.0}]
}

# Sums of samples, one a round; {} where one of them was not measured.
proc bench::series {names} {
  variable samples
  variable lost
  set sums {}
  foreach name $names {
    if {![dict exists $samples $name] || [dict exists $lost [lindex [split $name :] 0]]} {
      return {}
    }
    set values [dict get $samples $name]
    set sums [expr {$name eq [lindex $names 0] ? $values : [lmap sum $sums value $values {
      expr {$sum eq "" || $value eq "" ? [continue] : $sum + $value}
    }]}]
  }
  return $sums
}

# The median of a sample, or of the sum of several; "" where there is none.
proc bench::median {names} {
  set values [series $names]
  return [expr {[llength $values] ? [middle $values] : ""}]
}

proc bench::with_spread {figure single} {
  set sorted [lsort -real $single]
  return [list $figure [lindex $sorted 0] [lindex $sorted end] [llength $sorted]]
}

# One median through another, times a factor.
proc bench::ratio {above below {factor 1.0}} {
  set over [series $above]
  set under [series $below]
  if {![llength $over] || ![llength $under]} {
    return {}
  }
  set single [lmap a $over b $under {expr {$a eq "" || $b eq "" ? [continue] : $factor * $a / $b}}]
  return [with_spread [expr {$factor * [middle $over] / [middle $under]}] $single]
}

# The one of several samples with the least median, if all were measured: the best of some is no bound.
proc bench::best_of {candidates} {
  set best {}
  foreach candidate $candidates {
    set value [median [list $candidate]]
    if {$value eq ""} {
      return {}
    }
    lappend best [list $value $candidate]
  }
  return [list [lindex [lsort -real -index 0 $best] 0 1]]
}

# A median through the least median of several.
proc bench::against_best {above candidates} {
  return [ratio $above [best_of $candidates]]
}

# What two samples and the decoding of all rows take, one after the other, through a sum of samples.
proc bench::with_decoding {fetch alone suffix below} {
  variable about
  set parts [lmap name [list $fetch$suffix $alone$suffix decode:plain_us] {median [list $name]}]
  set under [median $below]
  if {"" in $parts || $under eq "" || $under == 0} {
    return {}
  }
  lassign $parts fetching alone decoding
  set figure [expr {($fetching + $alone + $decoding * [dict get $about rows] / 1e6) / $under}]
  return [with_spread $figure [list $figure]]
}

proc bench::with_decoding_against_best {fetch alone suffix candidates} {
  return [with_decoding $fetch $alone $suffix [best_of $candidates]]
}

# A figure that needs no measuring.
proc bench::constant {value} {
  return [with_spread $value [list $value]]
}

# A median less that of another, times a factor.
proc bench::figure {name {factor 1} {less ""}} {
  set values [series [list $name]]
  if {$less ne ""} {
    set values [lmap a $values b [series [list $less]] {
      expr {$a eq "" || $b eq "" ? [continue] : $factor * ($a - $b)}
    }]
  } elseif {$factor != 1} {
    set values [lmap a $values {expr {$factor * $a}}]
  }
  return [expr {[llength $values] ? [with_spread [middle $values] $values] : {}}]
}

# By how much the fastest of one sample is slower than that of another.
proc bench::between_fastest {name less factor} {
  set measured [figure $name $factor $less]
  if {![llength $measured]} {
    return {}
  }
  set own [tcl::mathfunc::min {*}[series [list $name]]]
  set other [tcl::mathfunc::min {*}[series [list $less]]]
  return [lreplace $measured 0 0 [expr {$factor * ($own - $other)}]]
}

# For what must hold in every round.
proc bench::worst {name} {
  set measured [figure $name]
  return [expr {[llength $measured] ? [lreplace $measured 0 0 [lindex $measured 2]] : {}}]
}

# How a sample grows in the last of the given numbers against the last but one, where 1 is in proportion and less is
# flatter: growth since the first for each that is more. %N in the NAME is the number. What is below the NOISE
# is no growth.
proc bench::growth {name numbers noise} {
  lassign [list [lindex $numbers 0] [lindex $numbers end-1] [lindex $numbers end]] first middle last
  foreach number [list $first $middle $last] {
    lappend all [series [list [string map [list %N $number] $name]]]
  }
  if {{} in $all} {
    return {}
  }
  lassign $all few some many
  set slope {{few more noise number first} {expr {double(max($more - $few, $noise)) / ($number - $first)}}}
  set single [lmap a $few b $some c $many {
    if {"" in [list $a $b $c]} continue
    expr {[apply $slope $a $c $noise $last $first] / [apply $slope $a $b $noise $middle $first]}
  }]
  lassign [lmap values $all {middle $values}] a b c
  return [with_spread [expr {
    [apply $slope $a $c $noise $last $first] / [apply $slope $a $b $noise $middle $first]}] $single]
}

# What each of so many costs more than one alone.
proc bench::each {many one number factor} {
  return [figure $many [expr {double($factor) / $number}] $one]
}

# ---- Quiet or not ----------------------------------------------------------------------------------------

namespace eval bench {
  variable quiet_spread 0.25
  variable quiet_samples {fetch.quick fetch.plain page.20}
}

# What no code of ours has a part in, and by how much of its median it varies between rounds: fetching alone, and
# the time of one page. The worst of them, as name and share; {"" 0} where nothing was measured twice.
proc bench::noise {} {
  variable quiet_samples
  set worst {"" 0}
  foreach name $quiet_samples {
    set values [lsort -real [series [list $name]]]
    if {[llength $values] < 2} {
      continue
    }
    set share [expr {([lindex $values end] - [lindex $values 0]) / double([middle $values])}]
    if {$share > [lindex $worst 1]} {
      set worst [list $name $share]
    }
  }
  return $worst
}

proc bench::is_quiet {} {
  variable quiet_spread
  return [expr {[lindex [noise] 1] <= $quiet_spread}]
}

# ---- As a file -------------------------------------------------------------------------------------------

# Lines of tab-separated words: "about" with a name and a value; "row" with id, verdict, figure, low, high, number,
# sense, target, unit, what, why; "lost" with a case and why; "sample" with a name and its values.
proc bench::results {} {
  variable samples
  variable lost
  variable about
  variable verdicts
  set lines {}
  dict for {name value} $about {
    lappend lines [join [list about $name $value] \t]
  }
  foreach row $verdicts {
    dict with row {
      lassign $measured figure low high number
      lappend lines [join [list row $id $verdict [brief $figure] [brief $low] [brief $high] $number $sense $target $unit \
                               $what $why] \t]
    }
  }
  dict for {case why} $lost {
    lappend lines [join [list lost $case $why] \t]
  }
  foreach name [lsort -dictionary [dict keys $samples]] {
    lappend lines [join [list sample $name {*}[lmap value [dict get $samples $name] {brief $value}]] \t]
  }
  return [join $lines \n]
}

# As many digits as a measurement is worth.
proc bench::brief {value} {
  return [expr {[string is integer $value] ? $value : [format %.6g $value]}]
}

proc bench::load_results {path} {
  variable samples {}
  variable lost {}
  variable about {}
  variable verdicts {}
  set file [open $path]
  fconfigure $file -encoding utf-8
  set lines [split [string trim [read $file]] \n]
  close $file
  foreach line $lines {
    set words [lassign [split $line \t] kind name]
    switch -- $kind {
      about  {dict set about $name [lindex $words 0]}
      lost   {dict set lost $name [lindex $words 0]}
      sample {dict set samples $name $words}
      row {
        lassign $words verdict figure low high number sense target unit what why
        set measured [expr {$figure eq "" ? {} : [list $figure $low $high $number]}]
        lappend verdicts [dict create id $name what $what sense $sense target $target unit $unit \
                              measured $measured verdict $verdict why $why]
      }
    }
  }
}
