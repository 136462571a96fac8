# SPDX-License-Identifier: MIT
"""What the tests of the examples share: to start a server, and to talk to it.

A test script calls run() with its test functions; their names are sentences.
Everything waits for events with a generous limit, nothing waits for time: the
limits only end a test that would hang.
"""
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time

PATIENCE = 60
SKIP = 77


class Server:
  """A server that says where it listens, and ends with a signal."""

  def __init__(self, command, descriptors=None):
    def limit():
      if descriptors is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors,) * 2)

    self.process = subprocess.Popen(command, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True,
                                    preexec_fn=limit)
    line = self.process.stdout.readline()
    if not line.startswith('listening on '):
      self.process.kill()
      raise AssertionError(f'{command}: {line!r} '
                           f'{self.process.communicate()[1]}')
    self.address = line.split()[2]
    host, port = self.address.rsplit(':', 1)
    self.where = (host, int(port))

  def connect(self, **options):
    return connect(self.where, **options)

  def stop(self, number=signal.SIGTERM):
    """End it, and return its exit status and what it complained about."""
    if self.process.poll() is None:
      self.process.send_signal(number)
    try:
      errors = self.process.communicate(timeout=PATIENCE)[1]
    except subprocess.TimeoutExpired:
      self.process.kill()
      errors = self.process.communicate()[1]
    return self.process.returncode, errors

  def cpu_seconds(self):
    with open(f'/proc/{self.process.pid}/stat', encoding='ascii') as file:
      fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


@contextlib.contextmanager
def server(*command, **options):
  running = Server(list(command), **options)
  try:
    yield running
    if running.process.poll() is not None:
      raise AssertionError(f'the server died: {running.stop()}')
  finally:
    running.stop()


def connect(where, receive_buffer=None):
  client = socket.socket()
  client.settimeout(PATIENCE)
  if receive_buffer is not None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
  client.connect(where)
  client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
  return client


def read_exactly(client, size):
  data = b''
  while len(data) < size:
    piece = client.recv(size - len(data))
    if not piece:
      raise AssertionError(f'the end after {len(data)} of {size} bytes')
    data += piece
  return data


def read_all(client):
  data = b''
  while piece := client.recv(1 << 16):
    data += piece
  return data


def until(condition):
  """Wait until a condition holds that no event announces."""
  deadline = time.monotonic() + PATIENCE
  while not condition():
    if time.monotonic() > deadline:
      raise AssertionError('it never came true')
    time.sleep(0.005)


def equal(got, wanted):
  if got != wanted:
    raise AssertionError(f'got {got!r:.300}, wanted {wanted!r:.300}')


def has(text, part):
  if part not in text:
    raise AssertionError(f'no {part!r:.300} in {text!r:.600}')


def allow_descriptors(wanted):
  """Raise the limit of open descriptors. Returns how many there may be."""
  soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
  if soft < wanted:
    soft = min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
  return soft


def run(*tests):
  """Run the tests in order; end the process with 1 if one of them failed."""
  failed = 0
  for test in tests:
    try:
      test()
      print('ok', test.__name__, flush=True)
    except (AssertionError, OSError) as error:
      failed += 1
      print('FAILED', test.__name__, repr(error), flush=True)
  print(f'{len(tests) - failed} of {len(tests)} tests passed')
  sys.exit(1 if failed else 0)
