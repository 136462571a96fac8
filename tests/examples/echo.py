#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The echo server: what comes back is what was sent, whoever else sends.

usage: echo.py PROGRAM
"""
import select
import socket
import struct
import sys

import support
from support import equal, read_all, read_exactly

PROGRAM = sys.argv[1]
ANY = '127.0.0.1:0'


def it_sends_back_what_it_gets():
  with support.server(PROGRAM, ANY) as echo, echo.connect() as client:
    for text in (b'x', b'hello', bytes(range(256)) * 64):
      client.sendall(text)
      equal(read_exactly(client, len(text)), text)
    client.shutdown(socket.SHUT_WR)
    equal(client.recv(1), b'')


def a_buffer_that_all_share_mixes_nothing_up():
  with support.server(PROGRAM, ANY) as echo:
    clients = [echo.connect() for _ in range(200)]
    for turn in range(20):
      texts = [f'{turn} of {i} '.encode() * (1 + i % 40)
               for i in range(len(clients))]
      for client, text in zip(clients, texts):
        client.sendall(text)
      for client, text in zip(clients, texts):
        equal(read_exactly(client, len(text)), text)
    for client in clients:
      client.close()


def flood(echo, pattern, size):
  """Send `size` bytes and read nothing until the server takes no more."""
  client = echo.connect(receive_buffer=4096)
  data = pattern * (size // len(pattern))
  client.setblocking(False)
  sent = 0
  while sent < len(data):
    if not select.select([], [client], [], 0.02)[1]:
      break
    sent += client.send(data[sent:])
  return client, data, sent


def one_who_does_not_read_holds_up_nobody_and_loses_nothing():
  with support.server(PROGRAM, ANY) as echo:
    floods = [flood(echo, pattern, 16 << 20)
              for pattern in (b'0123456789abcdef', b'fedcba9876543210')]
    with echo.connect() as other:
      for _ in range(100):
        other.sendall(b'still there?')
        equal(read_exactly(other, 12), b'still there?')
    for client, data, sent in floods:
      assert sent < len(data), 'the server took it all'
      client.settimeout(support.PATIENCE)
      client.shutdown(socket.SHUT_WR)
      equal(read_all(client) == data[:sent], True)
      client.close()


def a_reset_ends_one_connection_only():
  with support.server(PROGRAM, ANY) as echo, echo.connect() as other:
    for _ in range(50):
      client = echo.connect()
      client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))
      client.sendall(b'x' * 10000)
      client.close()
      other.sendall(b'ok')
      equal(read_exactly(other, 2), b'ok')


def it_waits_for_descriptors_and_goes_on():
  with support.server(PROGRAM, ANY, descriptors=32) as echo:
    crowd = [echo.connect() for _ in range(64)]
    first = echo.process.stderr.readline()
    assert 'Too many open files' in first, first
    crowd[0].sendall(b'served')
    equal(read_exactly(crowd[0], 6), b'served')
    for client in crowd[:40]:
      client.close()
    crowd[-1].sendall(b'at last')
    equal(read_exactly(crowd[-1], 7), b'at last')
    for client in crowd[40:]:
      client.close()
    # Waiting, not spinning: it may not have used much of its time.
    assert echo.cpu_seconds() < 1, echo.cpu_seconds()


support.run(it_sends_back_what_it_gets,
            a_buffer_that_all_share_mixes_nothing_up,
            one_who_does_not_read_holds_up_nobody_and_loses_nothing,
            a_reset_ends_one_connection_only,
            it_waits_for_descriptors_and_goes_on)
