#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the crawler promises: its options, its statuses, its output, Ctrl-C.

  behaviour.py --crawler PATH [TEST...]
"""
import gzip
import os
import pty
import signal
import subprocess
import tempfile
import time
import unittest

from common import (Crawl, Site, arguments, environment, html, links,
                          redirect)


def site(pages):
  """A site of these pages; what is not among them is a 404."""
  def answer(_, path):
    page = pages.get(path, html("no", status="404 Not Found"))
    return page if isinstance(page, bytes) else html(page)
  return Site(answer)


def tree():
  """A site without an end: page N leads to 10 N + 1 and so on."""
  def answer(_, path):
    number = int(path[1:] or 0)
    return html(links(*(f"/{10 * number + i}" for i in range(1, 11))))
  return Site(answer)


class Behaviour(unittest.TestCase):
  crawler = None

  def crawl(self, site, *options, start="/"):
    """Crawl; returns the crawl and the paths of the pages visited."""
    crawl = Crawl(self.crawler, *options, site.url + start)
    return crawl, [page.removeprefix(site.url) for page in crawl.pages]

  def start(self, *arguments, **more):
    return subprocess.Popen([self.crawler, *arguments], env=environment(),
                            **more)

  def test_a_whole_site_is_status_0(self):
    with site({"/": links("a"), "/a": links("/")}) as it:
      crawl, pages = self.crawl(it)
    self.assertEqual(["/", "/a"], pages)
    self.assertEqual(0, crawl.status)
    self.assertIn("broken links: 0", crawl.output)

  def test_a_broken_link_is_status_1_and_named_with_its_page(self):
    with site({"/": links("a"), "/a": links("gone")}) as it:
      crawl, _ = self.crawl(it)
    self.assertEqual(1, crawl.status)
    self.assertEqual([("HTTP status 404", it.url + "/gone", it.url + "/a")],
                     crawl.broken)
    self.assertIn(f"  {it.url}/gone\n    HTTP status 404\n"
                  f"    on {it.url}/a\n", crawl.output)

  def test_a_broken_link_names_every_page_once(self):
    with site({"/": links("/gone", "/a", "/gone#x"),
               "/a": links("gone", "/gone")}) as it:
      crawl, _ = self.crawl(it)
    self.assertEqual([it.url + "/", it.url + "/a"],
                     sorted(page for _, _, page in crawl.broken))

  def test_a_redirect_to_a_broken_page_is_a_broken_link(self):
    with site({"/": links("/old"), "/old": redirect("/gone")}) as it:
      crawl, _ = self.crawl(it)
    self.assertIn(("HTTP status 404", it.url + "/old", it.url + "/"),
                  crawl.broken)

  def test_a_redirect_is_followed_once(self):
    with site({"/": links("/old", "/new"), "/old": redirect("/new#part"),
               "/new": links("below"), "/below": ""}) as it:
      crawl, pages = self.crawl(it)
    self.assertEqual(["/", "/below", "/new"], sorted(pages))
    self.assertEqual(1, it.requests.count("/new"))
    self.assertEqual(0, crawl.status)

  def test_the_start_page_is_broken(self):
    with site({}) as it:
      crawl, _ = self.crawl(it)
    self.assertEqual(1, crawl.status)
    self.assertEqual([("HTTP status 404", it.url + "/", "")], crawl.broken)

  def test_wrong_usage_is_status_2(self):
    for wrong in ([], ["--nonsense", "x"], ["-c", "0", "x"], ["-c", "x", "x"],
                  ["-t", "-1", "x"], ["-b", "1T", "x"], ["ftp://x/"],
                  ["-l", "/nowhere/at/all", "http://127.0.0.1:1/"]):
      process = self.start(*wrong, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
      _, said = process.communicate()
      self.assertEqual(2, process.returncode, wrong)
      self.assertNotEqual("", said)

  def test_depth_is_exact(self):
    with tree() as it:
      _, pages = self.crawl(it, "--depth", "2")
    self.assertEqual(111, len(pages))
    self.assertEqual(111, len(it.requests))

  def test_depth_counts_the_shortest_way(self):
    # /far is three steps away by quick pages, two by a slow one: in the
    # meantime a crawler that goes ahead would see /far too deep.
    pages = {"/": links("/a", "/slow"), "/a": links("/b"),
             "/b": links("/far"), "/slow": links("/far"),
             "/far": links("/end"), "/end": ""}
    def answer(_, path):
      time.sleep(0.02 if path == "/slow" else 0)
      return html(pages[path])
    with Site(answer) as it:
      _, visited = self.crawl(it, "--depth", "3")
    self.assertIn("/end", visited)

  def test_the_page_limit_is_exact(self):
    with tree() as it:
      crawl, pages = self.crawl(it, "--pages", "50")
    self.assertEqual(50, len(pages))
    self.assertEqual(50, len(it.requests))
    self.assertIn("page limit reached", crawl.output)
    self.assertEqual(0, crawl.status)

  def test_it_stays_on_its_host(self):
    with site({"/far": ""}) as other:
      far = f"http://localhost:{other.port}/far"
      with site({"/": links(far)}) as it:
        crawl, pages = self.crawl(it)
        self.assertEqual(["/"], pages)
        self.assertEqual([], other.requests)
        self.assertIn("not followed: 1", crawl.output)

        crawl, _ = self.crawl(it, "--any-host")
        self.assertEqual([it.url + "/", far], crawl.pages)

  def test_resources_are_checked_if_asked(self):
    body = '<img src="gone.png"><script src="s.js"></script><a href="i.png">'
    image = html(b"\x89PNG" + bytes(200000), type="image/png")
    with site({"/": body, "/i.png": image,
               "/s.js": html(b"", type="text/javascript")}) as it:
      crawl, _ = self.crawl(it)
      self.assertEqual(0, crawl.status, crawl.output)

      crawl, pages = self.crawl(it, "--resources")
      self.assertEqual([it.url + "/gone.png"], [*crawl.reasons()])
      self.assertEqual(["/"], pages)
    self.assertEqual({"/", "/i.png"}, {*it.requests[:2]})
    self.assertEqual(2, it.methods.count("HEAD"))

  def test_a_resource_is_asked_with_get_where_head_is_not_known(self):
    def answer(_, path):
      if path == "/":
        return html('<img src="i.png">')
      if it.methods[-1] == "HEAD":
        return html("no", status="501 Not Implemented")
      return html(b"image", type="image/png")
    with Site(answer) as it:
      crawl, _ = self.crawl(it, "--resources")
    self.assertEqual(0, crawl.status)
    self.assertEqual(["GET", "HEAD", "GET"], it.methods)

  def test_a_resource_that_is_a_page_too_is_followed(self):
    with site({"/": '<link rel=next href=next><a href="a">',
               "/a": links("next"), "/next": links("end"),
               "/end": ""}) as it:
      _, pages = self.crawl(it, "--resources")
    self.assertEqual({"/", "/a", "/next", "/end"}, {*pages})

  def test_connections_are_kept_and_shared(self):
    with site({"/": links(*(f"/{i}" for i in range(200))),
               **{f"/{i}": "" for i in range(200)}}) as it:
      _, pages = self.crawl(it, "-c", "8")
    self.assertEqual(201, len(pages))
    self.assertLessEqual(it.connections, 8)

  def test_compressed_pages_are_read(self):
    packed = gzip.compress(links("a").encode())
    with site({"/": html(packed, extra="Content-Encoding: gzip\r\n"),
               "/a": ""}) as it:
      _, pages = self.crawl(it)
    self.assertEqual(["/", "/a"], pages)

  def test_urls_may_come_from_a_file(self):
    with site({"/a": links("/c"), "/b": "", "/c": ""}) as it:
      with tempfile.NamedTemporaryFile("w") as file:
        file.write(f"# a list\n\n{it.url}/b \r\n  {it.url}/gone")
        file.flush()
        crawl, pages = self.crawl(it, "--input", file.name, start="/a")
    self.assertEqual(["/a", "/b", "/c"], sorted(pages))
    self.assertEqual([it.url + "/gone"], [*crawl.reasons()])

  def test_urls_are_only_fetched_if_asked(self):
    with site({"/a": links("/c"), "/b": "", "/c": ""}) as it:
      _, pages = self.crawl(it, "--fetch-only", it.url + "/b", start="/a")
    self.assertEqual(["/a", "/b"], sorted(pages))
    self.assertEqual({"GET"}, {*it.methods})

  def test_a_list_that_is_not_there_or_no_list_is_status_2(self):
    with tempfile.NamedTemporaryFile("w") as file:
      file.write("ftp://x/\n")
      file.flush()
      for wrong in ("/nowhere/at/all", file.name):
        crawl = Crawl(self.crawler, "-i", wrong)
        self.assertEqual(2, crawl.status)
        self.assertIn("crawler: ", crawl.output)

  def test_the_size_limit_counts(self):
    with site({"/": "x" * 2000}) as it:
      crawl, pages = self.crawl(it, "-b", "1K")
      self.assertEqual([], pages)
      self.assertIn("larger than the limit of 1024 bytes", crawl.output)

      _, pages = self.crawl(it, "-b", "2K")
      self.assertEqual(["/"], pages)

  def interrupt_when(self, seen, output):
    """Crawl without end to `output`; interrupt it when `seen` says so."""
    with tree() as it:
      process = self.start("-c", "8", it.url, stdout=output)
      try:
        seen(it)
        process.send_signal(signal.SIGINT)
        return process.wait(60)
      finally:
        process.kill()
        process.wait()

  def test_ctrl_c_ends_with_the_summary_and_status_130(self):
    read, write = os.pipe()
    def seen(it):
      os.close(write)
      while len(it.requests) < 100:
        os.sched_yield()
    status = self.interrupt_when(seen, write)
    with os.fdopen(read) as stream:
      output = stream.read()
    self.assertEqual(130, status)
    self.assertRegex(output, r"interrupted, with \d+ links not visited")
    self.assertIn("broken links: 0", output)
    self.assertNotIn("\r", output)

  def test_a_terminal_gets_a_live_line(self):
    control, terminal = pty.openpty()
    shown = b""
    def seen(_):
      nonlocal shown
      while b"queued" not in shown:
        shown += os.read(control, 1000)
    status = self.interrupt_when(seen, terminal)
    os.close(terminal)
    os.close(control)
    self.assertEqual(130, status)
    self.assertRegex(shown, rb"\r\x1b\[K\d+ pages, \d+ pages/s, "
                            rb"0 errors, \d+ queued")

  def test_a_pipe_gets_plain_lines(self):
    read, write = os.pipe()
    def seen(_):
      os.close(write)
      with os.fdopen(read) as stream:
        self.assertRegex(stream.readline(), r"^\d+ pages, \d+ pages/s, "
                                            r"0 errors, \d+ queued\n$")
    # Whoever reads has gone: the crawl goes on all the same.
    self.assertEqual(130, self.interrupt_when(seen, write))


if __name__ == "__main__":
  Behaviour.crawler = arguments(__doc__).crawler
  unittest.main()
