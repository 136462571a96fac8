#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""gevent's queues, channels and locks, under the driver's protocol."""

import sys

import gevent
import gevent.lock
import gevent.queue

from gevent_sched import timed


def messages(channel):
  def send():
    while True:
      channel.put(1)

  def receive(n):
    for _ in range(n):
      channel.get()
    return n
  gevent.spawn(send)
  gevent.spawn(timed, receive).join()


def ring(size):
  channels = [gevent.queue.Channel() for _ in range(size + 1)]

  def pass_on(source, target):
    while True:
      target.put(source.get() + 1)

  def go_round(n):
    hops = 0
    while hops < n:
      channels[0].put(hops)
      hops = channels[-1].get()
    return hops
  for source, target in zip(channels, channels[1:]):
    gevent.spawn(pass_on, source, target)
  gevent.spawn(timed, go_round).join()


def contended():
  mutex = gevent.lock.BoundedSemaphore(1)

  def lock(n):
    for _ in range(n):
      mutex.acquire()
      gevent.sleep(0)
      mutex.release()

  def lock_by_two(n):
    other = gevent.spawn(lock, n)
    lock(n)
    other.join()
    return 2 * n
  gevent.spawn(timed, lock_by_two).join()


def hand_off():
  there, back = gevent.lock.Semaphore(0), gevent.lock.Semaphore(0)

  def answer():
    while True:
      there.acquire()
      back.release()

  def ask(n):
    for _ in range(n):
      there.release()
      back.acquire()
    return 2 * n
  gevent.spawn(answer)
  gevent.spawn(timed, ask).join()


def main():
  bench, case = sys.argv[1:]
  if (bench, case) == ("channel", "unbuffered"):
    messages(gevent.queue.Channel())
  elif bench in ("channel", "queue"):
    messages(gevent.queue.Queue(128))
  elif bench == "ring":
    ring(int(case))
  elif bench == "mutex":
    contended()
  elif bench == "semaphore":
    hand_off()
  else:
    sys.exit("no such bench")


if __name__ == "__main__":
  main()
