#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the crawler reads out of pages: encodings, kinds of links, wishes.

  content.py --crawler PATH [TEST...]
"""
import unittest

from common import Crawl, Site, arguments, html, links

# The path of U+20AC is the same whatever encoding the link is written in.
EURO = "/%e2%82%ac.html"
LINK = '<a href="/\u20ac.html">x</a>'


def page(body, charset, type="text/html"):
  return html(body.encode(charset), type=type)


class Content(unittest.TestCase):
  crawler = None

  def crawl(self, pages, *options):
    """Crawl these pages; returns the crawl, and the requests in order."""
    def answer(_, path):
      body = pages.get(path, "")
      return body if isinstance(body, bytes) else html(body)
    with Site(answer) as site:
      crawl = Crawl(self.crawler, *options, site.url + "/")
    return crawl, site.requests

  def check_euro(self, answer):
    _, requests = self.crawl({"/": answer})
    self.assertEqual(["/", EURO], [r.lower() for r in requests])

  def test_the_encoding_is_in_the_header(self):
    for charset in ("utf-8", "windows-1252", "iso-8859-15", "utf-16le"):
      self.check_euro(page(LINK, charset, f"text/html; charset={charset}"))

  def test_the_encoding_is_in_the_page(self):
    for head in ("<meta charset=windows-1252>",
                 "<meta http-equiv=content-type "
                 "content='text/html; charset=windows-1252'>"):
      self.check_euro(page(head + LINK, "windows-1252"))

  def test_the_encoding_is_in_a_mark_before_all_else(self):
    for charset in ("utf-8", "utf-16le", "utf-16be"):
      self.check_euro(page("\ufeff" + LINK, charset,
                           "text/html; charset=koi8-r"))

  def test_the_header_is_believed_before_the_page(self):
    self.check_euro(page("<meta charset=koi8-r>" + LINK, "windows-1252",
                         "text/html; charset=windows-1252"))

  def test_an_encoding_that_nobody_knows_is_utf_8(self):
    self.check_euro(page(LINK, "utf-8", "text/html; charset=nonsense"))
    self.check_euro(page(LINK, "utf-8"))

  def test_a_long_page_is_read_to_its_end(self):
    self.check_euro(page("\ufeff" + "<p>" * 70000 + LINK, "utf-16le"))

  def test_every_kind_of_link_is_found(self):
    body = """<base href="/b/"><link rel=stylesheet href=1>
      <link rel="preload" imagesrcset="2 1x, 3 2x"><script src=4></script>
      <img src=5 srcset="6 100w,7 2x, 8, 9,"><picture><source srcset="10">
      </picture><video src=11 poster=12></video><audio src=13></audio>
      <object data=14></object><embed src=15><area href=16><iframe src=17>
      </iframe><meta http-equiv=refresh content="5; URL = '18'"><a href=19>
      <link rel="preconnect x" href="https://none/">"""
    _, requests = self.crawl({"/": body}, "--resources")
    self.assertEqual({"/", *(f"/b/{i}" for i in range(1, 20))}, {*requests})

  def test_one_page_has_one_spelling(self):
    body = links("/a~b", "/%61~b", "/a%7Eb", "/a%7eb", "/c%2Fd", "/c%2fd")
    _, requests = self.crawl({"/": body}, "--concurrency", "1")
    self.assertEqual(["/", "/a~b", "/c%2fd"], requests)

  def test_nofollow_is_obeyed_if_asked(self):
    body = links("/a") + '<a rel="x NoFollow" href="/b">b</a>'
    page = '<meta name=ROBOTS content="noindex, nofollow">' + links("/c")
    pages = {"/": body, "/a": page}
    _, requests = self.crawl(pages)
    self.assertEqual({"/", "/a", "/b", "/c"}, {*requests})
    crawl, requests = self.crawl(pages, "--nofollow", "true")
    self.assertEqual(["/", "/a"], requests)
    self.assertIn("links with nofollow: 2", crawl.output)

  def test_patterns_let_links_in_and_keep_them_out(self):
    pages = {"/": links("/doc/1", "/doc/2", "/blog/1", "/doc/old/3")}
    crawl, requests = self.crawl(pages, "--allow", "/doc/", "--allow",
                                 "/none$", "--deny", "old/[0-9]+$")
    self.assertEqual({"/", "/doc/1", "/doc/2"}, {*requests})
    self.assertIn("links that the patterns keep out: 2", crawl.output)

  def test_a_pattern_that_is_none_is_status_2(self):
    crawl, requests = self.crawl({}, "--deny", "a(b")
    self.assertEqual((2, []), (crawl.status, requests))
    self.assertIn('the pattern "a(b"', crawl.output)


if __name__ == "__main__":
  Content.crawler = arguments(__doc__).crawler
  unittest.main()
