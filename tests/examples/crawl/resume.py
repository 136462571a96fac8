#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A crawl that is killed at any moment goes on from its job file.

  resume.py --crawler PATH [TEST...]

CRESS_FULL in the environment kills more crawls; CRESS_SEED begins elsewhere.
"""
import os
import random
import sqlite3
import subprocess
import tempfile
import unittest

from common import Crawl, Site, arguments, environment, html, links, redirect

COUNT = 150
WIDTH = 8
SEED = int(os.environ.get("CRESS_SEED", "1"))
RUNS = 100 if "CRESS_FULL" in os.environ else 10


def make_pages(chance):
  """A site in which all pages can be reached; some links are broken."""
  pages = {}
  for i in range(COUNT):
    targets = [f"/{(2 * i + k) % COUNT}" for k in (1, 2)]
    targets += [f"/{t}" for t in chance.choices(range(COUNT), k=6)]
    if i % 10 == 0:
      targets += [f"/gone{i % 30}", f"/old{i}"]
    pages[f"/{i}"] = html(links(*targets))
    pages[f"/old{i}"] = redirect(f"/{i}")
  pages["/"] = html(links("/0"))
  return pages


class Killer(Site):
  """A site that kills the process `victim` at a chosen request."""

  def __init__(self, chance):
    self.pages = make_pages(chance)
    self.victim = None
    self.rest = 0
    super().__init__(self.reply)

  def reply(self, _, path):
    self.rest -= 1
    if self.rest == 0 and self.victim is not None:
      self.victim.kill()
    return self.pages.get(path) or html("no", status="404 Not Found")


class Resume(unittest.TestCase):
  crawler = None

  def setUp(self):
    self.folder = tempfile.TemporaryDirectory()
    self.addCleanup(self.folder.cleanup)
    self.job = os.path.join(self.folder.name, "job")

  def crawl(self, site, *options):
    return Crawl(self.crawler, "--jobdir", self.job, *options, site.url + "/")

  def kill_once(self, site, requests):
    """Crawl until the site has seen so many requests, then kill -9."""
    site.rest = requests
    process = subprocess.Popen(
        [self.crawler, "-c", str(WIDTH), "--jobdir", self.job,
         site.url + "/"], env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    site.victim = process
    status = process.wait(60)
    site.victim = None
    return status

  def expected(self):
    with Killer(random.Random(SEED)) as site:
      whole = Crawl(self.crawler, site.url + "/")
      strip = lambda text: text.replace(site.url, "")
      return ({strip(page) for page in whole.pages},
              {tuple(map(strip, link)) for link in whole.broken})

  def test_killed_at_any_moment_it_goes_on(self):
    pages, broken = self.expected()
    for seed in range(SEED, SEED + RUNS):
      chance = random.Random(seed)
      if os.path.exists(self.job):
        os.remove(self.job)
      with self.subTest(seed=seed), Killer(random.Random(SEED)) as site:
        kills = 0
        while kills < 40 and self.kill_once(site,
                                            chance.randint(1, 60)) < 0:
          kills += 1
        crawl = self.crawl(site)
        self.check(site, crawl, pages, broken, kills)

  def check(self, site, crawl, pages, broken, kills):
    strip = lambda text: text.replace(site.url, "")
    self.assertEqual(1, crawl.status, crawl.output)
    self.assertGreater(kills, 0)
    # No page is lost, and none is listed twice.
    self.assertEqual(sorted(pages), sorted(map(strip, crawl.pages)))
    self.assertEqual(sorted(broken), sorted(
        tuple(map(strip, link)) for link in crawl.broken))
    # Again was asked for only what was in flight when it was killed.
    again = len(site.requests) - len(set(site.requests))
    self.assertLessEqual(again, kills * WIDTH)

  def test_a_job_that_is_done_asks_for_nothing(self):
    with Killer(random.Random(SEED)) as site:
      first = self.crawl(site)
      count = len(site.requests)
      second = self.crawl(site)
      self.assertEqual(count, len(site.requests))
    self.assertEqual(first.status, second.status)
    self.assertEqual(sorted(first.pages), sorted(second.pages))
    self.assertEqual(sorted(first.broken), sorted(second.broken))
    self.assertIn("0 of them queued", second.output)

  def test_a_page_limit_is_gone_on_from(self):
    pages, broken = self.expected()
    with Killer(random.Random(SEED)) as site:
      self.crawl(site, "--pages", "20")
      self.assertEqual(20, len(site.requests))
      crawl = self.crawl(site)
      self.check(site, crawl, pages, broken, 1)
      self.assertEqual(len(site.requests), len({*site.requests}))

  def test_a_depth_limit_is_kept(self):
    with Killer(random.Random(SEED)) as site:
      whole = Crawl(self.crawler, "--depth", "3", site.url + "/")
      self.crawl(site, "--depth", "3", "--pages", "4")
      crawl = self.crawl(site, "--depth", "3")
    self.assertEqual(sorted(whole.pages), sorted(crawl.pages))

  def test_one_crawler_at_a_time(self):
    base = sqlite3.connect(self.job, isolation_level=None)
    base.execute("PRAGMA locking_mode=EXCLUSIVE")
    base.execute("BEGIN EXCLUSIVE")
    with Killer(random.Random(SEED)) as site:
      crawl = self.crawl(site)
      self.assertEqual([], site.requests)
    base.close()
    self.assertEqual(2, crawl.status)
    self.assertIn("another crawler uses it", crawl.output)

  def test_a_file_of_somebody_else_is_refused(self):
    with open(self.job, "w", encoding="utf-8") as file:
      file.write("this is a letter to a friend\n" * 100)
    with Killer(random.Random(SEED)) as site:
      crawl = self.crawl(site)
      self.assertEqual(2, crawl.status)
      self.assertIn("not a database", crawl.output)
      os.remove(self.job)
      base = sqlite3.connect(self.job)
      base.execute("CREATE TABLE letters(text)")
      base.close()
      crawl = self.crawl(site)
      self.assertEqual([], site.requests)
    self.assertEqual(2, crawl.status)
    self.assertIn("is no crawl", crawl.output)

  def test_a_file_that_makes_no_sense_is_refused(self):
    for wrong in ("UPDATE link SET state = 99 WHERE id = 3",
                  "UPDATE link SET id = 9999 WHERE id = 3",
                  "UPDATE link SET target = 5000 WHERE target > 0",
                  "UPDATE link SET state = 7, target = id WHERE id = 4"):
      with Killer(random.Random(SEED)) as site:
        self.crawl(site, "--pages", "30")
        base = sqlite3.connect(self.job)
        base.execute(wrong)
        base.commit()
        base.close()
        crawl = self.crawl(site)
        self.assertEqual((2, 30), (crawl.status, len(site.requests)), wrong)
      os.remove(self.job)


if __name__ == "__main__":
  Resume.crawler = arguments(__doc__).crawler
  unittest.main()
