# nginx with TLS in front of the emulator, for tests that are run as they are over another protocol
# (SWR_TEST_FRONT). Sourced by harness.tcl.
#
#   http1  HTTP/1.1    http2  HTTP/2    gzip  HTTP/2, and compressed answers

# Starts it; its URL, and the file of its certificate.
proc harness::front_start {kind} {
  variable root
  variable directory
  uplevel #0 [list source [file join $root test nginx.tcl]]
  make_authority front -addext subjectAltName=DNS:localhost,IP:127.0.0.1
  # What signatures name is the host that was asked, and tokens are longer than nginx expects.
  nginx_start [list front front [expr {$kind eq "http1" ? "ssl" : "ssl http2"}] "
    listen 127.0.0.1:\$plain;
    gzip [expr {$kind eq "gzip" ? "on" : "off"}];
    proxy_set_header Host \$http_host;
    proxy_set_header Accept-Encoding \"\";
    large_client_header_buffers 8 80k;
    keepalive_requests 1000000;"]
  dict set harness::fronts $harness::port [dict get $::plain_ports front]
  return [list [dict get $::servers front] [file join $directory front.pem]]
}
