#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples that only print: what they print, to the letter.

usage: output.py PROGRAM
"""
import os
import subprocess
import sys

import support

EXPECTED = {
    'hello': '''\
hello, ann
hello, bob
''',
    'generator': '''\
1
2
3
cress
fills
gardens
over
night
''',
    'pingpong': '''\
ping 4
pong 3
ping 2
pong 1
ping dropped the ball
pong goes home
''',
    'timeouts': '''\
one deadline: timed out
inner scope: not to blame
outer scope: timed out
another's switch: cancelled
worker: killed, and parks no more
worker: tidies up, undisturbed
worker's shield: not to blame
worker ended: 0
''',
    'group': '''\
as they come:
  1: news
  2: about
  0: index
in order, two at a time:
  index, news, about
all or nothing:
  the join was cancelled
  slow: given up
  because of No such file or directory
the fastest:
  near
  far: given up
  further: given up
in time:
  slow: given up
  slow has ended: 110
  too late
from a source:
  index
  news
  about
''',
    'simulate': '''\
careless office, usual order: sold once
careless office, another order: sold twice
careless office, that seed again: the same to the bit
careful office, usual order: sold once
careful office, all 1000 orders: sold once
''',
    'rate_limiter': '''\
served: 12
at once: as agreed
in a tick: as agreed
''',
    'philosophers': '''\
left fork first: a deadlock, in one order of many; all wait for 5 forks
lower fork first: they dine, in each of 500 orders
''',
    'sieve': '''\
2
3
5
7
11
13
17
19
23
29
''',
    'workers': '''\
brought, and 2 at most still wait
1 squared is 1
2 squared is 4
3 squared is 9
4 squared is 16
5 squared is 25
6 squared is 36
7 squared is 49
8 squared is 64
3 workers went home, 8 jobs were done
''',
    'producer_consumer': '''\
-- what is left is consumed
dropped: 0
producer: shut down
consumer: apples
consumer: bread
consumer: cheese
consumer: shut down
-- what is left is dropped
dropped: 3
producer: shut down
consumer: shut down
''',
    'publish_subscribe': '''\
ann hears the bell
ann has read 8 and missed 0
bob has read 1 and missed 4
bob leaves 3 unread
''',
}

PROGRAM = sys.argv[1]


def it_prints_what_it_says():
  done = subprocess.run([PROGRAM], capture_output=True, text=True,
                        timeout=support.PATIENCE)
  support.equal(done.stdout, EXPECTED[os.path.basename(PROGRAM)])
  support.equal(done.stderr, '')
  support.equal(done.returncode, 0)


support.run(it_prints_what_it_says)
