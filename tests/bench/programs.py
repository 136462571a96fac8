# SPDX-License-Identifier: MIT
"""The processes that are measured. A Program obeys the protocol of harness.h:
it says "ready", and then answers each line with one number. All of them run
on one processor, the first that the driver may use; only the load on a server,
and the server of a crawler, have another to themselves, if there is one. A
program that answers not, or not in time, raises Failure, and costs its label
the row, nothing more."""

import http.client
import os
import select
import signal
import socket
import subprocess
import time

import crawl_site

PATIENCE = 120.0
CRAWL_PATIENCE = 600.0


class Failure(Exception):
  """A program could not be measured; the text says why."""


def processors():
  """The processor to measure on, and the one to make load on."""
  allowed = sorted(os.sched_getaffinity(0))
  return allowed[0], allowed[-1]


def need_memory(gigabytes):
  """Fail if less memory is available than that."""
  with open("/proc/meminfo", encoding="ascii") as table:
    for line in table:
      name, kib = line.split()[:2]
      if name == "MemAvailable:" and int(kib) < gigabytes * 1e6:
        raise Failure("less than %d GB of memory available" % gigabytes)


class Child:
  """A process on a given processor, whose output is read line by line."""

  def __init__(self, argv, processor):
    self.name = " ".join(os.path.basename(word) for word in argv)
    # A proxy would be measured instead of the server.
    environment = {name: value for name, value in os.environ.items()
                   if not name.lower().endswith("_proxy")}
    environment["GOMAXPROCS"] = "1"
    try:
      self.process = subprocess.Popen(
          argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
          bufsize=0, env=environment,
          preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
    except OSError as error:
      raise Failure("%s: %s" % (self.name, error.strerror)) from error
    self.pid = self.process.pid
    self.unread = b""

  def line(self):
    """The next line of output."""
    while b"\n" not in self.unread:
      out = self.process.stdout
      if not select.select([out], [], [], PATIENCE)[0]:
        raise Failure("%s: no answer" % self.name)
      data = out.read(4096)
      if not data:
        raise Failure("%s: ended early" % self.name)
      self.unread += data
    line, self.unread = self.unread.split(b"\n", 1)
    return line.decode()

  def ask(self):
    """Have one slice measured, and return its figure."""
    try:
      self.process.stdin.write(b"\n")
      return float(self.line())
    except (BrokenPipeError, ValueError) as error:
      raise Failure("%s: %s" % (self.name, error)) from error

  def run(self):
    """Let it come to its end. Returns the seconds of its processor time."""
    self.process.stdin.close()
    deadline = time.monotonic() + CRAWL_PATIENCE
    out = self.process.stdout
    while select.select([out], [], [],
                        max(0, deadline - time.monotonic()))[0]:
      if not out.read(4096):
        break
    else:
      self.process.send_signal(signal.SIGKILL)
    _, status, usage = os.wait4(self.pid, 0)
    self.process.returncode = os.waitstatus_to_exitcode(status)
    out.close()
    if status != 0:
      raise Failure("%s: status %d" % (self.name, self.process.returncode))
    return usage.ru_utime + usage.ru_stime

  def end(self):
    """End it: politely by end of file, or else by a signal."""
    self.process.stdin.close()
    try:
      self.process.wait(0.1)
    except subprocess.TimeoutExpired:
      self.process.send_signal(signal.SIGKILL)
      self.process.wait()
    self.process.stdout.close()


class Program:
  """A program that is measured by itself."""

  def __init__(self, argv):
    self.child = Child(argv, processors()[0])
    try:
      if self.child.line() != "ready":
        raise Failure("%s: not ready" % self.child.name)
    except Failure:
      self.child.end()
      raise

  def slice(self):
    return self.child.ask()

  def end(self):
    self.child.end()


def free_port():
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    return str(probe.getsockname()[1])


class Server:
  """An echo server, measured by the load generator beside it."""

  def __init__(self, argv, load, mode, connections):
    measure_on, load_on = processors()
    port = free_port()
    self.children = []
    try:
      server = self.start([word.replace("PORT", port)
                           for word in argv], measure_on)
      while "listening" not in server.line():
        pass
      generator = self.start([load, mode, str(connections), port,
                              str(server.pid)], load_on)
      if generator.line() != "ready":
        raise Failure("%s: not ready" % generator.name)
    except Failure:
      self.end()
      raise

  def start(self, argv, processor):
    child = Child(argv, processor)
    self.children.append(child)
    return child

  def slice(self):
    return self.children[-1].ask()

  def end(self):
    for child in reversed(self.children):
      child.end()


class Crawler:
  """A program that fetches all pages of a site, once in each slice, beside
  the server of the site, which counts. A figure is in milliseconds a page: of
  processor time from its start to its end, or of the clock on the wall."""

  COUNTED = "/served"

  def __init__(self, argv, server, folder, is_wall):
    self.measure_on, serve_on = processors()
    self.port, self.is_wall = free_port(), is_wall
    root = crawl_site.make(folder)
    self.lists = crawl_site.Lists(folder, self.port)
    words = {"LIST": self.lists.urls,
             "CONFIGURATION": self.lists.configuration,
             crawl_site.START: crawl_site.START.replace("PORT", self.port)}
    self.argv = [words.get(word, word) for word in argv]
    self.server = Child([*server, self.port, root, self.COUNTED], serve_on)
    try:
      while "listening" not in self.server.line():
        pass
      self.served()
    except Failure:
      self.end()
      raise

  def served(self):
    """How many requests the server has seen; it may still be starting."""
    give_up = time.monotonic() + PATIENCE
    while True:
      connection = http.client.HTTPConnection("127.0.0.1", int(self.port))
      try:
        connection.request("GET", self.COUNTED)
        # Three numbers: accepted, handled, requests.
        return int(connection.getresponse().read().split(b"\n")[2].split()[2])
      except (OSError, IndexError, ValueError) as error:
        if time.monotonic() > give_up:
          raise Failure("the server of the pages: %s" % error) from error
        time.sleep(0.01)
      finally:
        connection.close()

  def slice(self):
    before = self.served()
    start = time.monotonic()
    child = Child(self.argv, self.measure_on)
    cpu = child.run()
    wall = time.monotonic() - start
    # The question itself counts; and there may be one for a robots.txt.
    fetched = self.served() - before - 1
    if not 0 <= fetched - crawl_site.PAGES <= 1:
      raise Failure("%s: %d pages" % (child.name, fetched))
    return (wall if self.is_wall else cpu) / crawl_site.PAGES * 1e3

  def end(self):
    self.server.end()
    self.lists.remove()
