#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""gevent, and for the generator the greenlets below it, under the driver's
protocol (see harness.h). Standard input is read by a plain read(2), so that
the whole process stands still between slices."""

import ctypes
import os
import sys
import time

import gevent
import greenlet

SLICE = 0.03
SLEEPERS = 100000
ALL_FLAGS = 0xff
libm = ctypes.CDLL("libm.so.6")
turns = 0


def asked():
  while True:
    byte = os.read(0, 1)
    if byte in (b"", b"\n"):
      return byte != b""


def figures(figure):
  os.write(1, b"ready\n")
  while asked():
    os.write(1, b"%.6f\n" % figure())
  os._exit(0)


def timed(run):
  count = 1

  def once():
    start = time.process_time()
    libm.feclearexcept(ALL_FLAGS)
    done = run(count)
    return time.process_time() - start, done

  def nanoseconds():
    cost, done = once()
    return cost / done * 1e9

  while once()[0] < SLICE:
    count *= 2
  figures(nanoseconds)


def run_nothing():
  pass


def spawn_join(n):
  for _ in range(n):
    gevent.spawn(run_nothing).join()
  return n


def yield_n(n):
  global turns
  before = turns
  for _ in range(n):
    turns += 1
    gevent.sleep(0)
  return turns - before


def yields(count):
  for _ in range(count - 1):
    gevent.spawn(yield_n, sys.maxsize)
  gevent.spawn(timed, yield_n).join()


def sleep_all():
  start = time.process_time()
  gevent.joinall([gevent.spawn(gevent.sleep, i * 7919 % SLEEPERS * 1e-6)
                  for i in range(SLEEPERS)])
  return time.process_time() - start


def produce(_):
  parent = greenlet.getcurrent().parent
  item = 0
  while True:
    item += 1
    parent.switch(item)


def generator():
  numbers = greenlet.greenlet(produce)

  def consume(n):
    for _ in range(n):
      numbers.switch(None)
    return 2 * n
  timed(consume)


def main():
  bench, case = sys.argv[1:]
  if bench == "switch":
    generator()
  elif bench == "spawn":
    timed(spawn_join)
  elif bench == "yield":
    yields(int(case))
  elif bench == "sleep":
    if case.endswith("-pooled"):
      sleep_all()
    figures(sleep_all)
  else:
    sys.exit("no such bench")


if __name__ == "__main__":
  main()
