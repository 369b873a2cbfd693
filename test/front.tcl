# A real nginx with TLS in front of the emulator, for tests that are run as they are over another protocol
# (SWR_TEST_FRONT). Sourced by harness.tcl, whose variables it shares.
#
#   http1  HTTP/1.1    http2  HTTP/2    gzip  HTTP/2, and compressed answers

# Start it before the emulator's port; returns its URL and the file of its certificate.
proc harness::front_start {kind} {
  variable directory
  variable port
  variable guards
  set own [unused_port]
  set at [file join $directory front]
  file mkdir $at
  exec -ignorestderr openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
      -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
      -keyout $at/key.pem -out $at/certificate.pem 2> $at/openssl.err
  set temporary ""
  foreach name {client_body proxy fastcgi uwsgi scgi} {
    append temporary "  ${name}_temp_path $at/$name;\n"
  }
  set file [open $at/nginx.conf w]
  puts $file "
daemon off;
master_process off;
pid $at/nginx.pid;
error_log $at/nginx.err;
events { worker_connections 512; }
http {
$temporary
  access_log off;
  gzip [expr {$kind eq "gzip" ? "on" : "off"}];
  gzip_types application/json;
  gzip_min_length 20;
  gzip_proxied any;
  keepalive_requests 1000000;
  large_client_header_buffers 8 80k;
  upstream service { server 127.0.0.1:$port; keepalive 64; }
  server {
    listen 127.0.0.1:$own ssl[expr {$kind eq "http1" ? "" : " http2"}];
    ssl_certificate $at/certificate.pem;
    ssl_certificate_key $at/key.pem;
    location / {
      proxy_pass http://service;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_set_header Host \$http_host;
      proxy_set_header Accept-Encoding \"\";
    }
  }
}"
  close $file
  set nginx [auto_execok nginx]
  if {$nginx eq ""} {
    set nginx /usr/sbin/nginx
  }
  # The shell ends nginx when its standard input is closed, whatever becomes of this process.
  lappend guards [open |[list sh -c {
    "$0" -p "$1" -e "$1/nginx.err" -c "$1/nginx.conf" & read -r line; kill "$!"; wait
  } $nginx $at 2>@stderr] r+]
  wait_for "nginx" 10000 {![catch {close [socket 127.0.0.1 $own]}]}
  return [list https://127.0.0.1:$own $at/certificate.pem]
}
