#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles every public header alone, as C11 and as C++17, without a warning.

A header that leans on what another one happened to include fails here, and so
does one that needs GNU extensions or that C++ cannot read. Each is included
twice, which proves its guard.

usage: alone.py INCLUDE_FOLDER (--cc|--cxx) COMPILER...
"""
import os
import re
import subprocess
import sys
import tempfile

STRICT = ['-Wall', '-Wextra', '-pedantic', '-Werror', '-fsyntax-only']
LANGUAGE = {'--cc': ('.c', ['-std=c11', '-Wstrict-prototypes']),
            '--cxx': ('.cc', ['-std=c++17'])}


def public_headers(folder):
  inner = os.listdir(os.path.join(folder, 'cress'))
  return ['cress.h'] + sorted(f'cress/{name}' for name in inner)


def compiles(compiler, suffix, flags, folder, text):
  with tempfile.TemporaryDirectory() as scratch:
    source = os.path.join(scratch, 'alone' + suffix)
    with open(source, 'w', encoding='utf-8') as stream:
      stream.write(text)
    run = subprocess.run([*compiler, *flags, *STRICT, '-I', folder, source],
                         capture_output=True, text=True, check=False)
    return run.returncode == 0, run.stderr


def umbrella_includes_all(folder, headers):
  with open(os.path.join(folder, 'cress.h'), encoding='utf-8') as stream:
    named = re.findall(r'#include <(cress/[^>]+)>', stream.read())
  missing = sorted(set(headers[1:]) - set(named))
  for name in missing:
    print(f'cress.h does not include {name}')
  return not missing


def main(arguments):
  if len(arguments) < 3 or arguments[1] not in LANGUAGE:
    print(__doc__, file=sys.stderr)
    return 2
  folder, language, *compiler = arguments
  suffix, flags = LANGUAGE[language]
  headers = public_headers(folder)
  failed = not umbrella_includes_all(folder, headers)
  for header in headers:
    text = f'#include <{header}>\n' * 2 + 'int alone;\n'
    good, message = compiles(compiler, suffix, flags, folder, text)
    print('ok    ' if good else 'FAILED', header)
    if not good:
      print(message)
      failed = True
  # The compiler must be one that refuses: a fault has to be seen.
  if compiles(compiler, suffix, flags, folder, 'int alone(\n')[0]:
    print('the compiler accepts everything')
    failed = True
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
