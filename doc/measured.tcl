# What documents say of speed and memory, from doc/measured.tsv, the results of a run of `make bench`. Sourced by
# generate.tcl; how things are measured is told in test/bench/README.md.
#
#     tclsh doc/measured.tcl take RESULTS.tsv    takes a run over: a whole one, with every round
#
# measured::text brief|targets is what stands between <!-- measured NAME --> and <!-- end -->.

package require Tcl 8.6

namespace eval measured {
  variable root [file dirname [file dirname [file normalize [info script]]]]
  variable path [file join $root doc measured.tsv]
}
foreach file {samples targets report} {
  source [file join $measured::root test bench $file.tcl]
}

# "1.6 µs"
proc measured::cost {name} {
  return "[bench::short [bench::per_row $name]] µs"
}

# How much more than ours it costs, in CPU time.
proc measured::times {other own} {
  lassign [bench::ratio [list $other:cpu] [list $own:cpu]] figure
  return "[bench::short $figure] times"
}

proc measured::brief {} {
  set own scan.quick.group.extension
  set copy scan.quick.copy.extension
  set jobs [regsub {(\d)(\d{3})$} [dict get $bench::about rows] {\1,\2}]
  return "Of $jobs jobs over TLS, `GROUP BY status` takes [cost $own] of CPU time a row, a copy of all columns [cost $copy];\
 `curl -Z` with `json_each` in the\nshell [times scan.quick.group.json_each $own] and\
 [times scan.quick.copy.json_each $copy] that, DuckDB [times scan.quick.group.duckdb $own] and\
 [times scan.quick.copy.duckdb $copy], the official SDK, which only counts, [times scan.quick.count.sdk $own]."
}

proc measured::targets {} {
  return "[bench::surroundings]\n\n[bench::targets_brief]\n\n[bench::floors_table]\n\n[bench::parts_table]"
}

proc measured::text {what} {
  variable path
  bench::load_results $path
  return [$what]
}

# Why a run is no measure for documents; empty if it is one.
proc measured::refused {} {
  set about $bench::about
  if {[dict get $about quick] || [dict get $about only] ne "*" || [dict get $about auto] ne "auto"} {
    return "a quick or partial run is no measure: make bench"
  }
  return [expr {[dict size $bench::lost] ? "not measured: [join [dict keys $bench::lost] {, }]" : ""}]
}

if {[file normalize [info script]] eq [file normalize $::argv0] && [lindex $argv 0] eq "take"} {
  bench::load_results [lindex $argv 1]
  if {[measured::refused] ne ""} {
    puts stderr [measured::refused]
    exit 1
  }
  file copy -force [lindex $argv 1] $measured::path
}
