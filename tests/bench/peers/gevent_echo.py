#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An echo server with gevent's StreamServer, one greenlet a connection."""

import sys

from gevent.server import StreamServer


def serve(connection, _):
  while True:
    data = connection.recv(4096)
    if not data:
      return
    connection.sendall(data)


server = StreamServer(("127.0.0.1", int(sys.argv[1])), serve, backlog=4096)
server.start()
print("listening on 127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
