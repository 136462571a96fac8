#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTTP server for those who do not behave: it refuses them with the right
words, and goes on for the others.

usage: httpd_attack.py PROGRAM
"""
import os
import socket
import struct
import sys

import support
from httpd_client import (LARGE, PAGE, Answer, ask, expect_close, folder, get,
                          raw, read_answer, request)
from support import equal, has, read_all

PROGRAM = sys.argv[1]
ROOT = None
SERVER = None

# Short enough to wait for it, in the tests that do.
SHORT = '0.02'


def serve(*options, **limits):
  return support.server(PROGRAM, '-a', '127.0.0.1:0', *options, ROOT,
                        **limits)


def refused(data, status):
  """The server answers with this status and closes."""
  answer = raw(SERVER, data)
  head, body = answer.split(b'\r\n\r\n', 1)
  got = Answer(head, body)
  equal((data[:60], got.status), (data[:60], status))
  equal(got['connection'], 'close')
  equal(len(body), int(got['content-length']))
  return got


def nothing_leads_out_of_the_root():
  for path in ('/../secret', '/%2e%2e/secret', '/.%2E/secret',
               '/sub/../../secret', '/sub/%2e%2e/%2e%2e/secret',
               '/..%2fsecret', '/%2e%2e%2fsecret', '//../secret',
               '/./../secret', '/sub/deep%20er/../../../secret',
               '/outside', '/absolute/passwd', '/up/secret', '/up/root/up',
               '/sub/..%5c..%5csecret', '/page.html%00.txt', '/%00',
               '/..%c0%af../secret', '/' + '../' * 500 + 'etc/passwd'):
    with SERVER.connect() as client:
      answer = ask(client, path)
      assert answer.status in (400, 404), (path, answer.status)
      assert b'secret' not in answer.body and b'root:' not in answer.body
      equal(ask(client, '/page.html').body, PAGE)


def bad_syntax_is_400():
  for data in (b'\x16\x03\x01\x02\x00\x01\x00', b'GET\r\n\r\n',
               b'GET /\r\n\r\n',
               b'GET / HTTP/1.1\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n',
               b'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n',
               b'GET / HTTPS/1.1\r\nHost: a\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\n',
               b'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n'
               b'Transfer-Encoding: chunked\r\n\r\n'):
    refused(data, 400)
  refused(b'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505)


def bad_escapes_are_400_and_the_connection_goes_on():
  with SERVER.connect() as client:
    for path in ('/%', '/%2', '/%zz', '/a%', '/%00'):
      equal(ask(client, path).status, 400)
    equal(ask(client, '/page.html').status, 200)


def other_methods_are_refused_with_or_without_a_body():
  with SERVER.connect() as client:
    for method in ('POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'):
      answer = ask(client, '/page.html', method)
      equal((answer.status, answer['allow']), (405, 'GET, HEAD'))
      client.sendall(request('/', method, fields={'Content-Length': 5}) +
                     b'hello')
      equal(read_answer(client).status, 405)
    equal(ask(client, '/page.html').body, PAGE)
  refused(request('/', 'BREW'), 501)
  refused(request('/', 'get'), 501)


def a_body_is_read_up_to_a_limit():
  with SERVER.connect() as client:
    for size in (1, 4095, 4096, 4097, 65536):
      client.sendall(request('/page.html', fields={'Content-Length': size}) +
                     b'x' * size)
      equal(read_answer(client).body, PAGE)
      client.sendall(request('/page.html',
                             fields={'Transfer-Encoding': 'chunked'}) +
                     b'%x\r\n%s\r\n0\r\nHost: x\r\n\r\n' % (size, b'x' * size))
      equal(read_answer(client).body, PAGE)
  refused(request('/', 'POST', fields={'Content-Length': 65537}), 413)
  refused(request('/', 'POST', fields={'Transfer-Encoding': 'chunked'}) +
          (b'8000\r\n' + b'x' * 0x8000 + b'\r\n') * 4, 413)


def a_refused_upload_still_gets_to_read_why():
  with SERVER.connect() as client:
    client.sendall(request('/', 'POST', fields={'Content-Length': 1 << 20}))
    for _ in range(16):
      client.sendall(b'x' * 4096)
    answer = read_answer(client)
    equal((answer.status, answer['connection']), (413, 'close'))


def who_asks_before_an_upload_is_answered_at_once():
  fields = {'Expect': '100-continue', 'Content-Length': 10}
  with SERVER.connect() as client:
    equal(ask(client, '/', 'PUT', **{'Expect': '100-continue',
                                     'Content-Length': 10}).status, 405)
    expect_close(client)
  refused(request('/', fields=fields), 417)


def a_head_may_not_grow_for_ever():
  refused(b'GET / HTTP/1.1\r\nHost: a\r\nX: ' + b'x' * 8192, 431)
  refused(b'GET / HTTP/1.1\r\nHost: a\r\n' + b'X: y\r\n' * 1500, 431)
  refused(b'GET /' + b'x' * 8192, 414)
  fields = {'X-Long': 'x' * 7900}
  with SERVER.connect() as client:
    client.sendall(request('/page.html', fields=fields) * 5)
    for _ in range(5):
      equal(read_answer(client).body, PAGE)


def endless_blank_lines_are_refused():
  answer = raw(SERVER, b'\r\n' * 50000)
  has(answer[:12], b'HTTP/1.1 4')


def a_client_that_says_nothing_is_closed_in_silence():
  with serve('-t', SHORT) as server, server.connect() as client:
    equal(read_all(client), b'')


def a_client_that_drips_is_told_and_closed():
  with serve('-t', SHORT) as server, server.connect() as client:
    client.sendall(b'GET / HTTP/1.1\r\n')
    client.settimeout(0.002)
    answer = b''
    while not answer:
      try:
        answer = client.recv(4096)
      except TimeoutError:
        client.sendall(b'X')
    has(answer, b'HTTP/1.1 408 Request Timeout')
    has(answer, b'Connection: close')


def a_body_that_drips_is_closed_too():
  with serve('-t', SHORT) as server, server.connect() as client:
    client.sendall(request('/', 'POST', fields={'Content-Length': 100}) + b'x')
    equal(read_answer(client).status, 408)
    expect_close(client)


def a_client_that_reads_nothing_is_closed():
  with serve('-t', SHORT) as server:
    with server.connect(receive_buffer=4096) as client:
      client.sendall(request('/large.bin'))
      equal(read_answer(client, 'HEAD').status, 200)
      support.until(lambda: not any(
          name.endswith('large.bin') for name in links_in(server)))
      assert len(read_all(client)) < LARGE
    equal(get(server, '/page.html').status, 200)


def links_in(server):
  """What the server has open."""
  fds = f'/proc/{server.process.pid}/fd'
  for name in os.listdir(fds):
    try:
      yield os.readlink(os.path.join(fds, name))
    except FileNotFoundError:
      pass


def a_client_killed_in_the_middle_leaves_nothing_behind():
  before = len(list(links_in(SERVER)))
  for _ in range(20):
    client = SERVER.connect()
    client.sendall(request('/large.bin'))
    equal(read_answer(client, 'HEAD').status, 200)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                      struct.pack('ii', 1, 0))
    client.close()
  support.until(lambda: len(list(links_in(SERVER))) <= before)
  equal(get(SERVER, '/page.html').status, 200)


def a_thousand_idle_clients_hold_up_nobody():
  count = min(1000, support.allow_descriptors(2048) - 100)
  crowd = [SERVER.connect() for _ in range(count)]
  with SERVER.connect() as client:
    for _ in range(100):
      equal(ask(client, '/page.html').body, PAGE)
  for client in crowd:
    equal(ask(client, '/empty.txt').status, 200)
    client.close()


def a_thousand_idle_clients_are_closed_by_the_deadline():
  count = min(1000, support.allow_descriptors(2048) - 100)
  with serve('-t', SHORT) as server:
    crowd = [server.connect() for _ in range(count)]
    for client in crowd:
      expect_close(client)
      client.close()
    equal(get(server, '/page.html').status, 200)


def idle_clients_who_take_all_descriptors_are_outlived():
  with serve('-t', '0.1', '-n', '100', descriptors=24) as server:
    crowd = [server.connect() for _ in range(100)]
    has(server.process.stderr.readline(), 'Too many open files')
    with server.connect() as client:
      client.sendall(request('/page.html'))
      equal(read_answer(client).body, PAGE)
    for client in crowd:
      client.close()
    assert server.cpu_seconds() < 1, server.cpu_seconds()


def main():
  global ROOT, SERVER
  with folder() as ROOT:
    with serve() as SERVER:
      support.run(nothing_leads_out_of_the_root, bad_syntax_is_400,
                  bad_escapes_are_400_and_the_connection_goes_on,
                  other_methods_are_refused_with_or_without_a_body,
                  a_body_is_read_up_to_a_limit,
                  a_refused_upload_still_gets_to_read_why,
                  who_asks_before_an_upload_is_answered_at_once,
                  a_head_may_not_grow_for_ever,
                  endless_blank_lines_are_refused,
                  a_client_that_says_nothing_is_closed_in_silence,
                  a_client_that_drips_is_told_and_closed,
                  a_body_that_drips_is_closed_too,
                  a_client_that_reads_nothing_is_closed,
                  a_client_killed_in_the_middle_leaves_nothing_behind,
                  a_thousand_idle_clients_hold_up_nobody,
                  a_thousand_idle_clients_are_closed_by_the_deadline,
                  idle_clients_who_take_all_descriptors_are_outlived)


main()
