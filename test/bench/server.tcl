# What the benchmark asks: the emulator, and before it a real nginx with TLS and HTTP/2 that keeps its
# pages, so that no client waits for the emulator; and what is true of the data. Sourced by bench.tcl.
#
#   quick   https, HTTP/2 and HTTP/1.1      slow    the same, each answer after 20 ms
#   plain   http, HTTP/1.1                  late    after 50 ms, of an account with 300 repositories
#
# Pages are kept by URI, as it was sent; what is there to show how time grows is too large for that and passed through.

namespace eval bench {
  variable ports {}        ;# of nginx, by name
  variable latency {slow 0.020 late 0.050}   ;# seconds that these add
}

proc bench::scratch {name} {
  return [file join $harness::directory $name]
}

proc bench::write {path text} {
  set file [open $path w]
  puts $file $text
  close $file
}

proc bench::base {server} {
  variable ports
  set scheme [expr {$server eq "plain" ? "http" : "https"}]
  return $scheme://localhost:[dict get $ports $server]
}

# The URI of a page, as the extension sends it; curl reads [FIRST-LAST:STEP] in it as a range.
proc bench::uri {image offset {limit 100}} {
  lassign [split $image /] namespace repository
  return /v2/manage/namespaces/$namespace/repos/$repository/sync_job?filter=limit%3A%3A$limit%7Coffset%3A%3A$offset%7Corder%3A%3Aasc
}

# The extension and its peers trust the system's authorities and our own, as they would in a company: each finds them
# by itself, as on any machine, where the environment says that they are.
proc bench::make_certificate {} {
  exec openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout [scratch key.pem] -out [scratch own.pem] \
      2> [scratch openssl.err]
  set authorities [harness::slurp [scratch own.pem]]
  set system /etc/ssl/certs/ca-certificates.crt
  if {[file exists $system]} {
    append authorities [harness::slurp $system]
  }
  write [scratch authorities.pem] $authorities
  make_directory [file dirname $system]
}

# The same certificates as files of their own, by the names that OpenSSL looks for.
proc bench::make_directory {system} {
  set path [fresh_folder authorities]
  foreach name [glob -nocomplain -directory $system -tails *.?] {
    write [file join $path $name] [harness::slurp [file join $system $name]]
  }
  set hash [string trim [exec openssl x509 -noout -hash -in [scratch own.pem]]]
  write [file join $path $hash.0] [harness::slurp [scratch own.pem]]
}

proc bench::nginx_program {} {
  set program [auto_execok nginx]
  return [expr {$program eq "" ? "/usr/sbin/nginx" : $program}]
}

# Where nginx looks for modules.
proc bench::nginx_modules {} {
  catch {exec [nginx_program] -V} words
  if {![regexp -- {--modules-path=(\S+)} $words - path]} {
    set path /usr/lib/nginx/modules
  }
  return $path
}

