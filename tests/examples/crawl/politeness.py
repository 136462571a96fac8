#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the crawler treats servers: limits, delays, robots.txt, trying again.

  politeness.py --crawler PATH [TEST...]
"""
import email.utils
import tempfile
import threading
import time
import unittest

from common import Crawl, Site, arguments, html, links, redirect

LEAVES = [f"/leaf{i}" for i in range(12)]
DELAY = 0.02


def text(body, status="200 OK"):
  return html(body.encode(), status=status, type="text/plain")


class Busy:
  """A site of leaves that notes how many requests are under way at once."""

  def __init__(self, extra=(), pause=0.01):
    self.lock = threading.Lock()
    self.now = self.most = 0
    self.times = []
    self.extra = extra
    self.pause = pause

  def __call__(self, _, path):
    with self.lock:
      self.now += 1
      self.most = max(self.most, self.now)
      self.times.append(time.monotonic())
    time.sleep(self.pause)
    with self.lock:
      self.now -= 1
    return html(links(*LEAVES, *self.extra) if path == "/" else "")


class Politeness(unittest.TestCase):
  crawler = None

  def crawl(self, site, *options):
    crawl = Crawl(self.crawler, *options, site.url + "/")
    return crawl, {page.removeprefix(site.url) for page in crawl.pages}

  def obey(self, robots, pages=(), *options):
    """Crawl a site with this robots.txt; returns the crawl and its paths."""
    say = robots if callable(robots) else (lambda *_: text(robots))
    answer = lambda _, path: html(links(*pages) if path == "/" else "")
    with Site(answer, say) as site:
      crawl, visited = self.crawl(site, *options)
    return crawl, visited, site

  def test_so_many_at_once_to_one_domain(self):
    busy = Busy()
    with Site(busy) as site:
      _, pages = self.crawl(site, "--concurrent_requests", "16",
                            "--concurrent_requests_per_domain", "3")
    self.assertEqual(13, len(pages))
    self.assertEqual(3, busy.most)

  def test_so_many_at_once_in_all(self):
    busy = Busy()
    with Site(busy) as site:
      _, pages = self.crawl(site, "--concurrent_requests", "2")
    self.assertEqual(13, len(pages))
    self.assertEqual(2, busy.most)

  def test_two_names_of_one_address_share_its_limit(self):
    names = ["localhost", "localhost."]
    busy = Busy()
    with Site(busy) as site:
      urls = [f"http://{name}:{site.port}/" for name in names]
      crawl = Crawl(self.crawler, "--concurrent_requests_per_ip", "2", *urls)
    self.assertEqual(2, busy.most, crawl.output)

  def test_a_slow_host_holds_no_other_up(self):
    with Site(Busy(pause=0.02)) as slow, Site(Busy(pause=0)) as fast:
      Crawl(self.crawler, "--concurrent_requests", "2",
            "--concurrent_requests_per_domain", "1",
            f"http://localhost:{slow.port}/", fast.url + "/")
      slow_times = slow.answer.times
      fast_times = fast.answer.times
    self.assertEqual((13, 13), (len(slow_times), len(fast_times)))
    self.assertLess(fast_times[-1], slow_times[-1])

  def test_a_delay_lies_between_two_requests(self):
    busy = Busy(pause=0)
    with Site(busy) as site:
      self.crawl(site, "--download_delay", str(DELAY),
                 "--randomize_download_delay", "false")
    self.assertGreaterEqual(busy.times[-1] - busy.times[0], 11.5 * DELAY)

  def test_a_random_delay_is_half_of_it_at_least(self):
    busy = Busy(pause=0)
    with Site(busy) as site:
      self.crawl(site, "--download_delay", str(DELAY))
    self.assertGreaterEqual(busy.times[-1] - busy.times[0], 5.5 * DELAY)

  def test_settings_come_from_a_file_too(self):
    busy = Busy()
    with tempfile.NamedTemporaryFile("w") as file, Site(busy) as site:
      file.write("# as in a settings.py\nCONCURRENT_REQUESTS = 2\n"
                 'user_agent = "me/1"  # quoted\n')
      file.flush()
      self.crawl(site, "--settings", file.name)
    self.assertEqual(2, busy.most)

  def test_settings_that_are_no_good_are_status_2(self):
    for wrong in (["-s", "nonsense=1"], ["-s", "download_delay=-1"],
                  ["--robotstxt_obey", "maybe"], ["--download_timeout", "0"],
                  ["--retry_http_codes", "99"], ["-S", "/nowhere/at/all"],
                  ["--concurrent_requests", "0"]):
      crawl = Crawl(self.crawler, *wrong, "http://127.0.0.1:1/")
      self.assertEqual(2, crawl.status, wrong)
      self.assertIn("crawler: ", crawl.output)

  def test_robots_txt_is_read_once_and_obeyed(self):
    crawl, visited, site = self.obey(
        "User-agent: *\nDisallow: /private\nAllow: /private/open\n",
        ["/a", "/private/x", "/private/open"])
    self.assertEqual({"/", "/a", "/private/open"}, visited)
    self.assertNotIn("/private/x", site.requests)
    self.assertEqual(1, len(site.robots_requests))
    self.assertIn("as robots.txt forbids it: 1", crawl.output)
    self.assertEqual(0, crawl.status)

  def test_robots_txt_is_not_read_if_not_to_be_obeyed(self):
    _, visited, site = self.obey("User-agent: *\nDisallow: /", ["/a"],
                                 "--robotstxt_obey", "false")
    self.assertEqual({"/", "/a"}, visited)
    self.assertEqual([], site.robots_requests)

  def test_robots_txt_may_name_the_robot(self):
    rules = "User-agent: me\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n"
    _, visited, _ = self.obey(rules, ["/a", "/b"], "--user_agent", "me/2.0")
    self.assertEqual({"/", "/b"}, visited)

  def test_a_server_that_cannot_give_its_robots_txt_is_left_alone(self):
    crawl, visited, site = self.obey(
        lambda *_: text("oh", "503 Service Unavailable"), ["/a"],
        "--retry_backoff", "0")
    self.assertEqual(set(), visited)
    self.assertEqual([], site.requests)
    self.assertEqual(3, len(site.robots_requests))
    self.assertIn("robots.txt: HTTP status 503, so nothing", crawl.output)

  def test_robots_txt_may_be_redirected(self):
    def robots(connection, _):
      site_requests.append(1)
      if len(site_requests) < 3:
        return redirect("/robots.txt")
      return text("User-agent: *\nDisallow: /a")
    site_requests = []
    _, visited, _ = self.obey(robots, ["/a", "/b"])
    self.assertEqual({"/", "/b"}, visited)

  def test_of_robots_txt_500_kib_are_read(self):
    rules = ("User-agent: *\nDisallow: /a\n" + "#" * 600 * 1024 +
             "\nDisallow: /b\n")
    _, visited, _ = self.obey(rules, ["/a", "/b"])
    self.assertEqual({"/", "/b"}, visited)

  def test_the_size_limit_of_pages_is_none_of_robots_txt(self):
    rules = "User-agent: *\nDisallow: /a\n" + "#" * 2000
    _, visited, _ = self.obey(rules, ["/a", "/b"], "--download_maxsize", "1K")
    self.assertEqual({"/", "/b"}, visited)

  def test_a_crawl_delay_is_kept(self):
    busy = Busy(pause=0)
    robots = lambda *_: text(f"User-agent: *\nCrawl-delay: {DELAY}")
    with Site(busy, robots) as site:
      self.crawl(site, "--randomize_download_delay", "0")
    self.assertGreaterEqual(busy.times[-1] - busy.times[0], 11.5 * DELAY)

  def failing(self, times, *options, status="503 Service Unavailable",
              extra=""):
    """Crawl a page that fails so many times; returns crawl and requests."""
    def answer(_, path):
      if path == "/a" and site.requests.count("/a") <= times:
        return None if status is None else html("", status=status,
                                                extra=extra)
      return html(links("/a") if path == "/" else "")
    with Site(answer) as site:
      crawl, _ = self.crawl(site, "--retry_backoff", "0.01", *options)
    return crawl, site.requests.count("/a")

  def test_what_fails_for_the_moment_is_tried_again(self):
    for status in ("503 Service Unavailable", "429 Too Many Requests", None):
      crawl, requests = self.failing(2, status=status)
      self.assertEqual((0, 3), (crawl.status, requests), crawl.output)
      # On a kept connection libcurl has tried once more itself.
      self.assertRegex(crawl.output, "made again after a failure: [12]")

  def test_it_is_not_tried_for_ever(self):
    crawl, requests = self.failing(9)
    self.assertEqual((1, 3), (crawl.status, requests))
    self.assertEqual("HTTP status 503", crawl.broken[0][0])
    self.assertEqual(5, self.failing(9, "--retry_times", "4")[1])
    self.assertEqual(1, self.failing(9, "--retry_enabled", "0")[1])
    self.assertEqual(1, self.failing(9, "--retry_http_codes", "[500]")[1])

  def test_a_404_is_not_tried_again(self):
    self.assertEqual(1, self.failing(9, status="404 Not Found")[1])

  def test_retry_after_is_kept(self):
    start = time.monotonic()
    crawl, requests = self.failing(1, extra="Retry-After: 1\r\n")
    self.assertEqual((0, 2), (crawl.status, requests))
    self.assertGreaterEqual(time.monotonic() - start, 1)

  def test_retry_after_may_be_a_date(self):
    now = time.time()
    when = email.utils.formatdate(int(now) + 2, usegmt=True)
    crawl, requests = self.failing(1, extra=f"Retry-After: {when}\r\n")
    self.assertEqual((0, 2), (crawl.status, requests))
    self.assertGreaterEqual(time.time(), int(now) + 2)

  def test_a_server_that_wants_too_much_time_is_not_asked_again(self):
    crawl, requests = self.failing(1, extra="Retry-After: 3600\r\n")
    self.assertEqual((1, 1), (crawl.status, requests))


if __name__ == "__main__":
  Politeness.crawler = arguments(__doc__).crawler
  unittest.main()
