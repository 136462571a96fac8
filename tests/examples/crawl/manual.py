#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The crawler against a whole manual, page by page.

What can be reached is worked out from the files on disk with Python's own HTML
parser, and compared with what the crawler visited and found broken: the same
pages, the same broken links, each on the same pages.

  manual.py --crawler PATH [--httpd PATH] [--start PAGE] [ROOT]

ROOT is the folder of a manual, PAGE (index.html) where the crawl starts in it.
Without ROOT the test makes a site of its own, with all that is hard about
links. Without --httpd the files are served by Python's server.
"""
import argparse
import contextlib
import html.parser
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import common
import site_maker

PAGE_ATTRIBUTES = {"a": "href", "area": "href", "frame": "src",
                   "iframe": "src"}
PAGE_SUFFIXES = (".html", ".htm", ".xhtml")


class Links(html.parser.HTMLParser):
  """The links of a page and the base that they are relative to."""

  def __init__(self):
    super().__init__()
    self.base = None
    self.found = []

  def handle_starttag(self, tag, attrs):
    # The first of two equal attributes counts.
    attributes = dict(reversed(attrs))
    if tag == "base" and self.base is None:
      self.base = attributes.get("href")
    if (attributes.get("http-equiv") or "").lower() == "refresh":
      match = re.search(r"url=['\"]?([^'\"]*)",
                        attributes.get("content") or "", re.I)
      if match:
        self.found.append(match.group(1))
    href = attributes.get(PAGE_ATTRIBUTES.get(tag))
    if href is not None:
      self.found.append(href)


def parse(path):
  with open(path, "rb") as file:
    raw = file.read()
  charset = re.search(rb"charset=[\"']?([\w-]+)", raw[:4096])
  charset = charset.group(1).decode() if charset else "utf-8"
  links = Links()
  links.feed(raw.decode(charset, "replace"))
  links.close()
  return links


class Expected:
  """What a crawl of the files must visit, and what it must find broken.

  A place is a decoded path and a query; `pages` maps files to places."""

  def __init__(self, root, start):
    self.root = os.path.realpath(root)
    self.pages = set()
    self.broken = set()
    self.reached = {start}
    queue = [start]
    while queue:
      place = queue.pop()
      file = self.file_of(place)
      if file is None or not file.lower().endswith(PAGE_SUFFIXES):
        continue
      self.pages.add(place)
      for target in self.links_of(file, place):
        if self.file_of(target) is None:
          self.broken.add((target, place))
        elif target not in self.reached:
          self.reached.add(target)
          queue.append(target)

  def file_of(self, place):
    """The file behind a place, or None. Nothing leads out of the root."""
    path = os.path.realpath(self.root + place[0])
    if path != self.root and not path.startswith(self.root + os.sep):
      return None
    if os.path.isdir(path):
      path = os.path.join(path, "index.html")
    elif place[0].endswith("/"):
      return None
    return path if os.path.isfile(path) else None

  def links_of(self, file, place):
    links = parse(file)
    own = "http://host" + urllib.parse.quote(place[0])
    base = own
    if links.base is not None:
      base = urllib.parse.urljoin(own, links.base.strip())
    for href in links.found:
      href = re.sub(r"[\t\r\n]", "", href.strip(" \t\r\n\f\v\0"))
      try:
        url = urllib.parse.urljoin(base, href)
        parts = urllib.parse.urlsplit(url)
      except ValueError:
        continue
      if parts.scheme in ("http", "https") and parts.netloc == "host":
        yield self.slashed(place_of(url))

  def slashed(self, place):
    """A folder without its slash is redirected to the folder with it."""
    path, query = place
    if not path.endswith("/") and os.path.isdir(self.root + path):
      path += "/"
    return path, query


def place_of(url):
  parts = urllib.parse.urlsplit(url)
  # Both spellings of a space in a query are one place.
  query = urllib.parse.unquote(parts.query.replace("+", " "))
  return urllib.parse.unquote(parts.path) or "/", query


class Handler(http.server.SimpleHTTPRequestHandler):
  protocol_version = "HTTP/1.1"

  def log_message(self, *_):
    pass


class Server(http.server.ThreadingHTTPServer):
  request_queue_size = 512
  daemon_threads = True


@contextlib.contextmanager
def serve_with_python(root):
  with Server(("127.0.0.1", 0), lambda *a: Handler(*a, directory=root)) as it:
    threading.Thread(target=it.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{it.server_address[1]}"
    it.shutdown()


@contextlib.contextmanager
def serve_with_httpd(httpd, root):
  process = subprocess.Popen([httpd, "-a", "127.0.0.1:0", root],
                             stdout=subprocess.PIPE, text=True)
  try:
    yield process.stdout.readline().split()[-1]
  finally:
    process.terminate()
    process.wait()
    process.stdout.close()


def compare(what, expected, actual):
  """Print and count what the two sets have not in common."""
  for title, things in (("missing", expected - actual),
                        ("unexpected", actual - expected)):
    for thing in sorted(things)[:20]:
      print(f"{title} {what}: {thing}")
  print(f"{what}: {len(expected)} expected, {len(actual)} found")
  return expected == actual


def check(options, root):
  start = "/" + options.start.lstrip("/")
  expected = Expected(root, (start, ""))
  server = (serve_with_httpd(options.httpd, root) if options.httpd
            else serve_with_python(root))
  with server as address:
    url = f"http://{address}"
    crawl = common.Crawl(options.crawler, "-c", "64", "-t", "60",
                               url + urllib.parse.quote(start))
  print(crawl.output)
  pages = {place_of(page) for page in crawl.pages}
  broken = {(place_of(link), place_of(page))
            for _, link, page in crawl.broken}

  right = compare("distinct pages", expected.pages, pages)
  right &= compare("broken links with their pages", expected.broken, broken)
  if len(crawl.pages) != len(pages):
    print("a page was visited twice")
    right = False
  if crawl.status != (1 if expected.broken else 0):
    print(f"unexpected exit status {crawl.status}")
    right = False
  return right


def main():
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument("--crawler", required=True)
  parser.add_argument("--httpd")
  parser.add_argument("--start", default="index.html")
  parser.add_argument("root", nargs="?")
  options = parser.parse_args()
  if options.root is not None:
    return 0 if check(options, options.root) else 1
  with tempfile.TemporaryDirectory() as root:
    site_maker.make(root)
    return 0 if check(options, root) else 1


if __name__ == "__main__":
  sys.exit(main())
