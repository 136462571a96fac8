#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""nginx as one process, configured for a single port and folder: no log, the
files kept open, and as many requests on a connection as a client likes.

usage: nginx.py PORT ROOT [COUNTED]

With a path as the third argument it tells there what it has served so far.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from http_site import PADDING

CONFIGURATION = """
daemon off;
master_process off;
worker_processes 1;
pid %(own)s/pid;
error_log %(own)s/error.log;
events { worker_connections 4096; use epoll; multi_accept on; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  server_tokens off;
  default_type application/octet-stream;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  open_file_cache max=4000 inactive=600s;
  open_file_cache_valid 60s;
  client_body_temp_path %(own)s/body;
  proxy_temp_path %(own)s/proxy;
  fastcgi_temp_path %(own)s/fastcgi;
  uwsgi_temp_path %(own)s/uwsgi;
  scgi_temp_path %(own)s/scgi;
  add_header %(field)s;
  server {
    listen 127.0.0.1:%(port)s backlog=4096;
    root %(root)s;
    %(counted)s
  }
}
"""


def main():
  port, root, *counted = sys.argv[1:]
  # In the build folder, which goes some day with all that is in it.
  own = os.path.join(os.path.dirname(root), "nginx-" + port)
  os.makedirs(own, exist_ok=True)
  name = os.path.join(own, "nginx.conf")
  with open(name, "w", encoding="ascii") as file:
    file.write(CONFIGURATION % {
        "own": own, "port": port, "root": root,
        "counted": "".join("location = %s { stub_status; }" % path
                           for path in counted),
        "field": PADDING["nginx"].replace(":", "", 1)})
  # The load tries again until it does listen.
  print("listening on 127.0.0.1:%s" % port, flush=True)
  os.execv("/usr/sbin/nginx", ["nginx", "-p", own, "-c", name])


main()
