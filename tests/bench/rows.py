# SPDX-License-Identifier: MIT
"""The rows that are measured: which contenders, how often, and started how.

A row has a maker for every label; what it makes has slice() and end(). With
`renew` N, a program is started anew for every N slices: 1 where the first
slice is the cold one, or where what it took it keeps; 3 where a few
nanoseconds depend on how the addresses of a process happen to lie. A label in
`few` has fewer slices than the row, because it is slow and far from a limit.
A slice is not begun without `gigabytes` of memory."""

import functools
import os

import crawl_site
import http_site
from programs import Crawler, Program, Server

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
CRESS = "cress"
UNCOLOURED = "cress-uncoloured"
RAW, AGAIN = "raw-epoll", "raw-epoll-again"


class Row:
  """One bench and case."""

  def __init__(self, bench, case, unit, slices, renew=0):
    self.bench, self.case, self.unit = bench, case, unit
    self.slices, self.renew = slices, renew
    self.paired = False
    self.twins = RAW, AGAIN
    self.gigabytes = 0
    self.makers = {}
    self.few = {}

  def add(self, label, *argv):
    self.makers[label] = functools.partial(Program, list(argv))
    return self

  def add_server(self, label, argv, load, mode):
    self.makers[label] = functools.partial(Server, argv, load, mode,
                                           int(self.case))
    return self

  def add_crawler(self, label, folder, *argv):
    self.makers[label] = functools.partial(
        Crawler, list(argv), [PYTHON, Paths.script("nginx.py")], folder,
        self.case == "wall")
    return self


class Paths:
  """Where the programs are: built twice, with and without colouring."""

  def __init__(self, coloured, uncoloured):
    self.coloured, self.other = coloured, uncoloured

  def built(self, name):
    return os.path.join(self.coloured, "tests", "bench", name)

  def uncoloured(self, name):
    return os.path.join(self.other, "tests", "bench", name)

  def example(self, name):
    return os.path.join(self.coloured, "examples", name)

  @staticmethod
  def script(name):
    return os.path.join(HERE, "peers", name)


def switch_rows(paths):
  fcontext = paths.built("peer-fcontext")
  ucontext = paths.built("peer-ucontext")
  shapes = ["raw"] + ["raw-%dsite-d%d" % (sites, depth)
                      for sites in (1, 2) for depth in (0, 1, 3)]
  for case in shapes:
    row = Row("switch", case, "ns", 21, 3)
    row.add(CRESS, paths.built("bench-raw"), "switch", case)
    row.add("boost-fcontext", fcontext, "switch", case, "coloured")
    row.add("boost-fcontext-aligned", fcontext, "switch", case, "aligned")
    row.add("ucontext", ucontext, "switch", case)
    yield row
  for case in ("generator", "generator-shared-fp"):
    row = Row("switch", case, "ns", 21, 3)
    row.add(CRESS, paths.built("bench-switch"), "switch", case)
    row.add("boost-fcontext", fcontext, "switch", "generator", "coloured")
    row.add("ucontext", ucontext, "switch", "generator")
    row.add("greenlet", PYTHON, paths.script("gevent_sched.py"), "switch",
            "generator")
    yield row
  case = "round-robin-1000"
  row = Row("switch", case, "ns", 21, 3)
  row.add(CRESS, paths.built("bench-switch"), "switch", case)
  row.add(UNCOLOURED, paths.uncoloured("bench-switch"), "switch", case)
  row.add("boost-fcontext", fcontext, "switch", case, "coloured")
  row.add("boost-fcontext-aligned", fcontext, "switch", case, "aligned")
  yield row


def form_rows(paths):
  """The switch of x86-64 beside other forms of itself."""
  for case in ("raw", "raw-1site-d0", "raw-1site-d1", "raw-2site-d1",
               "raw-1site-d3", "raw-2site-d3"):
    row = Row("forms", case, "ns", 21, 3)
    row.add(CRESS, paths.built("bench-raw"), "switch", case)
    for form in ("ret", "jump", "pushed", "inline", "shared", "inline-shared"):
      row.add(form, paths.built("bench-form-" + form), "switch", case)
    row.add("boost-fcontext", paths.built("peer-fcontext"), "switch", case,
            "coloured")
    yield row


def add_schedulers(paths, row, *more):
  """Add the contenders that have a scheduler, and `more` of them."""
  arguments = (row.bench, row.case)
  row.add(CRESS, paths.built("bench-sched"), *arguments)
  row.add("boost-fiber", paths.built("peer-fiber"), *arguments)
  row.add("state-threads", paths.built("peer-st"), *arguments)
  row.add("go", paths.built("peer-go-sched"), *arguments)
  if "ucontext" in more:
    row.add("ucontext", paths.built("peer-ucontext"), *arguments)
  if "gevent" in more:
    row.add("gevent", PYTHON, paths.script("gevent_sched.py"), *arguments)
  return row


def scheduler_rows(paths):
  yield add_schedulers(paths, Row("spawn", "spawn-join", "ns", 21, 3),
                       "ucontext", "gevent")
  for count in ("2", "100", "10000"):
    yield add_schedulers(paths, Row("yield", count, "ns", 21, 3), "gevent")
  for case in ("1000000-64k", "1000000-128k"):
    row = add_schedulers(paths, Row("memory", case, "bytes", 5, 1))
    row.gigabytes = 7
    yield row
  for case in ("100000-cold", "100000-pooled"):
    renew = 1 if case.endswith("cold") else 0
    yield add_schedulers(paths, Row("sleep", case, "s", 5, renew), "gevent")


