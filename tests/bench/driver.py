#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measure cress beside its peers, and print a table or JSON lines.

The slices of a row are interleaved: one of each contender, then again, each
round starting with another one, so that whatever slows the machine down slows
all of them. The figure is the median over the slices. In paired rows the ratio
is the median of the ratios within each round; elsewhere it is the ratio of the
medians. Everything but the result goes to standard error."""

import argparse
import json
import resource
import statistics
import sys

from programs import Failure, need_memory
from rows import CRESS, Paths, all_rows

LEAST_SLICES = 5
ATTEMPTS = 3
AGREEMENT = 0.03


def say(text):
  print(text, file=sys.stderr, flush=True)


class Measured:
  """What a row gave: for every label its slices, None where one failed."""

  def __init__(self, row, slices):
    self.row = row
    self.slices = {label: values for label, values in slices.items()
                   if values is not None}

  def figure(self, label):
    if label not in self.slices:
      return None
    return statistics.median(self.slices[label])

  def spread(self, label):
    """Half the distance of the quartiles, as a part of the median."""
    low, _, high = statistics.quantiles(self.slices[label], n=4)
    middle = self.figure(label)
    return abs((high - low) / 2 / middle) if middle else 0.0

  def ratio(self, label, base):
    """What `label` costs, as a multiple of `base`; None if unknown."""
    if label not in self.slices or base not in self.slices:
      return None
    if self.row.paired:
      return statistics.median(
          mine / theirs for mine, theirs
          in zip(self.slices[label], self.slices[base]))
    base_figure = self.figure(base)
    return self.figure(label) / base_figure if base_figure else None

  def agrees(self):
    """Did the program that was measured twice give the same twice?"""
    if not self.row.paired:
      return True
    once, again = self.row.twins
    ratio = self.ratio(again, once)
    return ratio is not None and abs(ratio - 1) <= AGREEMENT

  def peers(self):
    return [label for label in self.slices if label != CRESS]


class Contender:
  """One label of a row: makes its programs, and gives up when one fails."""

  def __init__(self, row, label):
    self.row, self.label = row, label
    self.maker = row.makers[label]
    self.program = None
    self.values = []

  def attempt(self, action):
    if self.values is None:
      return
    try:
      action()
    except Failure as failure:
      say("%s %s: %s left out: %s" % (self.row.bench, self.row.case,
                                      self.label, failure))
      self.values = None
      self.end()

  def start(self):
    need_memory(self.row.gigabytes)
    self.program = self.maker()

  def slice(self):
    if self.program is None:
      self.start()
    self.values.append(self.program.slice())
    if self.row.renew and len(self.values) % self.row.renew == 0:
      self.end()

  def end(self):
    if self.program is not None:
      self.program.end()
    self.program = None


def take(contenders, slices):
  """One run over all contenders: `slices` rounds, each begun elsewhere."""
  for i in range(slices):
    first = i % len(contenders)
    for one in contenders[first:] + contenders[:first]:
      if i < one.row.few.get(one.label, slices):
        one.attempt(one.slice)


def measure_once(row, slices):
  """Start all contenders, take the slices, and end them."""
  contenders = [Contender(row, label) for label in row.makers]
  try:
    if row.renew != 1:
      for one in contenders:
        one.attempt(one.start)
    take(contenders, slices)
  finally:
    for one in contenders:
      one.end()
  return Measured(row, {one.label: one.values for one in contenders})


def measure(row, slices):
  """Measure a row, again if it is paired and the noise was too great."""
  for left in reversed(range(ATTEMPTS)):
    result = measure_once(row, slices)
    once, again = row.twins
    ratio = result.ratio(again, once)
    if result.agrees() or ratio is None or left == 0:
      break
    say("%s %s: %s is %.3f of %s: measured again" % (
        row.bench, row.case, again, ratio, once))
  return result


def rounded(value):
  return None if value is None else float("%.4g" % value)


def print_json(result):
  row = result.row
  line = {"bench": row.bench, "case": row.case, "unit": row.unit,
          "cress": rounded(result.figure(CRESS)),
          "peers": {label: rounded(result.figure(label))
                    for label in result.peers()}}
  if row.paired:
    line["paired"] = {label: rounded(result.ratio(CRESS, label))
                      for label in result.peers()}
    line["counts"] = result.agrees()
  print(json.dumps(line), flush=True)


def print_header():
  print("%-29s %-23s %10s %6s %8s" % ("bench, case, unit", "contender",
                                     "median", "+-", "cress is"))


def print_table(result):
  row = result.row
  name = "%s %s, %s" % (row.bench, row.case, row.unit)
  for label in [CRESS] + result.peers():
    figure = result.figure(label)
    if figure is None:
      print("%-29s %-23s %10s" % (name, label, "-"))
    else:
      ratio = result.ratio(CRESS, label)
      text = "" if ratio is None or label == CRESS else "%.3f" % ratio
      print("%-29s %-23s %10.4g %5.1f%% %8s" % (
          name, label, figure, 100 * result.spread(label), text))
    name = ""
  if not result.agrees():
    print("    does not count: %s and %s differ by more than %d %%" % (
        *result.row.twins, round(100 * AGREEMENT)))
  sys.stdout.flush()


def arguments():
  parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
  parser.add_argument("--json", action="store_true",
                      help="print one JSON object a row and nothing else")
  parser.add_argument("--slices", type=int, metavar="N",
                      help="slices of every row, at least %d" % LEAST_SLICES)
  parser.add_argument("--built", nargs=2, required=True,
                      help=argparse.SUPPRESS)
  parser.add_argument("name", nargs="*",
                      help="a bench, or bench/case; default: all")
  return parser.parse_args()


def chosen(rows, names):
  """The rows that `names` ask for; all without names."""
  rows = list(rows)
  known = {row.bench for row in rows}
  known |= {"%s/%s" % (row.bench, row.case) for row in rows}
  for name in names:
    if name not in known:
      sys.exit("run.sh: no bench %s; there are: %s" % (
          name, " ".join(dict.fromkeys(row.bench for row in rows))))
  return [row for row in rows if not names or row.bench in names
          or "%s/%s" % (row.bench, row.case) in names]


def allow_connections():
  """Let the servers have as many descriptors as they may."""
  _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
  resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main():
  options = arguments()
  rows = chosen(all_rows(Paths(*options.built)), options.name)
  missed = 0
  allow_connections()
  if not options.json:
    print_header()
  for row in rows:
    slices = max(LEAST_SLICES, options.slices or row.slices)
    result = measure(row, slices)
    missed += CRESS not in result.slices
    missed += len(result.slices) < len(row.makers)
    if options.json:
      print_json(result)
    else:
      print_table(result)
  return 1 if missed else 0


if __name__ == "__main__":
  sys.exit(main())
