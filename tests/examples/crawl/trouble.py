#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hosts that go away, sites without an end, pages that are none, the feed.

  trouble.py --crawler PATH [TEST...]

CRESS_FULL in the environment tries more hosts.
"""
import json
import os
import re
import tempfile
import unittest

from common import Crawl, Site, arguments, html, links, redirect

HOSTS = 10000 if "CRESS_FULL" in os.environ else 500


class Trouble(unittest.TestCase):
  crawler = None

  def crawl(self, answer, *options):
    with Site(answer) as site:
      crawl = Crawl(self.crawler, *options, site.url + "/")
    return crawl, site

  def away(self, dead, back, *options):
    """Crawl a site that gives no answers between two numbers of requests."""
    leaves = [f"/{i}" for i in range(200)]
    def answer(_, path):
      if dead <= len(site.requests) < back:
        return None
      return html(links(*leaves) if path == "/" else "")
    with Site(answer) as site:
      crawl = Crawl(self.crawler, "--retry_enabled", "false", "-c", "4",
                    "--circuit_breaker_delay", "0.02", *options,
                    site.url + "/")
    return crawl, site

  def test_a_host_that_gives_no_answers_is_given_up(self):
    crawl, site = self.away(50, 10**6)
    self.assertRegex(crawl.output, r"127.0.0.1:\d+: no answer \(.*\), left "
                                   r"alone for 0.02 s")
    self.assertRegex(crawl.output, r"127.0.0.1:\d+: given up: ")
    self.assertEqual(201, len(crawl.pages) + len(crawl.broken))
    # Nearly all of the others were never asked for.
    self.assertLess(len(site.requests), 90)
    self.assertIn("the site gives no answer: ", crawl.broken[-1][0])
    self.assertIn(f" {len(crawl.broken)} without an answer", crawl.output)

  def test_a_host_that_comes_back_is_gone_on_with(self):
    # The tenth failure opens the circuit, the second trial finds it well;
    # libcurl asks twice where it has kept a connection.
    crawl, _ = self.away(50, 72, "--circuit_breaker_trials", "20")
    self.assertIn("left alone for 0.02 s", crawl.output)
    self.assertNotIn("given up", crawl.output)
    self.assertLess(len(crawl.broken), 23)
    self.assertEqual(201, len(crawl.pages) + len(crawl.broken))

  def test_the_breaker_can_be_switched_off(self):
    crawl, site = self.away(50, 10**6, "--circuit_breaker_failures", "0")
    self.assertNotIn("left alone", crawl.output)
    self.assertGreaterEqual(len(site.requests), 201)

  def test_a_page_that_breaks_off_is_no_host_that_is_away(self):
    def answer(connection, path):
      if path == "/":
        return html(links(*(f"/{i}" for i in range(30))))
      connection.sendall(html("x" * 5000)[:1000])
      return None
    crawl, _ = self.crawl(answer, "--retry_enabled", "false")
    self.assertEqual(30, len(crawl.broken))
    self.assertNotIn("left alone", crawl.output)

  def test_many_hosts_that_are_not_there(self):
    def answer(_, path):
      urls = (f"http://127.{1 + i // 250}.0.{1 + i % 250}:{site.port}/x"
              for i in range(HOSTS))
      return html(links(*urls, "/end") if path == "/" else "")
    with Site(answer) as site:
      crawl = Crawl(self.crawler, "--any-host", "--retry_backoff", "0.01",
                    site.url + "/")
    self.assertEqual(2, len(crawl.pages))
    self.assertEqual(HOSTS, len(crawl.broken))
    for reason, _, _ in crawl.broken:
      self.assertRegex(reason, "[Cc]onnect")
    self.assertLess(crawl.peak, 100 * 1000 * 1000 + 20000 * HOSTS)

  def test_a_name_that_nobody_knows_is_a_broken_link(self):
    url = "http://no-such-name.invalid/"
    crawl, _ = self.crawl(lambda *_: html(links(url)), "--any-host",
                          "--retry_backoff", "0.01")
    self.assertRegex(crawl.reasons()[url], "host cannot be looked up: ")

  def test_a_calendar_without_an_end(self):
    def answer(_, path):
      month = int(path[1:] or 0)
      return html(links(f"/{month + 1}", f"/{month - 1}"))
    crawl, site = self.crawl(answer, "--depth_limit", "40")
    self.assertEqual(82, len(crawl.pages))
    crawl, site = self.crawl(answer, "--closespider_pagecount", "100")
    self.assertEqual(100, len(site.requests))
    self.assertIn("page limit reached", crawl.output)

  def test_a_content_length_that_is_wrong(self):
    def answer(connection, path):
      if path == "/":
        return html(links("/more", "/less", "/end"))
      if path == "/more":
        return html("x").replace(b"Length: ", b"Length: 9")
      if path == "/less":
        return re.sub(rb"Length: \d+", b"Length: 1", html(links("/x")))
      return html("")
    crawl, _ = self.crawl(answer, "--download_timeout", "0.5",
                          "--retry_enabled", "0")
    reasons = {url[-5:]: reason for url, reason in crawl.reasons().items()}
    self.assertEqual(["/more"], [*reasons])
    self.assertRegex(reasons["/more"], "not finished within 0.5 s")
    # A page ends where its length says so, whatever follows.
    self.assertEqual(3, len(crawl.pages), crawl.output)

  def test_malformed_pages(self):
    rubbish = [b"<" * 100000, b"<a href=" + b"x" * 200000, b"\0" * 50000,
               b"<div>" * 50000, bytes(range(256)) * 200,
               b'<a href="&#999999999999;">', b"<!-- <a href=/no>",
               b"<a href='/no", b"<meta charset=utf-16><p>&" * 5000]
    def answer(_, path):
      if path == "/":
        return html(links(*(f"/{i}" for i in range(len(rubbish))), "/end"))
      return html(rubbish[int(path[1:])] if path[1:].isdigit() else "")
    crawl, _ = self.crawl(answer, "--pages", "40")
    for path in ("/end", *(f"/{i}" for i in range(len(rubbish)))):
      self.assertTrue(any(p.endswith(path) for p in crawl.pages), path)
    self.assertRegex(crawl.output, r"memory: at most \d+\.\d MB")

  def test_autothrottle_waits_as_long_as_answers_take(self):
    def answer(_, path):
      return html(links(*(f"/{i}" for i in range(10))) if path == "/" else "")
    crawl, _ = self.crawl(answer, "--autothrottle_enabled", "1",
                          "--autothrottle_start_delay", "0.08")
    seconds = float(re.search(r"pages in ([\d.]+) s", crawl.output)[1])
    # 0.08 s, then less and less, but half of the last at least.
    self.assertEqual(11, len(crawl.pages))
    self.assertGreater(seconds, 0.04)

  def test_the_feed_has_a_line_for_every_link(self):
    def answer(_, path):
      if path == "/old":
        return redirect("/a")
      return (html(links("/a", "/old", "/gone")) if path in ("/", "/a")
              else html("", status="404 Not Found"))
    with tempfile.TemporaryDirectory() as folder:
      output = os.path.join(folder, "feed.jsonl")
      _, site = self.crawl(answer, "--output", output)
      with open(output, encoding="ascii") as file:
        lines = {x["url"].removeprefix(site.url): x
                 for x in map(json.loads, file)}
    self.assertEqual({"/", "/a", "/old", "/gone"}, {*lines})
    self.assertEqual(("fine", 200, True), tuple(
        lines["/a"][k] for k in ("result", "status", "page")))
    self.assertEqual(("redirected", site.url + "/a"), tuple(
        lines["/old"][k] for k in ("result", "target")))
    gone = lines["/gone"]
    self.assertEqual(("broken", "HTTP status 404", 404, 1), tuple(
        gone[k] for k in ("result", "reason", "status", "depth")))
    self.assertIn("referer", gone)


if __name__ == "__main__":
  Trouble.crawler = arguments(__doc__).crawler
  unittest.main()
