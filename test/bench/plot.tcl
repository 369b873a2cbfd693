# Rows a second of everybody as bars, one panel for each task and transport, all of one scale: plot.svg, made
# of plain rectangles and text. Sourced by bench.tcl.

namespace eval bench::plot {
  variable width 760
  variable left 230       ;# where bars begin
  variable right 190      ;# what a number needs beside the longest bar
  variable bar 20
  variable gap 6
  variable title 40       ;# above the bars of a panel
}

proc bench::plot::text {x y words {attributes ""}} {
  set words [string map {& &amp; < &lt; > &gt;} $words]
  return "<text x=\"$x\" y=\"$y\" $attributes>$words</text>"
}

# The panel of a task and transport from a height on: its elements, and the height where it ends.
proc bench::plot::panel {heading entries most top} {
  variable width
  variable left
  variable right
  variable bar
  variable gap
  variable title
  set own ""
  set elements [list [text 16 [expr {$top + 24}] $heading {class="heading"}]]
  set y [expr {$top + $title}]
  foreach entry $entries {
    lassign $entry who - speed
    if {$who eq "extension"} {
      set own $speed
    }
    set length [expr {int(($width - $left - $right) * $speed / $most)}]
    set base [expr {$y + $bar - 5}]
    set number "[bench::short $speed] k rows/s"
    if {$own ne "" && $who ne "extension"} {
      append number ", [bench::short [expr {$speed / $own}]] × ours"
    }
    lappend elements [text [expr {$left - 8}] $base [dict get $bench::names $who] {text-anchor="end"}] \
        "<rect x=\"$left\" y=\"$y\" width=\"$length\" height=\"$bar\"\
         class=\"[expr {$who eq "extension" ? "own" : "other"}]\"/>" \
        [text [expr {$left + $length + 6}] $base $number]
    incr y [expr {$bar + $gap}]
  }
  return [list $elements [expr {$y + 12}]]
}

proc bench::plot {} {
  variable tasks
  variable transports
  variable rows
  set elements [list [plot::text 16 30 "$rows rows in [expr {$rows / 100}] pages, 8 requests at once, loopback" \
                          {class="title"}]]
  set panels {}
  set speeds 1
  dict for {server transport} $transports {
    dict for {task words} $tasks {
      set entries [competitors $server $task]
      lappend panels "$words, $transport" $entries
      lappend speeds {*}[lmap entry $entries {lindex $entry 2}]
    }
  }
  set y 38
  foreach {heading entries} $panels {
    lassign [plot::panel $heading $entries [tcl::mathfunc::max {*}$speeds] $y] more y
    lappend elements {*}$more
  }
  set size "width=\"$plot::width\" height=\"$y\" viewBox=\"0 0 $plot::width $y\""
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" $size font-family=\"sans-serif\" font-size=\"13\">
<style>
  text { fill: #24292f; }
  .title { font-size: 17px; font-weight: bold; }
  .heading { font-size: 14px; font-weight: bold; }
  .own { fill: #0969da; }
  .other { fill: #afb8c1; }
</style>
<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>
[join $elements \n]
</svg>"
}
