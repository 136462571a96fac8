#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds LAWS.md, the tests and the sources together.

Each row of LAWS.md has a number, the law, the tests that prove it and the
functions that keep it. A test says what it proves in a comment that begins
with the numbers, right above it: `/* G7 */`, `/* V64, R45: why */`, and in
scripts `# R62`. This script fails when a law has no test, when a test names a
law that is not there, and when a test or function of a row does not exist.

usage: laws.py ROOT             checks
       laws.py --update ROOT    writes the column of tests anew, then checks
"""
import os
import re
import sys

NUMBER = r'[GVRD][1-9][0-9]*'
LIST = re.compile(rf'({NUMBER}(?:(?:,| and|, and) {NUMBER})*)\b')
ROW = re.compile(rf'^\| ({NUMBER}) \|(.*)\|(.*)\|(.*)\|$')

# A comment, then the head of a function; what may stand between the name and
# the end of the comment are only the words of a declaration.
C_TEST = re.compile(
    r'/\*((?:[^*]|\*(?!/))*)\*/\s*\n'
    r'(?:[A-Za-z_][\w \t*]*[ \t*\n])?([a-z_]\w*)\(', re.M)
SCRIPT_TEST = re.compile(
    r'^[ \t]*#[ \t]*(.*)\n(?:[ \t]*#.*\n)*'
    r'[ \t]*(?:def[ \t]+)?([a-z_]\w*)[ \t]*\(', re.M)


def read(path):
  with open(path, encoding='utf-8') as stream:
    return stream.read()


def tagged_tests(root):
  """Yield (file, test, [numbers]) for all below tests/."""
  for folder, names, leaves in os.walk(os.path.join(root, 'tests')):
    names[:] = sorted(n for n in names if n != '__pycache__')
    for leaf in sorted(leaves):
      full = os.path.join(folder, leaf)
      if leaf.endswith(('.c', '.cc')):
        pattern = C_TEST
      elif leaf.endswith(('.py', '.sh')) and leaf != 'laws.py':
        pattern = SCRIPT_TEST
      else:
        continue
      for match in pattern.finditer(read(full)):
        head = LIST.match(match.group(1).strip())
        if head:
          yield (os.path.relpath(full, root), match.group(2),
                 re.findall(NUMBER, head.group(1)))


def untied_tags(root):
  """Comments that hold a number and nothing else, but no test follows."""
  alone = re.compile(rf'/\*\s*({NUMBER}(?:, {NUMBER})*)\s*\*/[ \t]*\n')
  for folder, _, leaves in os.walk(os.path.join(root, 'tests')):
    for leaf in sorted(leaves):
      if not leaf.endswith(('.c', '.cc')):
        continue
      text = read(os.path.join(folder, leaf))
      tied = {m.start() for m in C_TEST.finditer(text)}
      for match in alone.finditer(text):
        if match.start() not in tied:
          line = text.count('\n', 0, match.start()) + 1
          path = os.path.relpath(os.path.join(folder, leaf), root)
          yield f'{path}:{line}: {match.group(1)} stands above no function'


def unregistered(root, proofs):
  """Tests in C that are defined and not mentioned again: they never run."""
  for path, name in sorted({t for tests in proofs.values() for t in tests}):
    text = read(os.path.join(root, path))
    if path.endswith('.c') and len(re.findall(rf'\b{name}\b', text)) < 2:
      yield f'{path}: {name} is never run'


def named(cell):
  """Yield (file, name) for a cell of the form `file: a, b; file2: c`."""
  if cell.strip() == 'none':
    return
  for part in filter(None, (p.strip() for p in cell.split(';'))):
    path, _, names = part.partition(':')
    for name in names.split(','):
      yield path.strip(' `'), name.strip(' `')


def cell_of(tests):
  files = {}
  for path, name in tests:
    files.setdefault(path, []).append(f'`{name}`')
  return '; '.join(f'{path}: {", ".join(names)}'
                   for path, names in files.items())


def laws_of(text):
  return {m.group(1): [m.group(i).strip() for i in (2, 3, 4)]
          for m in map(ROW.match, text.split('\n')) if m}


def update(path, proofs):
  lines = []
  for line in read(path).split('\n'):
    match = ROW.match(line)
    if match:
      tests = cell_of(proofs.get(match.group(1), []))
      line = (f'| {match.group(1)} | {match.group(2).strip()} | '
              f'{tests or "none"} | {match.group(4).strip()} |')
    lines.append(line)
  with open(path, 'w', encoding='utf-8') as stream:
    stream.write('\n'.join(lines))


def defines(root, path, name, cache):
  if path not in cache:
    full = os.path.join(root, path)
    cache[path] = read(full) if os.path.isfile(full) else None
  return re.search(rf'^(?=[A-Za-z_#])[^\n]*\b{re.escape(name)}\b',
                   cache[path] or '', re.M)


def check(root, laws, proofs):
  cache = {}
  for law, (sentence, tests, keepers) in laws.items():
    if not sentence:
      yield f'{law} says nothing'
    if not proofs.get(law):
      yield f'{law} has no test that names it'
    listed = set(named(tests))
    for path, name in sorted(listed - set(proofs.get(law, []))):
      yield f'{law}: {path} has no test {name} that names it'
    for path, name in sorted(set(proofs.get(law, [])) - listed):
      yield f'{law}: {path}: {name} is missing in its row (--update)'
    kept = list(named(keepers))
    if not kept:
      yield f'{law} is kept by no function'
    for path, name in kept:
      if not defines(root, path, name, cache):
        yield f'{law}: {path} has no {name}'
  for law in sorted(set(proofs) - set(laws)):
    for path, name in proofs[law]:
      yield f'{path}: {name} names {law}, which is not in LAWS.md'
  yield from untied_tags(root)
  yield from unregistered(root, proofs)


def main(arguments):
  updating = arguments[:1] == ['--update']
  arguments = arguments[updating:]
  if len(arguments) != 1:
    print(__doc__, file=sys.stderr)
    return 2
  root = arguments[0]
  path = os.path.join(root, 'tests', 'LAWS.md')
  proofs = {}
  for test_file, name, numbers in tagged_tests(root):
    for number in numbers:
      if (test_file, name) not in proofs.setdefault(number, []):
        proofs[number].append((test_file, name))
  if updating:
    update(path, proofs)
  laws = laws_of(read(path))
  found = list(check(root, laws, proofs))
  for finding in found:
    print(finding)
  tests = {test for tests in proofs.values() for test in tests}
  print(f'{len(laws)} laws, {len(tests)} tests that name one, '
        f'{len(found)} findings')
  return 1 if found or not laws else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
