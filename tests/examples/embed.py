#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two servers in one loop, of callbacks and of coroutines: both get their turn.

usage: embed.py PROGRAM
"""
import contextlib
import select
import socket
import sys

import support
from support import equal, read_all, read_exactly

PROGRAM = sys.argv[1]
REMINDER = b'still there?\n'


class Host:
  """The program, and the addresses of both its sides."""

  def __init__(self, server):
    self.server = server
    line = server.process.stdout.readline()
    if not line.startswith('listening on '):
      raise AssertionError(f'only one side listens: {line!r}')
    port = int(line.split()[2].rsplit(':', 1)[1])
    self.sides = [server.where, ('127.0.0.1', port)]

  def connect(self, side, **options):
    return support.connect(self.sides[side], **options)


@contextlib.contextmanager
def host(patience):
  with support.server(PROGRAM, str(patience)) as server:
    yield Host(server)


def both_sides_echo_at_once():
  with host(60) as program:
    clients = [program.connect(i % 2) for i in range(200)]
    for turn in range(20):
      texts = [f'{turn} of {i} '.encode() * (1 + i % 40)
               for i in range(len(clients))]
      for client, text in zip(clients, texts):
        client.sendall(text)
      for client, text in zip(clients, texts):
        equal(read_exactly(client, len(text)), text)
    for client in clients:
      client.close()


def both_sides_tell_the_time():
  with host(0.02) as program:
    clients = [program.connect(i % 2) for i in range(20)]
    for _ in range(5):
      for client in clients:
        equal(read_exactly(client, len(REMINDER)), REMINDER)
    for client in clients:
      client.shutdown(socket.SHUT_WR)
      equal(read_all(client).replace(REMINDER, b''), b'')
      client.close()


def busy(program, side, other):
  """Keep one side busy all the time, and see what the other side does."""
  loud = [program.connect(side) for _ in range(50)]
  for client in loud:
    client.sendall(b'x' * 1000)
  with program.connect(other) as quiet:
    for turn in range(50):
      quiet.sendall(b'turn')
      ready = True
      while ready:
        ready = select.select([quiet], [], [], 0)[0] == []
        for client in select.select(loud, [], [], 0)[0]:
          client.sendall(client.recv(4096))
      equal(read_exactly(quiet, 4), b'turn')
  for client in loud:
    client.close()


def a_busy_side_does_not_starve_the_other():
  with host(60) as program:
    busy(program, 0, 1)
    busy(program, 1, 0)


def when_nothing_happens_it_sleeps():
  with host(0.1) as program:
    clients = [program.connect(i % 2) for i in range(20)]
    used = program.server.cpu_seconds()
    for _ in range(5):
      for client in clients:
        equal(read_exactly(client, len(REMINDER)), REMINDER)
    used = program.server.cpu_seconds() - used
    # Half a second has passed; one that spins has used it all.
    assert used < 0.25, used
    for client in clients:
      client.close()


def it_ends_with_clients_on_both_sides():
  program = Host(support.Server([PROGRAM, '60']))
  process = program.server.process
  clients = [program.connect(i % 2) for i in range(10)]
  for client in clients:
    client.sendall(b'x')
    equal(read_exactly(client, 1), b'x')
  process.terminate()
  out, errors = process.communicate(timeout=support.PATIENCE)
  equal((process.returncode, errors), (0, ''))
  equal(out, 'clients: 5 of callbacks, 5 of coroutines\n')
  for client in clients:
    equal(client.recv(1), b'')
    client.close()


support.run(both_sides_echo_at_once,
            both_sides_tell_the_time,
            a_busy_side_does_not_starve_the_other,
            when_nothing_happens_it_sleeps,
            it_ends_with_clients_on_both_sides)
