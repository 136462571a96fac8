#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTTP server's options: cache, gzip, listings, log, limits, its end.

usage: httpd_features.py PROGRAM
"""
import contextlib
import gzip
import os
import re
import signal
import socket
import sys
import tempfile

import support
from httpd_client import (LARGE, PAGE, ask, expect_close, folder, get,
                          read_answer, request, write)
from support import equal, has, read_all

PROGRAM = sys.argv[1]
ROOT = None

TEXT = b'cress grows overnight; ' * 200


def serve(*options, **limits):
  return support.server(PROGRAM, '-a', '127.0.0.1:0', *options, ROOT,
                        **limits)


@contextlib.contextmanager
def file(name, data):
  """A file in the root, old enough to be believed not to change."""
  path = os.path.join(ROOT, name)
  write(path, data)
  os.utime(path, (1e9, 1e9))
  yield path
  os.unlink(path)


def a_file_that_changes_is_sent_anew():
  with file('news.txt', b'old') as path, serve() as server:
    with server.connect() as client:
      for _ in range(10):
        equal(ask(client, '/news.txt').body, b'old')
      for text in (b'new', b'longer', b'len 66'):
        write(path, text)
        support.until(lambda: ask(client, '/news.txt').body == text)
      write(path + '.2', b'moved')
      os.rename(path + '.2', path)
      support.until(lambda: ask(client, '/news.txt').body == b'moved')
      os.rename(path, path + '.2')
      support.until(lambda: ask(client, '/news.txt').status == 404)
      os.rename(path + '.2', path)
      equal(ask(client, '/news.txt').body, b'moved')


def what_comes_from_the_cache_is_the_same_answer():
  with file('a.bin', TEXT), serve('-H', 'X-Test: yes') as server:
    with server.connect() as client:
      first = ask(client, '/a.bin')
      equal((first['x-test'], first.body), ('yes', TEXT))
      second = ask(client, '/a.bin')
      second.fields['date'] = first['date']
      equal((second.fields, second.body), (first.fields, first.body))
      head = ask(client, '/a.bin', 'HEAD')
      equal(head['content-length'], str(len(TEXT)))
      known = ask(client, '/a.bin', If_None_Match=first['etag'])
      equal((known.status, known['content-length'], known['x-test']),
            (304, None, 'yes'))
      equal(ask(client, '/a.bin', Range='bytes=1-3').body, TEXT[1:4])
      last = ask(client, '/a.bin', version='1.0', Connection='keep-alive')
      equal((last['connection'], last.body), ('keep-alive', TEXT))
      last = ask(client, '/a.bin', Connection='close')
      equal((last['connection'], last.body), ('close', TEXT))
      expect_close(client)


def a_slow_reader_of_small_files_loses_nothing():
  body = bytes(range(256)) * 120
  with file('b.bin', body), serve() as server:
    with server.connect(receive_buffer=4096) as client:
      client.sendall(request('/b.bin') * 90)
      # Others use the same entry and the same buffers meanwhile.
      with server.connect() as other:
        for _ in range(100):
          equal(ask(other, '/b.bin').body, body)
      for _ in range(90):
        equal(read_answer(client).body, body)


def the_cache_is_bounded():
  with contextlib.ExitStack() as stack, serve('-c', '1') as server:
    for i in range(200):
      stack.enter_context(file(f'f{i}.bin', bytes((i,)) * 30000))
    with server.connect() as client:
      for turn in range(3):
        for i in range(200):
          equal(ask(client, f'/f{i}.bin').body, bytes((i,)) * 30000)
      process = f'/proc/{server.process.pid}'
      with open(process + '/smaps', encoding='ascii') as table:
        maps = table.read()
      with open(process + '/status', encoding='ascii') as table:
        virtual = int(re.search(r'VmSize:\s+(\d+)', table.read()).group(1))
    # A sanitizer keeps what was freed, and maps terabytes.
    if virtual < 2 ** 30:
      sizes = [int(size) for size in
               re.findall(r'Private_Dirty: +(\d+)', maps)]
      assert sum(sizes) < 4096, f'{sum(sizes)} KiB'


def gzip_is_sent_to_those_who_want_it():
  with file('a.txt', TEXT), serve() as server, server.connect() as client:
    with open(f'/proc/{server.process.pid}/maps', encoding='ascii') as maps:
      if 'libz.so' not in maps.read():
        print('  built without zlib')
        return
    for _ in range(3):
      plain = ask(client, '/a.txt')
      equal((plain['content-encoding'], plain['vary'], plain.body),
            (None, 'Accept-Encoding', TEXT))
      packed = ask(client, '/a.txt', Accept_Encoding='br, gzip;q=0.8')
      equal((packed['content-encoding'], packed['vary']),
            ('gzip', 'Accept-Encoding'))
      equal(gzip.decompress(packed.body), TEXT)
      assert packed['etag'] != plain['etag']
    equal(ask(client, '/a.txt', Accept_Encoding='gzip',
              If_None_Match=packed['etag']).status, 304)
    equal(ask(client, '/a.txt', If_None_Match=packed['etag']).status, 200)
    part = ask(client, '/a.txt', Accept_Encoding='gzip', Range='bytes=0-4')
    equal((part.status, part.body), (206, TEXT[:5]))
    for value in ('gzip;q=0', 'identity', 'gzip;q=0.1, identity', '*;q=0'):
      answer = ask(client, '/a.txt', Accept_Encoding=value)
      equal((answer['content-encoding'], answer.body), (None, TEXT))


def what_is_packed_already_is_sent_as_it_is():
  with file('a.png', TEXT), serve() as server:
    answer = get(server, '/a.png', Accept_Encoding='gzip')
    equal((answer['content-encoding'], answer['vary']), (None, None))
  with file('a.txt', TEXT), serve('-Z') as server:
    answer = get(server, '/a.txt', Accept_Encoding='gzip')
    equal((answer['content-encoding'], answer['vary']), (None, None))


def a_packed_file_beside_the_file_is_used():
  beside = gzip.compress(b'by hand')
  big = gzip.compress(os.urandom(200000))
  with file('a.txt', TEXT), file('a.txt.gz', beside), serve() as server:
    with file('b.txt', TEXT), file('b.txt.gz', big):
      for _ in range(2):
        answer = get(server, '/a.txt', Accept_Encoding='gzip')
        equal((answer['content-encoding'], answer.body), ('gzip', beside))
        equal(answer['content-type'], 'text/plain')
        equal(get(server, '/a.txt').body, TEXT)
        answer = get(server, '/b.txt', Accept_Encoding='gzip')
        equal((answer['content-encoding'], answer.body), ('gzip', big))


def a_packed_file_that_is_older_is_not_used():
  with file('a.txt', TEXT) as path, file('a.txt.gz', b'stale') as packed:
    os.utime(packed, (1e9 - 1, 1e9 - 1))
    with serve() as server:
      answer = get(server, '/a.txt', Accept_Encoding='gzip')
      assert answer.body != b'stale'
    assert os.path.exists(path)


def a_folder_is_listed_if_that_is_wanted():
  with file('bare/<b>&"x.txt', b''), file('bare/.hidden', b''):
    with serve('-l') as server:
      answer = get(server, '/bare/')
      equal((answer.status, answer['content-type']), (200, 'text/html'))
      has(answer.body, b'href="./%3Cb%3E%26%22x.txt">&#60;b&#62;&#38;&#34;x')
      assert b'hidden' not in answer.body
      has(get(server, '/').body, b'front')
      equal(get(server, '/bare').status, 301)
      equal(get(server, '/bare/', 'HEAD').status, 200)
    with serve() as server:
      equal(get(server, '/bare/').status, 404)


LINE = re.compile(r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d '
                  r'[+-]\d{4}\] "(.*)" (\d{3}) (\d+) "(.*)" "(.*)"')


def each_answer_gets_a_line_in_the_log():
  with tempfile.TemporaryDirectory(prefix='cress-log-') as top:
    log = os.path.join(top, 'log')
    with serve('-o', log) as server:
      with server.connect() as client:
        ask(client, '/page.html', Referer='http://x/', User_Agent='a "b"\\')
        ask(client, '/page.html', 'HEAD')
        ask(client, '/none?a=b', version='1.0', Connection='keep-alive')
        client.sendall(b'GET /\x01\r\nX\r\n\r\n')
        equal(read_answer(client).status, 400)
      support.until(lambda: os.path.getsize(log) > 0)
      equal(server.stop(), (0, ''))
      with open(log, encoding='ascii') as text:
        lines = [LINE.fullmatch(line).groups()
                 for line in text.read().splitlines()]
      equal(lines[:2], [
          ('GET /page.html HTTP/1.1', '200', str(len(PAGE)), 'http://x/',
           r'a \x22b\x22\x5C'),
          ('HEAD /page.html HTTP/1.1', '200', '0', '-', '-')])
      equal(lines[2][:2], ('GET /none?a=b HTTP/1.0', '404'))
      equal(lines[3][:2], (r'GET /\x01', '400'))
      server.process.poll = lambda: None


def at_the_limit_new_clients_wait_for_their_turn():
  with serve('-n', '2') as server:
    first, second = server.connect(), server.connect()
    for client in (first, second):
      equal(ask(client, '/page.html').body, PAGE)
    with server.connect() as third:
      third.sendall(request('/page.html'))
      for _ in range(50):
        equal(ask(first, '/page.html').body, PAGE)
      third.setblocking(False)
      try:
        raise AssertionError(third.recv(1))
      except BlockingIOError:
        third.settimeout(support.PATIENCE)
      second.close()
      equal(read_answer(third).body, PAGE)
    first.close()
    assert server.cpu_seconds() < 1


def the_connections_are_shown_if_that_is_wanted():
  with serve('-s') as server, server.connect() as idle:
    equal(ask(idle, '/page.html').status, 200)
    with server.connect() as busy, server.connect() as asker:
      busy.sendall(b'GET')
      lines = []

      def shown():
        lines[:] = ask(asker, '/.connections').body.decode().splitlines()
        return len(lines) == 4 and '\treads\t' in lines[2]
      support.until(shown)
      has(lines[0], '3 connections of at most ')
      has(lines[1], '127.0.0.1\tanswers\t')
      has(lines[3], '\tidle\t')
      has(lines[3], '\t1 requests\t')
  with serve() as server:
    equal(get(server, '/.connections').status, 404)


def wait_until_closed(server):
  """Wait until nobody new is let in."""
  def refused():
    try:
      server.connect().close()
    except ConnectionRefusedError:
      return True
    return False
  support.until(refused)


def at_the_end_what_is_under_way_is_finished():
  with serve('-g', '60') as server:
    idle, late = server.connect(), server.connect()
    busy = server.connect(receive_buffer=4096)
    equal(ask(idle, '/page.html').status, 200)
    busy.sendall(request('/large.bin') + request('/page.html'))
    equal(read_answer(busy, 'HEAD').status, 200)
    late.sendall(b'GET /page.html HTTP/1.1\r\n')
    support.until(lambda: rest_of(late, server) == 0)
    server.process.send_signal(signal.SIGTERM)
    expect_close(idle)
    wait_until_closed(server)
    late.sendall(b'Host: a\r\n\r\n')
    answer = read_answer(late)
    equal((answer['connection'], answer.body), ('close', PAGE))
    expect_close(late)
    size, buffer = 0, bytearray(1 << 20)
    while size < LARGE:
      size += busy.recv_into(buffer, min(1 << 20, LARGE - size))
    equal(read_answer(busy)['connection'], 'close')
    expect_close(busy)
    equal(server.process.wait(support.PATIENCE), 0)
    server.process.poll = lambda: None


def rest_of(client, server):
  """How much of what a client sent the server has not read yet."""
  mine = '%04X' % client.getsockname()[1]
  with open(f'/proc/{server.process.pid}/net/tcp', encoding='ascii') as table:
    for line in table:
      fields = line.split()
      if fields[2].endswith(':' + mine):
        return int(fields[4].split(':')[1], 16)
  return None


def a_second_signal_ends_it_at_once():
  with serve('-g', '600') as server:
    busy = server.connect(receive_buffer=4096)
    busy.sendall(request('/large.bin'))
    equal(read_answer(busy, 'HEAD').status, 200)
    server.process.send_signal(signal.SIGINT)
    wait_until_closed(server)
    equal(server.process.poll(), None)
    server.process.send_signal(signal.SIGINT)
    equal(server.process.wait(support.PATIENCE), 0)
    assert len(read_all(busy)) < LARGE
    server.process.poll = lambda: None


def the_grace_is_limited():
  with serve('-g', '0.02') as server:
    busy = server.connect(receive_buffer=4096)
    busy.sendall(request('/large.bin'))
    equal(read_answer(busy, 'HEAD').status, 200)
    equal(server.stop(), (0, ''))
    server.process.poll = lambda: None


def main():
  global ROOT
  with folder() as ROOT:
    support.run(a_file_that_changes_is_sent_anew,
                what_comes_from_the_cache_is_the_same_answer,
                a_slow_reader_of_small_files_loses_nothing,
                the_cache_is_bounded,
                gzip_is_sent_to_those_who_want_it,
                what_is_packed_already_is_sent_as_it_is,
                a_packed_file_beside_the_file_is_used,
                a_packed_file_that_is_older_is_not_used,
                a_folder_is_listed_if_that_is_wanted,
                each_answer_gets_a_line_in_the_log,
                at_the_limit_new_clients_wait_for_their_turn,
                the_connections_are_shown_if_that_is_wanted,
                at_the_end_what_is_under_way_is_finished,
                a_second_signal_ends_it_at_once,
                the_grace_is_limited)


main()
