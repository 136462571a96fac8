#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a request costs the echo server in system calls, counted by strace.

After a connection's first request, each request is one receive and one send;
the loop's waiting is counted apart. Nothing is registered anew and nothing is
asked for in vain. The requests that count have a size of their own, so that
the log tells where they begin and end.

usage: syscalls.py PROGRAM
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

import support
from support import equal, read_exactly

PROGRAM = sys.argv[1]
REQUESTS = 10000
FIRST, COUNTED = b'f' * 10, b'c' * 64

CALL = re.compile(r'\d+ +(?:<\.\.\. )?(\w+).* = (-?\d+)(?: (E\w+))?')
RECEIVE = {'recvfrom', 'recvmsg', 'read', 'readv'}
SEND = {'sendto', 'sendmsg', 'write', 'writev'}
WAIT = {'epoll_wait', 'epoll_pwait', 'epoll_pwait2'}
# What an instrumented allocator may do now and then, in all.
STRAY = 10


def skip_without_strace():
  strace = shutil.which('strace')
  if strace is None:
    print('skipped: there is no strace')
    sys.exit(support.SKIP)
  done = subprocess.run([strace, '-D', '-o', '/dev/null', 'true'],
                        capture_output=True)
  if done.returncode != 0:
    print('skipped: strace may not trace here:', done.stderr.decode())
    sys.exit(support.SKIP)


def exchange(clients, text):
  """One request on each connection; they are all under way at once."""
  for client in clients:
    client.sendall(text)
  for client in clients:
    equal(read_exactly(client, len(text)), text)


def trace(connections, log):
  """Run the requests, and write the server's calls into a file."""
  with support.server('strace', '-D', '-f', '-s', '0', '-o', log, PROGRAM,
                      '127.0.0.1:0') as echo:
    clients = [echo.connect() for _ in range(connections)]
    exchange(clients, FIRST)
    for _ in range(REQUESTS // connections):
      exchange(clients, COUNTED)
    exchange(clients, FIRST)
    for client in clients:
      client.close()


def counted_calls(log):
  """The calls from the first counted request to the last one's answer.

  A sanitizer reads files at its start, which may give as many bytes.
  """
  with open(log, encoding='ascii', errors='replace') as file:
    calls = [(match[1], int(match[2]), match[3]) for line in file
             if 'unfinished' not in line and (match := CALL.match(line))]
  size = len(COUNTED)
  first = next(i for i, (name, result, _) in enumerate(calls)
               if name == 'recvfrom' and result == size)
  last = max(i for i, (name, result, _) in enumerate(calls)
             if name == 'sendto' and result == size)
  return calls[first:last + 1]


def check(connections):
  with tempfile.TemporaryDirectory(prefix='cress-syscalls-') as folder:
    log = os.path.join(folder, 'log')
    trace(connections, log)
    support.until(lambda: '+++' in open(log, encoding='ascii').read()[-80:])
    calls = counted_calls(log)
  kinds = collections.Counter()
  for name, _, error in calls:
    kind = ('receive' if name in RECEIVE else 'send' if name in SEND
            else 'wait' if name in WAIT else name)
    kinds[kind] += 1
    if error == 'EAGAIN':
      kinds['EAGAIN'] += 1
  print(f'{connections} connections: {dict(kinds)}')
  equal(kinds.pop('receive'), REQUESTS)
  equal(kinds.pop('send'), REQUESTS)
  equal(kinds['EAGAIN'], 0)
  equal(kinds['epoll_ctl'], 0)
  waits = kinds.pop('wait')
  assert waits <= REQUESTS, f'{waits} waits'
  assert sum(kinds.values()) < STRAY, dict(kinds)


def one_connection_takes_one_receive_and_one_send():
  check(1)


def fifty_connections_take_one_receive_and_one_send():
  check(50)


def a_thousand_connections_take_one_receive_and_one_send():
  if support.allow_descriptors(1100) < 1100:
    print('fewer descriptors allowed: 200 connections instead of 1,000')
    check(200)
  else:
    check(1000)


skip_without_strace()
support.run(one_connection_takes_one_receive_and_one_send,
            fifty_connections_take_one_receive_and_one_send,
            a_thousand_connections_take_one_receive_and_one_send)
