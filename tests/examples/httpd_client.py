# SPDX-License-Identifier: MIT
"""What the two tests of the HTTP server share: a folder to serve, and a client
that sees every byte of an answer.
"""
import contextlib
import os
import socket
import tempfile

import support
from support import equal, read_exactly

TEXT = bytes(range(256)) * 40
LARGE = 100 << 20
PAGE = b'<!DOCTYPE html>\n<title>page</title>\n'


def write(path, data):
  with open(path, 'wb') as file:
    file.write(data)


@contextlib.contextmanager
def folder():
  """A root to serve, beside a secret that must not get out."""
  with tempfile.TemporaryDirectory(prefix='cress-httpd-') as top:
    root = os.path.join(top, 'root')
    os.makedirs(os.path.join(root, 'sub', 'deep er'))
    os.mkdir(os.path.join(root, 'bare'))
    write(os.path.join(top, 'secret'), b'secret')
    write(os.path.join(root, 'index.html'), b'front ' + PAGE)
    write(os.path.join(root, 'sub', 'index.html'), b'sub ' + PAGE)
    write(os.path.join(root, 'sub', 'deep er', 'index.html'), PAGE)
    write(os.path.join(root, 'page.html'), PAGE)
    write(os.path.join(root, 'bytes.bin'), TEXT)
    write(os.path.join(root, 'empty.txt'), b'')
    write(os.path.join(root, 'with space & \xe4.txt'), b'odd')
    write(os.path.join(root, '..dots..'), b'dots')
    with open(os.path.join(root, 'large.bin'), 'wb') as file:
      file.truncate(LARGE)
      file.seek(70 << 20)
      file.write(b'in the middle')
    os.symlink('sub/index.html', os.path.join(root, 'inside'))
    os.symlink('../secret', os.path.join(root, 'outside'))
    os.symlink('/etc', os.path.join(root, 'absolute'))
    os.symlink('..', os.path.join(root, 'up'))
    os.mkfifo(os.path.join(root, 'pipe'))
    yield root


class Answer:
  """A status, header fields by lower-case name, and a body."""

  def __init__(self, head, body):
    lines = head.decode('latin-1').split('\r\n')
    version, status, self.reason = lines[0].split(' ', 2)
    equal(version, 'HTTP/1.1')
    self.status = int(status)
    self.fields = {}
    for line in lines[1:]:
      name, value = line.split(': ', 1)
      assert name.lower() not in self.fields, f'{name} twice'
      self.fields[name.lower()] = value
    self.body = body

  def __getitem__(self, name):
    return self.fields.get(name)


def read_answer(client, method='GET'):
  """Read exactly one answer, and not a byte of what follows it."""
  head = b''
  while not head.endswith(b'\r\n\r\n'):
    ahead = head + client.recv(4096, socket.MSG_PEEK)
    if len(ahead) == len(head):
      raise AssertionError(f'the end after {head!r}')
    end = ahead.find(b'\r\n\r\n') + 4
    size = end if end > 3 else len(ahead)
    head += read_exactly(client, size - len(head))
  answer = Answer(head[:-4], b'')
  if method != 'HEAD' and answer.status not in (204, 304):
    answer.body = read_exactly(client, int(answer['content-length']))
  return answer


def request(path, method='GET', version='1.1', fields=()):
  lines = [f'{method} {path} HTTP/{version}']
  if version == '1.1':
    lines.append('Host: test')
  lines += [f'{name}: {value}' for name, value in dict(fields).items()]
  return ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1')


def ask(client, path, method='GET', version='1.1', **fields):
  """One request on an open connection, and its answer."""
  named = {name.replace('_', '-'): value for name, value in fields.items()}
  client.sendall(request(path, method, version, named))
  return read_answer(client, method)


def get(server, path, method='GET', **fields):
  """One request on a connection of its own."""
  with server.connect() as client:
    return ask(client, path, method, **fields)


def raw(server, data):
  """Send bytes; return what comes back until the server closes."""
  with server.connect() as client:
    client.sendall(data)
    client.shutdown(socket.SHUT_WR)
    return support.read_all(client)


def expect_close(client):
  """The server ends the connection; a reset does it, too."""
  try:
    equal(client.recv(1), b'')
  except ConnectionResetError:
    pass
