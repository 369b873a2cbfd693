# Documents whose programs are run as they stand there: sections, each with files, the commands that run them, and what
# these print. Sourced by the tests of such documents, which say where (place) and how (script) commands are run; the
# harness and an emulator come with it.
#
#   ## A heading
#   A paragraph, the last words of which name the file: `jobs.py`:
#   ```python              the file
#   ```console             lines after "$ " are commands of bash, "> " goes on with one; what is left was printed

set here [file dirname [file normalize [info script]]]
source -encoding utf-8 [file join [file dirname $here] harness.tcl]
own_concurrency
others_ask
emulator_start

# Of each section: its paragraphs as one text, its files (name and contents), its commands, and what they print.
proc sections {text} {
  set sections {}
  foreach section [lrange [split [string map [list "\n## " \x1e] $text] \x1e] 1 end] {
    set lines [split $section \n]
    set title [lindex $lines 0]
    set said {}
    set files {}
    set commands {}
    set printed {}
    set kind ""
    foreach line [lrange $lines 1 end] {
      if {[regexp {^```(\w*)$} $line - opens]} {
        if {$kind ni {"" console}} {
          lappend files [lindex [regexp -all -inline {`([^`]+)`:} $said] end] [join $contents \n]\n
        }
        set kind $opens
        set contents {}
      } elseif {$kind eq ""} {
        append said $line " "
      } elseif {$kind ne "console"} {
        lappend contents $line
      } elseif {[regexp {^\$ (.*)$} $line - command]} {
        lappend commands $command
      } elseif {[regexp {^> (.*)$} $line - more]} {
        lset commands end "[lindex $commands end]\n$more"
      } else {
        lappend printed $line
      }
    }
    lappend sections [dict create title $title said $said files $files commands $commands printed $printed]
  }
  return $sections
}

proc document {name} {
  return [sections [encoding convertfrom utf-8 [harness::slurp [file join $harness::root {*}$name]]]]
}

proc write_file {name contents} {
  set file [open [file join $::place $name] w]
  fconfigure $file -encoding utf-8
  puts -nonewline $file $contents
  close $file
}

# What the commands print, together with their errors.
proc run {title commands} {
  catch {exec -ignorestderr bash [script $title $commands] 2>@1} text
  regsub {\nchild process exited abnormally$} $text {} text
  return $text
}