def sync_rows(paths):
  for arguments in (("mutex", "contended"), ("semaphore", "hand-off")):
    row = Row(*arguments, "ns", 21, 3)
    row.add(CRESS, paths.built("bench-sync"), *arguments)
    row.add("go", paths.built("peer-go-channel"), *arguments)
    row.add("gevent", PYTHON, paths.script("gevent_channel.py"), *arguments)
    if row.bench == "mutex":
      row.add("boost-fiber", paths.built("peer-fiber-channel"), *arguments)
      row.add("state-threads", paths.built("peer-st"), *arguments)
    yield row


def add_channels(paths, row, *peers):
  """Add cress, Go, and those of the others that have the like."""
  arguments = (row.bench, row.case)
  row.add(CRESS, paths.built("bench-channel"), *arguments)
  row.add("go", paths.built("peer-go-channel"), *arguments)
  if "boost-fiber" in peers:
    row.add("boost-fiber", paths.built("peer-fiber-channel"), *arguments)
  if "gevent" in peers:
    row.add("gevent", PYTHON, paths.script("gevent_channel.py"), *arguments)
  return row


def channel_rows(paths):
  both = ("boost-fiber", "gevent")
  for bench, case in (("channel", "unbuffered"), ("channel", "buffered-128"),
                      ("ring", "10000"), ("queue", "put-get")):
    yield add_channels(paths, Row(bench, case, "ns", 21, 3), *both)
  for case in ("2", "8"):
    yield add_channels(paths, Row("select", case, "ns", 21, 3))
  for case, gigabytes in (("1000000", 2), ("1000000-unbuffered", 6)):
    row = add_channels(paths, Row("skynet", case, "s", 5, 1))
    row.gigabytes = gigabytes
    yield row


def server_rows(paths):
  load = paths.built("bench-echo-load")
  echo = [paths.example("echo"), "127.0.0.1:PORT"]
  libev = [paths.built("peer-libev-echo"), "PORT"]
  go = [paths.built("peer-go-echo"), "PORT"]
  raw = [paths.built("peer-epoll-echo"), "PORT"]
  gevent = [PYTHON, paths.script("gevent_echo.py"), "PORT"]
  for count in ("50", "1000", "10000"):
    row = Row("echo", count, "us", 31)
    row.paired = True
    row.few = {"go": 15, "gevent": 15}
    for label, argv in ((CRESS, echo), ("libev", libev), (RAW, raw),
                        (AGAIN, raw), ("go", go), ("gevent", gevent)):
      row.add_server(label, argv, load, "echo")
    yield row
  row = Row("idle", "10000", "bytes", 5, 1)
  for label, argv in ((CRESS, echo), ("libev", libev), ("go", go)):
    row.add_server(label, argv, load, "idle")
  yield row


def http_rows(paths):
  load = paths.built("bench-http-load")
  site = http_site.make(os.path.dirname(load))
  servers = (
      (CRESS, [paths.example("httpd"), "-a", "127.0.0.1:PORT", "-H",
               http_site.PADDING["cress"], site]),
      ("nginx", [PYTHON, paths.script("nginx.py"), "PORT", site]),
      ("nginx-again", [PYTHON, paths.script("nginx.py"), "PORT", site]),
      ("go", [paths.built("peer-go-http"), "PORT", site,
              http_site.PADDING["go"]]),
      ("gevent", [PYTHON, paths.script("gevent_http.py"), "PORT", site,
                  http_site.PADDING["gevent"]]))
  for count in ("100", "1000"):
    row = Row("http", count, "us", 31)
    row.paired = True
    row.twins = "nginx", "nginx-again"
    row.few = {"go": 15, "gevent": 5}
    for label, argv in servers:
      row.add_server(label, argv, load, "http")
    yield row


def crawl_rows(paths):
  folder = os.path.dirname(paths.built("crawl-site"))
  start = crawl_site.START
  cress = [paths.example("crawler/crawler"), "-c", "64"]
  go = paths.built("peer-go-crawl")
  for case in ("parse", "wall"):
    row = Row("crawl", case, "ms", 21)
    row.few = {"scrapy": 5}
    row.add_crawler(CRESS, folder, *cress, start)
    row.add_crawler("go", folder, go, start)
    row.add_crawler("go-tokenizer", folder, go, "-t", start)
    row.add_crawler("scrapy", folder, PYTHON,
                    paths.script("scrapy_crawl.py"), start)
    yield row
  row = Row("crawl", "fetch-only", "ms", 21)
  row.add_crawler(CRESS, folder, *cress, "-f", "-i", "LIST")
  row.add_crawler("curl", folder, "curl", "--no-progress-meter", "--parallel",
                  "--parallel-max", "64", "--config", "CONFIGURATION")
  row.add_crawler("go", folder, go, "-f", "LIST")
  yield row


def all_rows(paths):
  """Every row, in the order in which they are measured."""
  yield from switch_rows(paths)
  if os.uname().machine == "x86_64":
    yield from form_rows(paths)
  yield from scheduler_rows(paths)
  yield from sync_rows(paths)
  yield from channel_rows(paths)
  yield from server_rows(paths)
  yield from http_rows(paths)
  yield from crawl_rows(paths)
