#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints "passed failed skipped suites" of a log that meson test has written.

usage: count.py LOG

A log that is not there is a failure: its run never started.
"""
import json
import sys


def main(path):
  counts = {'OK': 0, 'FAIL': 0, 'SKIP': 0}
  suites = set()
  try:
    with open(path, encoding='utf-8') as log:
      for line in log:
        test = json.loads(line)
        result = {'EXPECTEDFAIL': 'OK'}.get(test['result'], test['result'])
        counts[result if result in counts else 'FAIL'] += 1
        suites.add(test['name'].split(' / ')[0])
  except OSError:
    counts['FAIL'] += 1
  print(*counts.values(), len(suites))


if __name__ == '__main__':
  main(sys.argv[1])
