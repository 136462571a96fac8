#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the table of ports from what run.sh and suites.sh wrote.

usage: table.py [--show] RESULTS [README]

With --show it is printed. Otherwise it takes the place of the lines between
the two marks in README, by default that of the root.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '../..')
BEGIN = '<!-- made by tests/cross/table.py: begin -->'
END = '<!-- made by tests/cross/table.py: end -->'
HEAD = ['port', 'ABI', 'switch', 'instructions', 'unwinding proved by',
        'run on', 'kit: assertions, mutants', 'state', 'suites passed']


def read_result(path):
  with open(path, encoding='utf-8') as stream:
    pairs = (line.split(':', 1) for line in stream)
    return {key: value.strip() for key, value in pairs}


def known_ports(command):
  """In the order of ports.sh."""
  script = f'. "{HERE}/ports.sh"; {command}'
  return subprocess.run(['bash', '-c', script], check=True, text=True,
                        stdout=subprocess.PIPE).stdout.split()


def suites_of(folder, name, has_libraries):
  """What the whole library did, for those that Debian has libraries for."""
  path = os.path.join(folder, name + '.suites')
  if not has_libraries:
    return 'kit only'
  if not os.path.exists(path):
    return 'not run'
  result = read_result(path)
  said = f'{result["suites"]} suites, {result["tests"]} tests'
  if result['counts'] == 'long':
    said += ', long counts'
  if result['state'] != 'passed':
    said += f', {result["failed"]} failed'
  return said


def rows(folder):
  with_libraries = known_ports('ports_of_debian')
  for name in known_ports('echo $ports'):
    path = os.path.join(folder, name + '.result')
    if not os.path.exists(path):
      continue
    result = read_result(path)
    mutants = result['mutants']
    if mutants != 'not run':
      mutants += ' of ' + mutants + ' killed'
    elif not result['suites']:
      mutants = 'of the object'
    yield [name, result['abi'], 'by hand', result['instructions'],
           result['unwinding'],
           result['run'].replace('-static', ''),
           f'{int(result["checks"]):,}, {mutants}', result['state'],
           suites_of(folder, name, name in with_libraries)]


def main(arguments):
  show = '--show' in arguments
  names = [name for name in arguments if name != '--show']
  table = list(rows(names[0]))
  if not table:
    print('no results')
    return 1
  if show:
    widths = [max(map(len, column)) for column in zip(HEAD, *table)]
    for row in [HEAD, *table]:
      print('  '.join(map(str.ljust, row, widths)).rstrip())
    return 0
  lines = ['| ' + ' | '.join(row) + ' |' for row in [HEAD, *table]]
  lines.insert(1, '|' + '---|' * len(HEAD))
  readme = names[1] if len(names) > 1 else os.path.join(ROOT, 'README.md')
  with open(readme, encoding='utf-8') as stream:
    text = stream.read()
  before, rest = text.split(BEGIN)
  with open(readme, 'w', encoding='utf-8') as stream:
    stream.write('\n'.join([before + BEGIN, '', *lines, '',
                            END + rest.split(END)[1]]))
  return 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
