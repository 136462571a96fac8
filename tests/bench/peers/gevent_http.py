#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A server for the files of a folder with gevent's WSGI server, without a log.

usage: gevent_http.py PORT ROOT FIELD
"""

import os
import sys

from gevent.pywsgi import WSGIServer

PORT, ROOT, FIELD = sys.argv[1:]
NAME, VALUE = FIELD.split(": ", 1)


def serve(environ, start):
  path = os.path.normpath("/" + environ["PATH_INFO"]).lstrip("/")
  try:
    with open(os.path.join(ROOT, path), "rb") as file:
      data = file.read()
  except OSError:
    start("404 Not Found", [("Content-Length", "0")])
    return []
  start("200 OK", [("Content-Type", "application/octet-stream"),
                   ("Content-Length", str(len(data))), (NAME, VALUE)])
  return [data]


server = WSGIServer(("127.0.0.1", int(PORT)), serve, backlog=4096, log=None)
server.start()
print("listening on 127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
