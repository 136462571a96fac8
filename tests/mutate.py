#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the library on purpose, one law at a time, and sees the tests fail.

Each entry of mutations.txt is a small edit: the law that it breaks, the test
programs that must notice, the file, and the old and the new lines. The tree is
copied and built once, and the tests must pass there: an edit whose test fails
anyway proves nothing. Then each edit in turn is applied, what changed is built,
the tests of the entry run, and one of them must fail: by its status, by a
signal, or by never ending. An edit that no test notices has survived, and a law
without a witness has been found.

usage: mutate.py ROOT [--some | --only LAW[,LAW...]] [--jobs N]

--some takes the first edit of every second law, which is the same each time.
Ends with `N passed, N failed, N skipped`, a caught edit counting as passed.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

LEAST = 30
TIME_OUT = 10
HEAD = re.compile(r'@ (?P<law>[GVRD]\d+) (?P<tests>\S+) (?P<path>\S+)$')


class Mutation:
  """One entry of the list: whole lines that change into other lines."""

  def __init__(self, match, line):
    self.law = match['law']
    self.tests = match['tests'].split(',')
    self.path = match['path']
    self.line = line
    self.old = []
    self.new = []

  def __str__(self):
    gist = (self.new or self.old)[0].strip() if self.old else ''
    return f'{self.law:4} {self.path}: {gist[:44]}'

  def apply(self, text):
    """Return the edited text, or None if the old lines are not there once."""
    old = ''.join(line + '\n' for line in self.old)
    new = ''.join(line + '\n' for line in self.new)
    starts = [m.start() for m in re.finditer('^' + re.escape(old), text, re.M)]
    if not self.old or old == new or len(starts) != 1:
      return None
    return text[:starts[0]] + new + text[starts[0] + len(old):]


def read_list(path):
  """Parse the list; a line that is none of its kinds is an error."""
  entries = []
  with open(path, encoding='utf-8') as stream:
    for number, line in enumerate(stream.read().split('\n'), 1):
      match = HEAD.match(line)
      if match:
        entries.append(Mutation(match, number))
      elif line[:1] == '-' and entries:
        entries[-1].old.append(line[1:])
      elif line[:1] == '+' and entries:
        entries[-1].new.append(line[1:])
      elif line.strip() and not line.startswith('#'):
        sys.exit(f'{path}:{number}: cannot be read: {line}')
  return entries


class Tree:
  """A copy of the source tree with a build folder of its own."""

  def __init__(self, root, place, jobs):
    self.root = os.path.join(place, 'tree')
    self.build = os.path.join(place, 'build')
    self.jobs = str(jobs)
    skip = shutil.ignore_patterns('build*', '.git', '.cache', '__pycache__')
    shutil.copytree(root, self.root, ignore=skip)
    run = self.command('meson', 'setup', self.build, self.root,
                       '-Ddebug=false')
    if run.returncode != 0:
      sys.exit(run.stdout)
    targets = {t['id']: t for t in self.introspect('--targets')}
    self.tests = {}
    for test in self.introspect('--tests'):
      needed = {os.path.relpath(name, self.build) for i in test['depends']
                if i in targets for name in targets[i]['filename']}
      self.tests[test['name']] = (test, needed)

  def command(self, *command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)

  def introspect(self, what):
    run = subprocess.run(['meson', 'introspect', what, self.build],
                         stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)

  def make(self, names):
    """Build what these tests need; return an error message or None."""
    needed = sorted(set().union(*(self.tests[n][1] for n in names)))
    # Without a name all would be built.
    needed = needed or ['build.ninja']
    run = self.command('ninja', '-C', self.build, '-j', self.jobs, *needed)
    return None if run.returncode == 0 else run.stdout[-2000:]

  def passes(self, name, time_out):
    """Run one test; return (passed, how it ended)."""
    test = self.tests[name][0]
    process = subprocess.Popen(
        test['cmd'], cwd=test['workdir'] or self.build,
        env={**os.environ, **test['env']}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    try:
      status = process.wait(timeout=time_out)
      if status < 0:
        return False, f'died of {signal.Signals(-status).name}'
      return status == 0, f'ended with {status}'
    except subprocess.TimeoutExpired:
      return False, 'never ended'
    finally:
      # A broken test may leave children behind; they are in its session.
      try:
        os.killpg(process.pid, signal.SIGKILL)
      except ProcessLookupError:
        pass
      process.wait()

  def read(self, path):
    full = os.path.join(self.root, path)
    if not os.path.isfile(full):
      return ''
    with open(full, encoding='utf-8') as stream:
      return stream.read()

  def write(self, path, text):
    with open(os.path.join(self.root, path), 'w', encoding='utf-8') as stream:
      stream.write(text)


def try_mutation(tree, mutation, failing):
  """Return (what became of the edit, a message)."""
  unknown = [name for name in mutation.tests if name not in tree.tests]
  if unknown:
    return 'useless', f'there is no test {", ".join(unknown)}'
  already = failing.intersection(mutation.tests)
  if already:
    return 'useless', f'{", ".join(already)} fails without it'
  original = tree.read(mutation.path)
  edited = mutation.apply(original)
  if edited is None:
    return 'useless', 'it does not apply any more'
  tree.write(mutation.path, edited)
  try:
    broken = tree.make(mutation.tests)
    if broken:
      return 'useless', 'it does not compile:\n' + broken
    for name in mutation.tests:
      passed, how = tree.passes(name, TIME_OUT)
      if not passed:
        return 'caught', f'{name} {how}'
    return 'SURVIVED', ', '.join(mutation.tests)
  finally:
    tree.write(mutation.path, original)


def failing_unmutated(tree, names):
  """Build everything; return the tests that fail with nothing broken."""
  broken = tree.make(names)
  if broken:
    sys.exit(f'the tree does not build:\n{broken}')
  return {name for name in names if not tree.passes(name, TIME_OUT)[0]}


def main():
  parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
  parser.add_argument('root')
  parser.add_argument('--only', default='')
  parser.add_argument('--some', action='store_true')
  parser.add_argument('--jobs', type=int, default=os.cpu_count())
  options = parser.parse_args()
  root = os.path.abspath(options.root)
  mutations = read_list(os.path.join(root, 'tests', 'mutations.txt'))
  complete = not options.only
  if options.only:
    laws = options.only.split(',')
    mutations = [m for m in mutations if m.law in laws]
  if options.some:
    first = {}
    for mutation in mutations:
      first.setdefault(mutation.law, mutation)
    mutations = list(first.values())[::2]
  caught = 0
  with tempfile.TemporaryDirectory(prefix='cress-mutate-') as place:
    tree = Tree(root, place, options.jobs)
    names = {name for m in mutations for name in m.tests}
    failing = failing_unmutated(tree, sorted(names & set(tree.tests)))
    for mutation in mutations:
      result, message = try_mutation(tree, mutation, failing)
      caught += result == 'caught'
      print(f'{result:8} {mutation}: {message}', flush=True)
  failed = len(mutations) - caught
  if complete and len(mutations) < LEAST:
    print(f'the list has {len(mutations)} edits, {LEAST} is the least')
    failed += 1
  print(f'{caught} passed, {failed} failed, 0 skipped')
  return 1 if failed or not caught else 0


if __name__ == '__main__':
  sys.exit(main())
