#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the tables of park points against the public headers.

Every function that a header declares must either say in its comment that it
does not park, or be the name of a row in some rows_*.c, or be listed in some
no_row*.txt with a reason. So a new primitive cannot be forgotten, whatever its
comment says or leaves out. A row or a reason for what is not there, and a
reason for what needs none, are findings too; so is a rows_*.c that meson.build
does not build.

usage: rows.py ROOT           checks
       rows.py --self-test    plants each finding and sees it found
"""
import glob
import os
import re
import sys

NOT = re.compile(r'(?:\b(?P<subject>cress_\w+)\(\) )?'
                 r'\b(?:does not|do not|never|neither) parks?\b', re.I)
TOKEN = re.compile(r'(?P<comment>/\*.*?\*/)|(?P<stop>[;{}])|'
                   r'(?P<name>\bcress_\w+)\s*\(', re.S)
ROW = re.compile(r'"(cress_\w+)"')


def declarations(text):
  """Yield (function, the comment above it) for each declaration."""
  text = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', '', text, flags=re.M)
  comment, named = '', False
  for match in TOKEN.finditer(text):
    if match['comment']:
      comment = re.sub(r'[\s*]+', ' ', match['comment'])
    elif match['stop']:
      named = False
    elif not named:
      # What follows within the same declaration is its parameters.
      named = True
      before = text[:match.start()]
      line = before[before.rfind('\n') + 1:]
      if 'typedef' not in line:
        yield match['name'], comment


def is_silent(name, comment):
  """Does it say that it does not park, and not of another function only?"""
  return any(match['subject'] in (None, name)
             for match in NOT.finditer(comment))


def public_functions(root):
  """Map each function to whether its comment says that it does not park."""
  found = {}
  for path in sorted(glob.glob(os.path.join(root, 'include/cress/*.h'))):
    with open(path, encoding='utf-8') as stream:
      for name, comment in declarations(stream.read()):
        found[name] = is_silent(name, comment)
  return found


def rows(root):
  """Map each name that a row gives to the file; and the files to tables."""
  names, files = {}, []
  for path in sorted(glob.glob(os.path.join(root, 'tests/cancel/rows_*.c'))):
    files.append(os.path.basename(path))
    with open(path, encoding='utf-8') as stream:
      text = stream.read()
    for name in ROW.findall(text[text.find('struct park_point points[]'):]):
      names.setdefault(name, files[-1])
  return names, files


def reasons(text):
  """Map each name of `NAME[, NAME...]: reason` to the reason."""
  found = {}
  for line in text.split('\n'):
    if not line.strip() or line.startswith('#'):
      continue
    listed, _, reason = line.partition(': ')
    found.update((name, reason.strip()) for name in listed.split(', '))
  return found


def findings(functions, names, excused):
  """All that is wrong between the three."""
  for name, silent in sorted(functions.items()):
    if not silent and name not in names and name not in excused:
      yield (f'{name} may park, and has no row: write one, or say in its '
             'comment that it does not park, or why not in no_row.txt')
  for name in sorted(names):
    if name not in functions:
      yield f'{names[name]}: there is no function {name}'
  for name, reason in sorted(excused.items()):
    if name not in functions:
      yield f'no_row.txt: there is no function {name}'
    elif functions[name]:
      yield f'no_row.txt: {name} says by itself that it does not park'
    elif name in names:
      yield f'no_row.txt: {name} has a row'
    if not reason:
      yield f'no_row.txt: {name} is without a reason'


def unbuilt(files, build):
  for leaf in files:
    if f"'{leaf[5:-2]}'" not in build:
      yield f'{leaf} is not built'


def self_test():
  header = '''/* The model. */
/* Park. */
int cress_a(int (*fn)(void *arg), void *arg);
/* As a,
 * but does not park. */
int cress_b(struct cress_x *x);
typedef void *cress_fn(void *arg);
/* Both, but cress_e() never parks. */
int cress_c(void); int cress_d(void); void cress_e(void);
#define CRESS_E(x) cress_f(x)
'''
  functions = {n: is_silent(n, c) for n, c in declarations(header)}
  wanted = {'cress_a': False, 'cress_b': True, 'cress_c': False,
            'cress_d': False, 'cress_e': True}
  planted = {
      'cress_c may park': ({'cress_a': 'r'}, {'cress_d': 'why'}),
      'no function cress_z': ({'cress_a': 'r', 'cress_z': 'r'},
                              {'cress_c': 'why', 'cress_d': 'why'}),
      'no function cress_y': ({'cress_a': 'r', 'cress_c': 'r'},
                              {'cress_d': 'why', 'cress_y': 'why'}),
      'cress_b says': ({'cress_a': 'r', 'cress_c': 'r', 'cress_d': 'r'},
                       {'cress_b': 'why'}),
      'cress_d has a row': ({'cress_a': 'r', 'cress_c': 'r', 'cress_d': 'r'},
                            {'cress_d': 'why'}),
      'cress_d is without': ({'cress_a': 'r', 'cress_c': 'r'},
                             {'cress_d': ''}),
  }
  failed = 0 if functions == wanted else 1
  for message, (names, excused) in planted.items():
    found = list(findings(functions, names, excused))
    if len(found) != 1 or message not in found[0]:
      print(f'"{message}" planted, found: {found}')
      failed += 1
  good = findings(functions, {'cress_a': 'r', 'cress_c': 'r'},
                  {'cress_d': 'why'})
  failed += len(list(good)) + len(list(unbuilt(['rows_a.c'], "['a']")))
  failed += 1 - len(list(unbuilt(['rows_a.c'], "['b']")))
  print(f'{len(planted) + 3} faults planted, {failed} not found')
  return 1 if failed else 0


def main():
  if sys.argv[1:] == ['--self-test']:
    return self_test()
  if len(sys.argv) != 2:
    sys.exit(__doc__)
  root = sys.argv[1]
  folder = os.path.join(root, 'tests', 'cancel')
  excused = {}
  for path in sorted(glob.glob(os.path.join(folder, 'no_row*.txt'))):
    with open(path, encoding='utf-8') as stream:
      excused.update(reasons(stream.read()))
  with open(os.path.join(folder, 'meson.build'), encoding='utf-8') as stream:
    build = stream.read()
  functions = public_functions(root)
  names, files = rows(root)
  bad = list(findings(functions, names, excused)) + list(unbuilt(files, build))
  print('\n'.join(bad + [
      f'{len(functions)} functions, {sum(functions.values())} say that they '
      f'do not park, {len(names)} have rows, {len(excused)} have reasons, '
      f'{len(bad)} findings']))
  return 1 if bad or not functions else 0


if __name__ == '__main__':
  sys.exit(main())