proc bench::nginx_configuration {} {
  variable ports
  variable latency
  set temporary ""
  foreach kind {client_body proxy fastcgi uwsgi scgi} {
    append temporary "${kind}_temp_path [scratch $kind];\n  "
  }
  set tls "ssl_certificate [scratch own.pem]; ssl_certificate_key [scratch key.pem];"
  return "
load_module [nginx_modules]/ngx_http_echo_module.so;
daemon off;
master_process off;
pid [scratch nginx.pid];
error_log [scratch nginx.err];
events { worker_connections 1024; }
http {
  $temporary
  log_format words '\$server_port \$server_protocol \$status \$connection \$upstream_cache_status\
\$request_length \$bytes_sent \$request_uri';
  access_log [scratch access.log] words;
  keepalive_requests 100000000;
  tcp_nodelay on;
  proxy_cache_path [scratch cache] levels=2 keys_zone=pages:16m max_size=1g inactive=1d use_temp_path=off;
  proxy_cache pages;
  proxy_cache_key \$request_uri;
  proxy_cache_valid 200 1d;
  proxy_http_version 1.1;
  proxy_set_header Connection '';
  open_file_cache max=20000 inactive=1d;
  upstream emulator { server 127.0.0.1:$harness::port; keepalive 64; }
  upstream account { server 127.0.0.1:[dict get $harness::regions account port]; keepalive 64; }
  server {
    listen 127.0.0.1:[dict get $ports quick] ssl http2;
    $tls
    location / { proxy_pass http://emulator; }
    location ~ ^/v2/manage/namespaces/(load|scale)/ { proxy_cache off; proxy_pass http://emulator; }
  }
  server {
    listen 127.0.0.1:[dict get $ports plain];
    location / { proxy_pass http://emulator; }
  }
  server {
    listen 127.0.0.1:[dict get $ports slow] ssl http2;
    $tls
    location / { echo_sleep [dict get $latency slow]; echo_exec @kept; }
    location @kept { proxy_pass http://emulator; }
  }
  server {
    listen 127.0.0.1:[dict get $ports late] ssl http2;
    $tls
    proxy_cache_key account\$request_uri;
    location / { echo_sleep [dict get $latency late]; echo_exec @kept; }
    location @kept { proxy_pass http://account; }
  }
}"
}

proc bench::start_servers {} {
  variable ports
  variable rows
  variable quick
  set more {}
  foreach number [sizes jobs $quick] {
    if {[scale_image $number] ne "load/million"} {
      lappend more --add [scale_image $number]=$number
    }
  }
  emulator_start --fleet 500 --add bench/scan=$rows --add bench/small=10000 --add bench/start=12100 {*}$more
  region_start account --fleet 300 --fleet-jobs 667 --add bench/scan=100
  foreach number [sizes repositories $quick] {
    region_start scale-$number --fleet $number --fleet-jobs 40
  }
  make_certificate
  foreach name {quick plain slow late} {
    dict set ports $name [unused_port]
  }
  write [scratch nginx.conf] [nginx_configuration]
  # The shell ends nginx when its standard input is closed, whatever becomes of this process, and removes
  # what is in memory.
  lappend harness::guards [open |[list sh -c {
    trap "" INT; "$0" -p "$1" -e "$1/nginx.err" -c "$1/nginx.conf" & read -r line; kill "$!"; wait; rm -rf "$1"
  } [nginx_program] $harness::directory 2>@stderr] r+]
  harness::wait_for "nginx" 10000 {![catch {close [socket 127.0.0.1 [dict get $ports slow]]}]}
}

# ---- What nginx has logged -------------------------------------------------------------------------------

proc bench::log_size {} {
  return [file size [scratch access.log]]
}

# Its lines after a size, each a dictionary. It logs when an answer was sent, which may be after it was read.
proc bench::log_since {size} {
  after 100
  set file [open [scratch access.log]]
  seek $file $size
  set entries {}
  foreach line [split [string trim [read $file]] \n] {
    lassign [split $line] port protocol status connection kept in out uri
    lappend entries [dict create protocol $protocol status $status connection $connection kept $kept \
                         bytes [expr {$in + $out}] uri $uri]
  }
  close $file
  return $entries
}

# ---- What is true ----------------------------------------------------------------------------------------

proc bench::columns {} {
  return {createdAt domainID domainName id namespace override remoteNamespace remoteRegionId repoName status
    syncOperatorId syncOperatorName tag updatedAt}
}

# The table that every copy fills.
proc bench::job_table {} {
  set columns [lmap column [columns] {
    string cat $column " " [expr {$column in {id override} ? "INTEGER" : "TEXT"}]
  }]
  return "CREATE TABLE job([join $columns {, }]);"
}

# Count, sums and the length of each column. NULL counts as '', since CSV does not know it.
proc bench::digest {database} {
  set terms {count(*) count(DISTINCT\ id) sum(id) sum(override)}
  foreach column [columns] {
    lappend terms sum(length(coalesce($column,'')))
  }
  return [exec sqlite3 -batch $database "SELECT [join $terms ,] FROM job"]
}

# All values of all rows.
proc bench::fingerprint {database} {
  set values {}
  foreach column [columns] {
    lappend values "coalesce($column,'''')||''''"
  }
  return [exec sqlite3 -batch $database \
              "SELECT hex(sha3_query('SELECT [join $values ,] FROM job ORDER BY id'))"]
}

# The truth comes from the emulator by itself, in one piece, and not over nginx. The table with all rows is kept: it is
# what SQLite reads alone.
proc bench::learn_truth {} {
  variable truth
  set path [scratch truth.json]
  set file [open $path wb]
  puts -nonewline $file [jobs bench/scan]
  close $file
  set values {}
  foreach column [columns] {
    lappend values "json_extract(value, '$.$column')"
  }
  set database [scratch table.db]
  exec sqlite3 -batch $database "[job_table] INSERT INTO job SELECT [join $values ,]
    FROM json_each(CAST(readfile('$path') AS TEXT))"
  dict set truth digest [digest $database]
  dict set truth fingerprint [fingerprint $database]
  dict set truth group [exec sqlite3 -batch $database \
                            "SELECT status, count(*) FROM job GROUP BY status ORDER BY status"]
  dict set truth scan [exec sqlite3 -batch -separator { } $database "SELECT count(tag), sum(id) FROM job"]
  file delete $path
  variable images [fleet_jobs {
    dict set truth fleet [known eval {SELECT count(tag), sum(id) FROM job}]
  }]
  in_region account {
    fleet_jobs {
      dict set truth found [known eval {
        SELECT status, count(*) FROM job WHERE createdAt >= '2025-12-31' GROUP BY 1 ORDER BY 1
      }]
    }
  }
  sqlite3 known :memory:
  set bytes [jobs bench/start]
  dict set truth start [known eval {
    SELECT count(json_extract(value, '$.tag')), sum(json_extract(value, '$.id')) FROM json_each(CAST(@bytes AS TEXT))
  }]
  known close
}

# Runs a script with the table "job" of the connection "known", which has those of all repositories of the fleet; the
# repositories.
proc bench::fleet_jobs {script} {
  set repositories [emulator GET repositories]
  sqlite3 known :memory:
  set found [known eval {
    SELECT json_extract(value, '$.image') FROM json_each($repositories)
    WHERE json_extract(value, '$.image') LIKE 'fleet/%'
  }]
  known eval {CREATE TABLE job(id, tag, status, createdAt)}
  foreach image $found {
    set bytes [jobs $image]
    known eval {
      INSERT INTO job SELECT json_extract(value, '$.id'), json_extract(value, '$.tag'),
        json_extract(value, '$.status'), json_extract(value, '$.createdAt')
      FROM json_each(CAST(@bytes AS TEXT))
    }
  }
  uplevel 1 $script
  known close
  return $found
}

# Every page once, so that all that follows is answered by nginx alone: those of 100, also as the SDK writes them, and
# what the extension asks for, whose pages overlap, or grow. What fails here is told where it is measured.
proc bench::warm {} {
  variable rows
  variable images
  set lines {}
  foreach {image last} [list bench/scan [expr {$rows - 100}] bench/small 9900 bench/start 12000 \
                            group/history 24900] {
    lappend lines "url = \"[base plain][uri $image \[0-$last:100\]]\"" "output = \"/dev/null\""
  }
  foreach image $images {
    lappend lines "url = \"[base plain][uri $image 0]\"" "output = \"/dev/null\""
  }
  write [scratch warm.conf] [join $lines \n]
  exec curl {*}[curl_options] -Z --parallel-max 8 -K [scratch warm.conf]
  catch {exec node [peer sdk.cjs] [base plain] $rows}
  foreach {image size} {bench/scan 100 bench/scan auto bench/start 100 group/history 100 group/history auto} {
    use plain 8 $size
    catch {shell_run [extension_shell :memory: "SELECT count(tag) FROM swr_sync_job WHERE image = '$image'"]}
  }
  use late 16 auto
  catch {probe found fleet}
}

# What every curl here is told.
proc bench::curl_options {} {
  return [list --no-progress-meter -f --http2 -H {X-Auth-Token: emulator-token} -H {Content-Type: application/json}]
}

proc bench::prepare {} {
  start_servers
  learn_truth
  make_lists
  set ::env(SSL_CERT_FILE) [scratch authorities.pem]
  set ::env(SSL_CERT_DIR) [scratch authorities]
  set ::env(NODE_EXTRA_CA_CERTS) [scratch own.pem]
  warm
  variable warmed [log_size]
}
