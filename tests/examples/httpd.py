#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTTP server for those who behave: files, ranges, connections.

usage: httpd.py PROGRAM
"""
import email.utils
import os
import signal
import socket
import subprocess
import sys
import time

import support
from httpd_client import (LARGE, PAGE, TEXT, ask, expect_close, folder, get,
                          read_answer, request)
from support import equal, has, read_all

PROGRAM = sys.argv[1]
SERVER = None
ROOT = None


def a_file_comes_whole_with_its_type_and_date():
  answer = get(SERVER, '/page.html')
  equal((answer.status, answer.reason), (200, 'OK'))
  equal(answer.body, PAGE)
  equal(answer['content-type'], 'text/html')
  equal(answer['accept-ranges'], 'bytes')
  date = email.utils.parsedate_to_datetime(answer['date'])
  assert abs(date.timestamp() - time.time()) < support.PATIENCE
  has(answer['date'], 'GMT')
  answer = get(SERVER, '/bytes.bin')
  equal(answer.body, TEXT)
  equal(answer['content-type'], 'application/octet-stream')


def an_empty_file_has_length_zero():
  answer = get(SERVER, '/empty.txt')
  equal((answer.status, answer['content-length']), (200, '0'))
  equal(answer['content-type'], 'text/plain')


def head_gives_the_head_only():
  with SERVER.connect() as client:
    for path in ('/page.html', '/large.bin', '/none', '/sub', '/'):
      head = ask(client, path, 'HEAD')
      full = get(SERVER, path) if path != '/large.bin' else None
      if full is not None:
        equal(head.status, full.status)
        equal(head['content-length'], full['content-length'])
      else:
        equal(head['content-length'], str(LARGE))


def a_directory_is_its_index():
  has(get(SERVER, '/').body, b'front')
  has(get(SERVER, '/sub/').body, b'sub')
  equal(get(SERVER, '/sub/')['content-type'], 'text/html')
  equal(get(SERVER, '/bare/').status, 404)
  equal(get(SERVER, '/page.html/').status, 404)


def a_directory_without_its_slash_is_redirected():
  for path, wanted in (('/sub', '/sub/'), ('//sub', '/sub/'),
                       ('/sub?a=b', '/sub/?a=b'),
                       ('/sub/deep%20er', '/sub/deep%20er/'),
                       ('/sub/../sub', '/sub/')):
    answer = get(SERVER, path)
    equal((answer.status, answer['location']), (301, wanted))


def escapes_in_a_path_are_resolved():
  equal(get(SERVER, '/with%20space%20%26%20%C3%a4.txt').body, b'odd')
  equal(get(SERVER, '/%70age.html').body, PAGE)
  equal(get(SERVER, '/sub%2Findex.html').status, 200)
  equal(get(SERVER, '/page.html?x=%zz').status, 200)
  equal(get(SERVER, '/%2570age.html').status, 404)
  equal(get(SERVER, '/..dots..').body, b'dots')


def what_is_not_there_is_404():
  for path in ('/none', '/none/', '/page.html/none', '/pipe', '/' + 'x' * 300):
    equal(get(SERVER, path).status, 404)


def a_link_within_the_root_is_followed():
  has(get(SERVER, '/inside').body, b'sub')


def a_single_range_is_cut_out():
  size = len(TEXT)
  for value, first, last in (('bytes=0-0', 0, 0), ('bytes=5-9', 5, 9),
                             ('bytes=100-', 100, size - 1),
                             ('bytes=-7', size - 7, size - 1),
                             ('bytes=0-99999999', 0, size - 1)):
    answer = get(SERVER, '/bytes.bin', Range=value)
    equal(answer.status, 206)
    equal(answer['content-range'], f'bytes {first}-{last}/{size}')
    equal(answer.body, TEXT[first:last + 1])


def a_range_of_a_large_file_is_cut_out():
  answer = get(SERVER, '/large.bin', Range=f'bytes={70 << 20}-{(70 << 20) + 8}')
  equal(answer.body, b'in the mi')
  answer = get(SERVER, '/large.bin', Range=f'bytes={(70 << 20) - 2}-{75 << 20}')
  equal(len(answer.body), (5 << 20) + 3)
  equal(answer.body[:9], b'\0\0in the ')


def a_range_outside_is_416():
  answer = get(SERVER, '/bytes.bin', Range='bytes=999999-')
  equal(answer.status, 416)
  equal(answer['content-range'], f'bytes */{len(TEXT)}')


def a_range_that_cannot_be_read_is_ignored():
  for value in ('bytes=x', 'lines=1-2', 'bytes=5-2', 'bytes=0-1,4-5'):
    answer = get(SERVER, '/bytes.bin', Range=value)
    equal((answer.status, answer.body), (200, TEXT))
  equal(get(SERVER, '/bytes.bin', 'HEAD', Range='bytes=0-1').status, 200)


def a_range_depends_on_if_range():
  whole = get(SERVER, '/bytes.bin')
  for value, status in ((whole['etag'], 206), (whole['last-modified'], 206),
                        ('"other"', 200),
                        ('Thu, 01 Jan 1970 00:00:00 GMT', 200)):
    answer = get(SERVER, '/bytes.bin', Range='bytes=0-4', If_Range=value)
    equal(answer.status, status)


def who_has_the_file_gets_no_copy():
  whole = get(SERVER, '/page.html')
  with SERVER.connect() as client:
    for fields in ({'If_None_Match': whole['etag']}, {'If_None_Match': '*'},
                   {'If_Modified_Since': whole['last-modified']}):
      answer = ask(client, '/page.html', **fields)
      equal((answer.status, answer['etag']), (304, whole['etag']))
    equal(ask(client, '/page.html', If_None_Match='"x"').status, 200)


def a_hundred_requests_share_a_connection():
  with SERVER.connect() as client:
    for i in range(100):
      path, body = (('/page.html', PAGE), ('/bytes.bin', TEXT))[i % 2]
      answer = ask(client, path)
      equal((answer.status, answer['connection']), (200, None))
      equal(answer.body, body)
    equal(ask(client, '/none').status, 404)
    equal(ask(client, '/page.html').status, 200)


def pipelined_requests_are_answered_in_order():
  paths = ['/page.html', '/none', '/bytes.bin', '/sub', '/empty.txt'] * 20
  wanted = [200, 404, 200, 301, 200] * 20
  with SERVER.connect() as client:
    client.sendall(b''.join(request(path) for path in paths))
    client.shutdown(socket.SHUT_WR)
    equal([read_answer(client).status for _ in paths], wanted)
    expect_close(client)


def requests_may_be_cut_at_any_byte():
  data = (b'\r\n' + request('/page.html', fields={'Range': 'bytes=1-4'}) +
          request('/page.html', 'HEAD') +
          b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
          b'5\r\nhello\r\n0\r\n\r\n' + request('/empty.txt'))
  with SERVER.connect() as client:
    for cut in range(1, len(data)):
      client.sendall(data[:cut])
      client.sendall(data[cut:])
      part = read_answer(client)
      equal((part.status, part.body), (206, PAGE[1:5]))
      equal(read_answer(client, 'HEAD')['content-length'], str(len(PAGE)))
      equal(read_answer(client).status, 405)
      equal(read_answer(client)['content-length'], '0')


def a_request_may_come_byte_by_byte():
  with SERVER.connect() as client:
    for byte in request('/page.html'):
      client.sendall(bytes((byte,)))
    equal(read_answer(client).body, PAGE)


def the_connection_stays_or_ends_as_asked():
  with SERVER.connect() as client:
    answer = ask(client, '/page.html', Connection='close')
    equal((answer['connection'], answer.body), ('close', PAGE))
    expect_close(client)
  with SERVER.connect() as client:
    answer = ask(client, '/page.html', version='1.0')
    equal((answer.status, answer['connection']), (200, 'close'))
    expect_close(client)
  with SERVER.connect() as client:
    for _ in range(3):
      answer = ask(client, '/page.html', version='1.0',
                   Connection='keep-alive')
      equal(answer['connection'], 'keep-alive')


def a_large_file_comes_in_full():
  with SERVER.connect() as client:
    client.sendall(request('/large.bin', fields={'Connection': 'close'}))
    answer = read_answer(client, 'HEAD')
    equal(answer['content-length'], str(LARGE))
    buffer, size = bytearray(1 << 20), 0
    while got := client.recv_into(buffer):
      size += got
    equal(size, LARGE)


def a_file_that_shrinks_ends_the_connection():
  path = os.path.join(ROOT, 'shrinks')
  with open(path, 'wb') as file, SERVER.connect(receive_buffer=4096) as client:
    file.truncate(LARGE)
    client.sendall(request('/shrinks'))
    equal(read_answer(client, 'HEAD')['content-length'], str(LARGE))
    file.truncate(0)
    assert len(read_all(client)) < LARGE
  os.unlink(path)


def the_help_and_bad_arguments_are_told():
  for arguments in ([], ['-t', '0', '.'], ['-t', 'x', '.'], ['-z', '.'],
                    ['a', 'b']):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True)
    equal(done.returncode, 2)
    has(done.stderr, b'usage')
  done = subprocess.run([PROGRAM, '/none/at/all'], capture_output=True)
  equal(done.returncode, 1)
  has(done.stderr, b'No such file')
  done = subprocess.run([PROGRAM, '-a', SERVER.address, ROOT],
                        capture_output=True)
  equal(done.returncode, 1)
  has(done.stderr, b'Address already in use')


def signals_end_it_cleanly_with_clients_open():
  for number in (signal.SIGINT, signal.SIGTERM):
    server = support.Server([PROGRAM, '-a', '127.0.0.1:0', ROOT])
    with server.connect() as idle, server.connect() as busy:
      busy.sendall(request('/large.bin'))
      read_answer(busy, 'HEAD')
      equal(ask(idle, '/page.html').status, 200)
      equal(server.stop(number), (0, ''))


def main():
  global SERVER, ROOT
  with folder() as ROOT:
    with support.server(PROGRAM, '-a', '127.0.0.1:0', ROOT) as SERVER:
      support.run(a_file_comes_whole_with_its_type_and_date,
                  an_empty_file_has_length_zero,
                  head_gives_the_head_only,
                  a_directory_is_its_index,
                  a_directory_without_its_slash_is_redirected,
                  escapes_in_a_path_are_resolved,
                  what_is_not_there_is_404,
                  a_link_within_the_root_is_followed,
                  a_single_range_is_cut_out,
                  a_range_of_a_large_file_is_cut_out,
                  a_range_outside_is_416,
                  a_range_that_cannot_be_read_is_ignored,
                  a_range_depends_on_if_range,
                  who_has_the_file_gets_no_copy,
                  a_hundred_requests_share_a_connection,
                  pipelined_requests_are_answered_in_order,
                  requests_may_be_cut_at_any_byte,
                  a_request_may_come_byte_by_byte,
                  the_connection_stays_or_ends_as_asked,
                  a_large_file_comes_in_full,
                  a_file_that_shrinks_ends_the_connection,
                  the_help_and_bad_arguments_are_told,
                  signals_end_it_cleanly_with_clients_open)


main()
