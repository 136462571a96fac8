#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The crawler against servers that do what servers should not do.

In every case the crawler must say in clear words what was wrong, go on with
the rest, end by itself, and keep its memory bounded.

  hostile.py --crawler PATH [TEST...]
"""
import gzip
import os
import re
import signal
import socket
import struct
import unittest

from common import Crawl, Site, arguments, html, links, redirect

HUGE = 100 * 1000 * 1000
GOOD = [f"/good{i}" for i in range(20)]


def closed_port():
  """A port that nobody listens on: it is taken, but refuses."""
  holder = socket.socket()
  holder.bind(("127.0.0.1", 0))
  return holder, holder.getsockname()[1]


def reset(connection, _):
  connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))


def half(connection, _):
  connection.sendall(html("x" * 5000)[:1000])


def silent(connection, _):
  # Ends when the crawler gives up and closes.
  connection.recv(1)


def drip(connection, _):
  connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
  connection.settimeout(0.01)
  while True:
    connection.sendall(b"<p>")
    try:
      if connection.recv(1) == b"":
        return
    except TimeoutError:
      pass


def flood(head):
  def send(connection, _):
    connection.sendall(head)
    block = b"<p>" + b"x" * 65533
    for _ in range(HUGE // len(block) + 1):
      connection.sendall(block)
  return send


BOMB = gzip.compress(b"<p>" * (HUGE // 3), 1)


def bomb(*_):
  return html(BOMB, extra="Content-Encoding: gzip\r\n")


def endless_header(connection, _):
  connection.sendall(b"HTTP/1.1 200 OK\r\n")
  while True:
    connection.sendall(b"X-Header: " + b"x" * 1000 + b"\r\n")


# What libcurl says instead if it asked on one kept connection after the other.
GIVEN_UP = "Connection died"

PAGE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

BAD = {
  "/reset": reset,
  "/half": half,
  "/empty": lambda *_: None,
  "/garbage": lambda c, _: c.sendall(b"\0\1\2 this is not HTTP\r\n\r\n"),
  "/endless-header": endless_header,
  "/missing": lambda *_: html("no", status="404 Not Found"),
  "/error": lambda *_: html("no", status="500 Internal Server Error"),
  "/huge": flood(PAGE_HEAD + b"Content-Length: %d\r\n\r\n" % HUGE),
  "/unending": flood(PAGE_HEAD + b"Connection: close\r\n\r\n"),
  "/bomb": bomb,
  "/loop-a": lambda *_: redirect("/loop-b"),
  "/loop-b": lambda *_: redirect("/loop-a"),
  "/loop-self": lambda *_: redirect("/loop-self"),
  "/silent": silent,
  "/drip": drip,
}


def hostile(bad):
  """A site with good pages and the bad ones given."""
  def answer(connection, path):
    if path == "/":
      return html(links(*bad, *GOOD))
    if path in GOOD:
      return html(links("/"))
    if path.startswith("/chain"):
      return redirect("/chain%d" % (int(path[6:]) + 1))
    return BAD[path.split("?")[0]](connection, path)
  return Site(answer)


def endless(at=0, then=None):
  """A site without an end, that calls `then` at a number of requests."""
  def answer(_, path):
    if at != 0 and len(site.requests) == at:
      then()
    number = int(path[1:] or 0)
    return html(links(*(f"/{10 * number + i}" for i in range(1, 11))))
  site = Site(answer)
  return site


class Hostile(unittest.TestCase):
  crawler = None

  def crawl(self, *options):
    return Crawl(self.crawler, *options)

  def bad(self, paths, *options):
    """Crawl a site with these bad pages; check that the good ones came."""
    with hostile(paths) as site:
      crawl = self.crawl(*options, site.url + "/")
    self.assertEqual({site.url + p for p in ["/", *GOOD]},
                     set(crawl.pages), crawl.output)
    reasons = {url.removeprefix(site.url): reason
               for url, reason in crawl.reasons().items()}
    for _, _, page in crawl.broken:
      self.assertIn(page, (site.url + "/", ""))
    return crawl, reasons

  def test_a_reset_is_reported(self):
    crawl, reasons = self.bad(["/reset"])
    self.assertRegex(reasons["/reset"], "[Rr]eset|" + GIVEN_UP)
    self.assertEqual(1, crawl.status)

  def test_an_answer_that_breaks_off_is_reported(self):
    _, reasons = self.bad(["/half"])
    self.assertRegex(reasons["/half"], "bytes remaining")

  def test_no_answer_at_all_is_reported(self):
    _, reasons = self.bad(["/empty"])
    self.assertRegex(reasons["/empty"], "[Ee]mpty reply|" + GIVEN_UP)

  def test_what_is_not_http_is_reported(self):
    _, reasons = self.bad(["/garbage"])
    self.assertRegex(reasons["/garbage"], "HTTP")

  def test_a_header_without_an_end_is_reported(self):
    _, reasons = self.bad(["/endless-header"])
    self.assertIn("/endless-header", reasons)

  def test_error_statuses_are_reported(self):
    crawl, reasons = self.bad(["/missing", "/error"])
    self.assertEqual({"/missing": "HTTP status 404",
                      "/error": "HTTP status 500"}, reasons)
    self.assertIn("1 4xx, 1 5xx", crawl.output)

  def test_a_port_that_refuses_is_reported(self):
    holder, port = closed_port()
    with holder:
      url = f"http://127.0.0.1:{port}/"
      crawl, reasons = self.bad([url])
    self.assertRegex(reasons[url], "connect")

  def test_redirect_loops_are_reported(self):
    _, reasons = self.bad(["/loop-a", "/loop-self"])
    self.assertEqual({"/loop-a": "redirect loop", "/loop-b": "redirect loop",
                      "/loop-self": "redirect loop"}, reasons)

  def test_redirects_without_an_end_are_reported(self):
    crawl, reasons = self.bad(["/chain0"], "--redirects", "5")
    self.assertEqual("too many redirects", reasons["/chain0"])
    self.assertEqual(6, crawl.count(r"(\d+) 3xx"))

  def test_a_server_that_never_answers_meets_the_deadline(self):
    paths = [f"/silent?{i}" for i in range(8)]
    _, reasons = self.bad(paths, "--timeout", "0.4")
    self.assertEqual({path: "no answer within 0.4 s" for path in paths},
                     reasons)

  def test_a_page_that_drips_for_ever_meets_the_deadline(self):
    _, reasons = self.bad(["/drip"], "--timeout", "0.4")
    self.assertRegex(reasons["/drip"], "not finished within 0.4 s, after")

  def test_pages_of_100_mb_are_given_up_in_bounded_memory(self):
    plain, _ = self.bad(["/missing"])

    crawl, reasons = self.bad(["/huge", "/unending", "/bomb"])

    self.assertEqual({}, reasons)
    self.assertEqual(0, crawl.status, crawl.output)
    self.assertIn("pages not read to their end: 3", crawl.output)
    self.assertEqual(3, len(re.findall(
        "larger than the limit of 16777216 bytes", crawl.output)))
    self.assertLess(crawl.peak - plain.peak, HUGE)

  def test_all_at_once(self):
    holder, port = closed_port()
    url = f"http://127.0.0.1:{port}/"
    patient = {*BAD, url} - {"/silent", "/drip"}
    with holder:
      crawl, reasons = self.bad(patient)
    self.assertEqual(patient - {"/huge", "/unending", "/bomb"}, {*reasons})
    self.assertEqual(1, crawl.status)

  def test_a_server_that_dies_in_mid_crawl(self):
    child_read, child_write = os.pipe()
    child = os.fork()
    if child == 0:
      die = lambda: os.kill(os.getpid(), signal.SIGKILL)
      os.write(child_write, b"%d\n" % endless(200, die).port)
      signal.pause()
    os.close(child_write)
    with os.fdopen(child_read) as stream:
      port = int(stream.readline())

    crawl = self.crawl("-c", "16", f"http://127.0.0.1:{port}/")
    _, status = os.waitpid(child, 0)

    self.assertEqual(signal.SIGKILL, os.WTERMSIG(status))
    self.assertEqual(1, crawl.status)
    self.assertGreater(len(crawl.pages), 150)
    self.assertGreater(len(crawl.broken), 500)
    for reason in crawl.reasons().values():
      self.assertRegex(reason, "connect|[Rr]eset|[Ee]mpty|closed")


if __name__ == "__main__":
  Hostile.crawler = arguments(__doc__).crawler
  unittest.main()
