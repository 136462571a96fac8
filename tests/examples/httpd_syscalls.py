#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a request costs the HTTP server in system calls, counted by strace.

A request for a small file that is cached is one receive and one send; the
loop's waiting is counted apart, and so is the look at the file that the cache
takes once a second. A large file takes one sendfile for each piece, and its
head leaves in the same segment as its beginning.

usage: httpd_syscalls.py PROGRAM
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import support
from httpd_client import LARGE, PAGE, folder, read_answer, request
from support import equal

PROGRAM = sys.argv[1]
ROOT = None
REQUESTS = 10000

CALL = re.compile(r'\d+ +(?:<\.\.\. )?(\w+).* = (-?\d+)(?: (E\w+))?')
RECEIVE = {'recvfrom', 'recvmsg', 'read', 'readv'}
SEND = {'sendto', 'sendmsg', 'write', 'writev'}
WAIT = {'epoll_wait', 'epoll_pwait', 'epoll_pwait2'}
# The look at a file: openat2, or what stands in for it, fstat, close.
LOOK = 8
# The writing of a piece of the log: the write itself is counted apart.
WRITE = 10
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


def calls_of(log):
  with open(log, encoding='ascii', errors='replace') as file:
    return [(match[1], int(match[2]), match[3], line) for line in file
            if 'unfinished' not in line and (match := CALL.match(line))]


def traced(talk, *options):
  """Run the server under strace while `talk(server)`; return its calls."""
  with tempfile.TemporaryDirectory(prefix='cress-syscalls-') as top:
    log = os.path.join(top, 'log')
    with support.server('strace', '-D', '-f', '-s', '16', '-o', log, PROGRAM,
                        '-a', '127.0.0.1:0', *options, ROOT) as server:
      talk(server)
    support.until(lambda: '+++' in open(log, encoding='ascii').read()[-80:])
    return calls_of(log)


def counted(calls, size):
  """The calls from the first counted request to the last one's answer."""
  first = next(i for i, (name, result, *_) in enumerate(calls)
               if name in RECEIVE and result == size)
  last = max(i for i, (name, _, _, line) in enumerate(calls)
             if name in SEND and 'HTTP/1.1 200' in line)
  return calls[first:last + 1]


def check(connections, *options, most_writes=0):
  # The file must be believed not to change, and its entry be there.
  os.utime(os.path.join(ROOT, 'page.html'), (1e9, 1e9))
  fields = {'X-Counted': 'yes'}
  text = request('/page.html', fields=fields)
  seconds = 0

  def talk(server):
    nonlocal seconds
    clients = [server.connect() for _ in range(connections)]
    for client in clients:
      client.sendall(request('/page.html'))
      equal(read_answer(client).body, PAGE)
    begin = time.monotonic()
    for _ in range(REQUESTS // connections):
      for client in clients:
        client.sendall(text)
      for client in clients:
        equal(read_answer(client).body, PAGE)
    seconds = time.monotonic() - begin
    for client in clients:
      client.close()

  kinds = collections.Counter()
  for name, _, error, _ in counted(traced(talk, *options), len(text)):
    kind = ('other' if error == 'ENOTSOCK' else
            'receive' if name in RECEIVE else 'send' if name in SEND
            else 'wait' if name in WAIT else name)
    kinds[kind] += 1
    if error == 'EAGAIN':
      kinds['EAGAIN'] += 1
  print(f'  {connections} connections, {seconds:.1f} s: {dict(kinds)}')
  equal(kinds.pop('receive'), REQUESTS)
  writes = kinds.pop('send') - REQUESTS
  assert 0 <= writes <= most_writes, f'{writes} writes'
  equal(kinds['EAGAIN'], 0)
  equal(kinds['epoll_ctl'], 0)
  waits = kinds.pop('wait')
  assert waits <= REQUESTS + seconds + 2, f'{waits} waits'
  others = STRAY + LOOK * (seconds + 2) + WRITE * most_writes
  assert sum(kinds.values()) < others, dict(kinds)


def one_connection_takes_one_receive_and_one_send():
  check(1)


def fifty_connections_take_one_receive_and_one_send():
  check(50)


def a_log_is_written_for_hundreds_of_requests_at_once():
  with tempfile.TemporaryDirectory(prefix='cress-log-') as top:
    check(50, '-o', os.path.join(top, 'log'), most_writes=REQUESTS // 200)


def a_large_file_is_sent_from_its_file():
  def talk(server):
    with server.connect() as client:
      client.sendall(request('/large.bin'))
      equal(read_answer(client, 'HEAD')['content-length'], str(LARGE))
      left = LARGE
      while left > 0:
        left -= len(client.recv(min(left, 1 << 20)))

  calls = traced(talk)
  sent = sum(result for name, result, *_ in calls
             if name == 'sendfile' and result > 0)
  equal(sent, LARGE)
  heads = [line for name, _, _, line in calls
           if name in SEND and 'HTTP/1.1 200' in line]
  equal(len(heads), 1)
  assert 'MSG_MORE' in heads[0], heads[0]
  equal([name for name, result, *_ in calls
         if name in ('read', 'pread64', 'preadv2') and result > 4096], [])


def main():
  global ROOT
  skip_without_strace()
  with folder() as ROOT:
    support.run(one_connection_takes_one_receive_and_one_send,
                fifty_connections_take_one_receive_and_one_send,
                a_log_is_written_for_hundreds_of_requests_at_once,
                a_large_file_is_sent_from_its_file)


main()
