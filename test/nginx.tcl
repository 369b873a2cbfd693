# A real nginx with TLS before the emulator, and certificates made for it. Sourced after harness.tcl, by the
# tests that need it; ends with the file.
#
#   make_authority ours
#   make_certificate good ours {DNS:localhost,IP:127.0.0.1}
#   nginx_start {
#     http2 good {ssl http2} {}          name, certificate, words for "listen", further lines
#   }
#   dict get $servers http2              https://127.0.0.1:PORT
#   logged http2 10                      its requests as lists, once there are so many:
#                                        PROTOCOL STATUS CONNECTION ENCODING RESUMED

set scratch $harness::directory
set servers {}
set plain_ports {}

proc write_file {name text} {
  set file [open [file join $::scratch $name] w]
  puts $file $text
  close $file
}

proc openssl {args} {
  exec -ignorestderr env -u OPENSSL_CONF openssl {*}$args 2> [file join $::scratch openssl.err]
}

set key {-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes}

# An authority: NAME.pem and NAME.key. More arguments are those of `openssl req`.
proc make_authority {name args} {
  openssl req -x509 {*}$::key -days 2 -subj "/CN=Test authority $name" {*}$args \
      -keyout [file join $::scratch $name.key] -out [file join $::scratch $name.pem]
}

# A certificate for these names, signed by an authority and valid within these dates.
proc make_certificate {name authority names {from ""} {to ""}} {
  set at [file join $::scratch $name]
  if {$from eq ""} {
    set from [clock format [expr {[clock seconds] - 86400}] -gmt 1 -format %Y%m%d%H%M%SZ]
    set to [clock format [expr {[clock seconds] + 86400}] -gmt 1 -format %Y%m%d%H%M%SZ]
  }
  close [open $at.index w]
  write_file $name.serial 01
  write_file $name.conf "
\[ca]\ndefault_ca = own
\[own]\ndatabase = $at.index\nserial = $at.serial\nnew_certs_dir = $::scratch\ndefault_md = sha256
policy = any\nx509_extensions = extensions\nunique_subject = no
\[any]\ncommonName = supplied
\[extensions]\nsubjectAltName = $names"
  openssl req -new {*}$::key -subj "/CN=$name" -keyout $at.key -out $at.csr
  openssl ca -batch -notext -config $at.conf -startdate $from -enddate $to -in $at.csr -out $at.pem \
      -cert [file join $::scratch $authority.pem] -keyfile [file join $::scratch $authority.key]
}

# In the lines, $emulator stands for the port of the emulator, and $plain for one more that is free, which
# plain_ports has by the name.
proc nginx_start {list {address 127.0.0.1}} {
  set scratch $::scratch
  set blocks ""
  set ports {}
  set path $::env(PATH):/usr/sbin
  regexp {nginx/([0-9.]+)} [exec env PATH=$path nginx -v 2>@1] - version
  set own_http2 [package vsatisfies $version 1.25.1] ;# a directive of its own, and as a word of "listen" a warning
  foreach {name certificate listen lines} $list {
    foreach kind {port plain} {
      while {[set $kind [unused_port]] in $ports} {}
      lappend ports [set $kind]
    }
    dict set ::plain_ports $name $plain
    if {$own_http2 && "http2" in $listen} {
      set listen [lsearch -all -inline -not $listen http2]
      append lines "\nhttp2 on;"
    }
    dict set ::servers $name https://$address:$port
    append blocks "
  server {
    listen $address:$port $listen;
    ssl_certificate $scratch/$certificate.pem;
    ssl_certificate_key $scratch/$certificate.key;
    [string map [list {$emulator} $harness::port {$plain} $plain] $lines]
    location / {
      proxy_pass http://127.0.0.1:$harness::port;
      proxy_http_version 1.1;
    }
  }"
  }
  set temporary ""
  foreach kind {client_body proxy fastcgi uwsgi scgi} {
    append temporary "  ${kind}_temp_path $scratch/$kind;\n"
  }
  write_file nginx.conf "
daemon off;
master_process off;
pid $scratch/nginx.pid;
error_log $scratch/nginx.err;
events { worker_connections 256; }
http {
$temporary
  log_format words '\$server_port \$server_protocol \$status \$connection \"\$sent_http_content_encoding\" \$ssl_session_reused';
  access_log $scratch/access.log words;
  gzip on;
  gzip_types application/json;
  gzip_min_length 20;
  gzip_proxied any;
$blocks
}"

  set nginx [auto_execok nginx]
  if {$nginx eq ""} {
    set nginx /usr/sbin/nginx
  }
  # The shell ends nginx when its standard input is closed, whatever becomes of this process. What is
  # loaded for what is tested is none of its business: ThreadSanitizer breaks it.
  lappend harness::guards [open |[list env -u LD_PRELOAD sh -c {
    "$0" -p "$1" -e "$1/nginx.err" -c "$1/nginx.conf" & read -r line; kill "$!"; wait
  } $nginx $scratch 2>@stderr] r+]
  harness::wait_for "nginx" 10000 {![catch {close [socket $address $port]}]}
}

proc server_port {server} {
  return [lindex [split [dict get $::servers $server] :] end]
}

# What nginx has logged of this server, once there are so many requests: it logs when an answer is sent,
# which may be after it was read. COUNT is of all since the start.
proc logged {server count} {
  set path [file join $::scratch access.log]
  set port [server_port $server]
  harness::wait_for "the log of nginx" 5000 {
    [llength [set lines [lsearch -all -inline [split [harness::slurp $path] \n] "$port *"]]] >= $count
  }
  return [lmap line $lines {lrange $line 1 end}]
}

# Column N of these lines: its values, each once.
proc column {lines n} {
  return [lsort -unique [lmap line $lines {lindex $line $n}]]
}
