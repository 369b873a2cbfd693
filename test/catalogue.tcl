# The account's lists beside sync jobs, for tests: what the emulator serves, fetched without the extension,
# and ordinary tables of the same names, columns and collations on the connection "dboracle", filled from that
# JSON by SQL. Sourced by the files that test those tables.

# The body that the service gives at a path of /v2/manage, as bytes.
proc fetch_list {path args} {
  set url http://127.0.0.1:$harness::port/v2/manage/[string map {{$} %24} $path]
  if {[llength $args]} {
    append url ? [http::formatQuery {*}$args]
  }
  set call [http::geturl $url -type application/json -binary 1 \
                -headers [list X-Auth-Token emulator-token Content-Type application/json]]
  set code [http::ncode $call]
  set bytes [http::data $call]
  http::cleanup $call
  if {$code != 200} {
    error "$path: $code $bytes"
  }
  return $bytes
}

# Each table: its columns with their types, the members where they have other names, and what its rows are by:
# a region, or a repository. ECHO are the columns that the service does not say.
namespace eval catalogue {
  variable columns {
    swr_namespace {
      id INTEGER name TEXT creator_name TEXT auth INTEGER access_user_count INTEGER repo_count INTEGER}
    swr_repo {
      name TEXT category TEXT description TEXT size INTEGER is_public INTEGER num_images INTEGER
      num_download INTEGER created_at TIME updated_at TIME logo TEXT url TEXT path TEXT internal_path TEXT
      domain_name TEXT namespace TEXT tags JSON status INTEGER total_range INTEGER}
    swr_tag {
      id INTEGER repo_id INTEGER tag TEXT image_id TEXT manifest TEXT digest TEXT schema INTEGER path TEXT
      internal_path TEXT size INTEGER is_trusted INTEGER created TIME updated TIME deleted TIME
      domain_id TEXT scanned INTEGER tag_type INTEGER}
    swr_sync_rule {
      createdAt TIME updatedAt TIME domainID TEXT domainName TEXT id INTEGER namespace TEXT
      override INTEGER remoteNamespace TEXT remoteRegionId TEXT repoName TEXT syncAuto INTEGER}
    swr_sync_region {regionID TEXT registryURL TEXT}
    swr_overview {
      domain_id TEXT domain_name TEXT namspace_num INTEGER repo_num INTEGER image_num INTEGER
      store_space REAL downflow_size REAL}
    swr_retention_log {
      created_at TIME id INTEGER namespace TEXT repo TEXT retention_id INTEGER rule_type TEXT tag TEXT}
  }
  variable members {tag $.Tag}
  variable hidden {
    swr_namespace   {region TEXT namespace TEXT}
    swr_repo        {image TEXT repoName TEXT region TEXT}
    swr_tag         {region TEXT namespace TEXT repoName TEXT image TEXT}
    swr_sync_rule   {image TEXT region TEXT}
    swr_sync_region {region TEXT}
    swr_overview    {region TEXT}
    swr_retention_log {repoName TEXT image TEXT region TEXT}
  }
  variable by_repository {swr_tag tags swr_sync_rule sync_repo swr_retention_log retentions/histories}
}

proc catalogue::create {} {
  variable columns
  variable hidden
  dict for {table pairs} $columns {
    set list {}
    foreach {name type} [concat $pairs [dict get $hidden $table]] {
      set type [string map {TIME "TEXT COLLATE SWR_TIME" JSON TEXT} $type]
      lappend list "$name $type"
    }
    dboracle eval "CREATE TABLE ${table}([join $list ,])"
  }
}

# Insert the records of a body, whose array is at JSON path ARRAY; what is hidden has the values of ECHO.
proc catalogue::insert {table bytes array echo} {
  variable columns
  variable members
  set values {}
  foreach {name type} [dict get $columns $table] {
    set path $.$name
    if {$name eq "tag" && $table eq "swr_tag"} {
      set path {$.Tag}
    }
    set value "json_extract(value, '$path')"
    if {$type eq "JSON"} {
      set value "CASE json_type(value, '$path') WHEN 'array' THEN json_extract(value, '$path') END"
    }
    lappend values $value
  }
  set ::catalogue_bytes $bytes
  uplevel #0 [list dboracle eval "
    INSERT INTO $table SELECT [join [concat $values $echo] ,]
    FROM json_each(CAST(@catalogue_bytes AS TEXT), '$array')"]
}

proc catalogue::quote {text} {
  return '[string map {' ''} $text]'
}

# All that the emulator of a region has; IMAGES are its repositories.
proc catalogue_load {images {region ""}} {
  set r [catalogue::quote $region]
  catalogue::insert swr_namespace [fetch_list namespaces filter mode::visible] {$.namespaces} \
      [list $r "json_extract(value, '\$.name')"]
  catalogue::insert swr_repo [fetch_list repos limit 1000 offset 0] {$} \
      [list "json_extract(value, '\$.namespace') || '/' || json_extract(value, '\$.name')" \
           "json_extract(value, '\$.name')" $r]
  catalogue::insert swr_sync_region [fetch_list regions] {$} [list $r]
  catalogue::insert swr_overview "\[[fetch_list overview]\]" {$} [list $r]
  foreach image $images {
    set slash [string first / $image]
    set namespace [string range $image 0 $slash-1]
    set name [string range $image $slash+1 end]
    set path namespaces/$namespace/repos/[string map {/ {$}} $name]
    lassign [lmap text [list $namespace $name $image] {catalogue::quote $text}] n o i
    catalogue::insert swr_tag [fetch_list $path/tags limit 1000 offset 0] {$} [list $r $n $o $i]
    catalogue::insert swr_sync_rule [fetch_list $path/sync_repo] {$} [list $i $r]
    catalogue::insert swr_retention_log [fetch_list $path/retentions/histories limit 100 offset 0] \
        {$.retention_log} [list $o $i $r]
  }
}

# The images of the file's emulator.
proc catalogue_images {} {
  set bytes [emulator GET repositories]
  return [dboracle eval {SELECT json_extract(value, '$.image') FROM json_each(CAST(@bytes AS TEXT))}]
}

# The requests of a list, written out: "repos limit::1000|offset::0", "group/nginx/tags limit::…". The order
# is left out where it is the one that a query leaves open.
proc list_requests {} {
  return [lmap request [requests] {catalogue::words $request}]
}

proc catalogue::words {request} {
  if {![regexp {^GET /v2/manage/([^?]+)(?:\?filter=(.*))?$} $request - path filter]} {
    return $request
  }
  regsub {^namespaces/([^/]+)/repos/([^/]+)/} $path {\1/\2/} path
  set filter [harness::decode $filter]
  set filter [string map {|order_column::name|order_type::asc {}
                          |order_column::updated_at|order_type::asc {}} $filter]
  return [string trim "[string map {{$} /} $path] $filter"]
}

# Rows and requests of a query, both as they are named above; ordered only with -ordered.
proc do_list_test {name args} {
  set ordered 0
  if {[lindex $args 0] eq "-ordered"} {
    set ordered 1
    set args [lrange $args 1 end]
  }
  lassign $args sql expected
  harness::announce $name
  set wanted [harness::answer $sql dboracle $ordered]
  clear_requests
  set got [harness::answer $sql db $ordered]
  set made [list_requests]
  if {$got ne $wanted} {
    harness::fail $name sql [string trim $sql] expected $wanted got $got requests $made
  } elseif {[llength $args] > 1 && [lsort $made] ne [lsort [list {*}$expected]]} {
    harness::fail $name sql [string trim $sql] expected [list {*}$expected] got $made
  } else {
    harness::pass
  }
}
