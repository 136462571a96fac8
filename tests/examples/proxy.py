#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The TCP proxy: bytes, ends and failures reach the other side.

usage: proxy.py PROGRAM
"""
import contextlib
import os
import socket
import struct
import sys
import threading

import support
from support import equal, read_all, read_exactly

PROGRAM = sys.argv[1]
ANY = '127.0.0.1:0'


@contextlib.contextmanager
def proxied():
  """A proxy; yields it, and a function that connects both ends."""
  with socket.create_server(('127.0.0.1', 0)) as listener:
    listener.settimeout(support.PATIENCE)
    target = '%s:%d' % listener.getsockname()
    with support.server(PROGRAM, ANY, target) as proxy:
      def pair():
        client = proxy.connect()
        inner = listener.accept()[0]
        inner.settimeout(support.PATIENCE)
        return client, inner

      yield proxy, pair


def bytes_go_both_ways():
  with proxied() as (_, pair):
    client, inner = pair()
    with client, inner:
      for text in (b'a', b'bc' * 5000):
        client.sendall(text)
        equal(read_exactly(inner, len(text)), text)
        inner.sendall(text[::-1])
        equal(read_exactly(client, len(text)), text[::-1])


def a_half_close_is_passed_on_and_the_other_half_lives():
  with proxied() as (_, pair):
    client, inner = pair()
    with client, inner:
      client.sendall(b'question')
      client.shutdown(socket.SHUT_WR)
      equal(read_all(inner), b'question')
      inner.sendall(b'answer')
      equal(read_exactly(client, 6), b'answer')
      inner.shutdown(socket.SHUT_WR)
      equal(client.recv(1), b'')


def a_half_close_of_the_target_is_passed_on_too():
  with proxied() as (_, pair):
    client, inner = pair()
    with client, inner:
      inner.sendall(b'greeting')
      inner.shutdown(socket.SHUT_WR)
      equal(read_all(client), b'greeting')
      client.sendall(b'farewell')
      client.shutdown(socket.SHUT_WR)
      equal(read_all(inner), b'farewell')


def many_bytes_arrive_in_order_through_a_slow_reader():
  with proxied() as (_, pair):
    client, inner = pair()
    data = os.urandom(1 << 20) * 8
    with client, inner:
      def send():
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)

      sender = threading.Thread(target=send)
      sender.start()
      equal(read_all(inner) == data, True)
      sender.join()


def a_reset_ends_both_sides():
  with proxied() as (_, pair):
    client, inner = pair()
    with inner:
      client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack('ii', 1, 0))
      client.close()
      equal(inner.recv(1), b'')


def a_target_that_refuses_costs_the_client_only():
  with socket.create_server(('127.0.0.1', 0)) as free:
    target = '%s:%d' % free.getsockname()
  with support.server(PROGRAM, ANY, target) as proxy:
    for _ in range(3):
      with proxy.connect() as client:
        equal(client.recv(1), b'')
      assert 'Connection refused' in proxy.process.stderr.readline()


def connections_leave_no_descriptor_behind():
  with proxied() as (proxy, pair):
    folder = f'/proc/{proxy.process.pid}/fd'
    client, inner = pair()
    client.close()
    equal(inner.recv(1), b'')
    inner.close()
    before = len(os.listdir(folder))
    for _ in range(50):
      client, inner = pair()
      client.close()
      equal(inner.recv(1), b'')
      inner.close()
    support.until(lambda: len(os.listdir(folder)) <= before)


support.run(bytes_go_both_ways,
            a_half_close_is_passed_on_and_the_other_half_lives,
            a_half_close_of_the_target_is_passed_on_too,
            many_bytes_arrive_in_order_through_a_slow_reader,
            a_reset_ends_both_sides,
            a_target_that_refuses_costs_the_client_only,
            connections_leave_no_descriptor_behind)
