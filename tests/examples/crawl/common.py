# SPDX-License-Identifier: MIT
"""What the crawler's tests share: a run of the crawler, and a small server.

The server takes a function from a path to what is to be sent, so that a test
may misbehave as it likes; it counts connections and requests. All traffic is
on the loopback interface, on ports that the kernel chooses.
"""
import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

# No crawl of these tests takes that long, whatever the machine.
PATIENCE = 120


def environment():
  """Our environment without proxies: they would hide the test's server."""
  return {k: v for k, v in os.environ.items()
          if not k.lower().endswith("_proxy")}


class Crawl:
  """A finished crawl: its status, output, pages and broken links."""

  def __init__(self, crawler, *arguments):
    with tempfile.TemporaryDirectory() as folder:
      pages = os.path.join(folder, "pages")
      broken = os.path.join(folder, "broken")
      process = subprocess.Popen(
          [crawler, "--list", pages, "--broken", broken, *arguments],
          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
          env=environment())
      watchdog = threading.Timer(PATIENCE, process.kill)
      watchdog.start()
      self.output = process.stdout.read()
      _, status, usage = os.wait4(process.pid, 0)
      watchdog.cancel()
      self.status = process.returncode = os.waitstatus_to_exitcode(status)
      process.stdout.close()
      self.peak = usage.ru_maxrss * 1024
      self.pages = read_lines(pages)
      self.broken = [tuple(line.split("\t")) for line in read_lines(broken)]

  def reasons(self):
    """The reason of each broken link."""
    return {link: reason for reason, link, _ in self.broken}

  def count(self, pattern):
    """The number that stands before or after a word of the summary."""
    match = re.search(pattern, self.output)
    return int(match.group(1)) if match else None


def read_lines(path):
  if not os.path.exists(path):
    return []
  with open(path, encoding="utf-8") as file:
    return file.read().splitlines()


def html(body, head="", status="200 OK", extra="", type="text/html"):
  """A whole answer with a body."""
  if isinstance(body, str):
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    body = page.encode()
  return (f"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n{extra}"
          f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def links(*urls):
  return "".join(f'<p><a href="{url}">{url}</a>' for url in urls)


def redirect(url):
  return html("", status="302 Found", extra=f"Location: {url}\r\n")


class Site:
  """A server. `answer(connection, path)` returns bytes, or None to hang up.

  It has no robots.txt unless `robots` says what is to be answered; requests
  for it are counted apart.
  """

  def __init__(self, answer, robots=None):
    self.answer = answer
    self.robots = robots or (lambda *_: html("no", status="404 Not Found"))
    self.robots_requests = []
    self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    self.port = self.listener.getsockname()[1]
    self.url = f"http://127.0.0.1:{self.port}"
    self.connections = 0
    self.requests = []
    self.methods = []
    threading.Thread(target=self.accept, daemon=True).start()

  def __enter__(self):
    return self

  def __exit__(self, *_):
    # shutdown() also wakes the accept(); close() alone would not.
    self.listener.shutdown(socket.SHUT_RDWR)
    self.listener.close()

  def accept(self):
    while True:
      try:
        connection, _ = self.listener.accept()
      except OSError:
        return
      self.connections += 1
      threading.Thread(target=self.serve, args=(connection,),
                       daemon=True).start()

  def serve(self, connection):
    with connection, connection.makefile("rb") as stream:
      try:
        while (line := stream.readline()):
          method, path = line.decode("latin-1").split()[:2]
          while stream.readline().strip():
            pass
          if path == "/robots.txt":
            self.robots_requests.append(time.monotonic())
            reply = self.robots(connection, path)
          else:
            self.requests.append(path)
            self.methods.append(method)
            reply = self.answer(connection, path)
          if reply is None:
            return
          if method == "HEAD":
            reply = reply[:reply.index(b"\r\n\r\n") + 4]
          connection.sendall(reply)
      except OSError:
        pass


def arguments(description):
  """Read `--crawler PATH` and leave the rest to unittest."""
  parser = argparse.ArgumentParser(description=description)
  parser.add_argument("--crawler", required=True)
  known, rest = parser.parse_known_args()
  sys.argv[1:] = rest
  return known
