#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the shape of the source tree: what no compiler would complain about.

Layers point down only, one file knows libev, one file knows the sanitizers,
no file knows its processor, lengths stay within bounds, nothing unfinished
and nothing private is left behind. Each rule below is a function that yields
findings; rules of one file get a File, rules of the whole tree get them all.

usage: check_tree.py ROOT
       check_tree.py --self-test    plants a fault per rule and expects it
"""
import os
import re
import sys

COLUMNS = 80
FILE_LINES = 450
FUNCTION_LINES = 60
HEADER_LINES = (20, 270)
INCLUDES_WARN, INCLUDES_MAX = 5, 8

LAYERS = ['arch', 'core', 'loop', 'wait', 'sync', 'io', 'net', 'debug']
# The layer that a public header belongs to; those without one are core's.
PUBLIC = {'hub': 'loop', 'scope': 'wait', 'link': 'wait', 'embed': 'wait',
          'group': 'sync', 'map': 'sync', 'sync': 'sync', 'event': 'sync',
          'future': 'sync',
          'lock': 'sync', 'semaphore': 'sync', 'condition': 'sync',
          'barrier': 'sync', 'once': 'sync', 'queue': 'sync',
          'channel': 'sync', 'select': 'sync', 'io': 'io', 'offload': 'io',
          'net': 'net', 'simulate': 'debug', '': 'debug'}

CODE = ('.c', '.h', '.S', '.cc', '.cpp', '.sh', '.py')
C_LIKE = ('.c', '.h', '.S', '.cc', '.cpp')
TEXT = CODE + ('.md', '.txt', '.build', '.map', '.in', '.yml', '.json')
SKIPPED = re.compile(r'(build.*|\.git|\.cache|__pycache__)$')
TOP = re.compile(r'(include|src|arch|tests|examples|meson\.build|README\.md|'
                 r'meson_options\.txt|meson\.options|LICENSE|build.*|'
                 r'\.(git|github|gitignore|gitattributes|clang-format|'
                 r'clang-tidy|editorconfig|ci|cache|mailmap))$')

# The brackets keep these patterns from finding themselves.
UNFINISHED = re.compile(r'\b(TOD[O]|FIXM[E]|XX[X])\b')
PRIVATE = [re.compile(p, re.I) for p in (
    r'/wor[k]/', r'\.\./share[d]\b', r'(?<!\w)/roo[t]/', r'/home/[a-z]+[/]',
    r'/tmp/b[-]', r'deb\.debia[n]\.', r'security\.debia[n]\.',
    r'snapshot\.debia[n]\.', r'\bpyp[i]\b', r'pythonhoste[d]',
    r'artifact.?registr[y]', r'pkg\.de[v]\b', r'\bissue[ ]#?\d',
    r'\bclaud[e]\b', r'\banthropi[c]\b', r'\bHELPERS\.m[d]\b')]
MACHINE = re.compile(
    r'__x86_64|__i386|__amd64|__aarch64|__arm__|__ARM_|__riscv|__powerpc|'
    r'__ppc|__PPC|__s390|__mips|__sparc|__loongarch|__alpha|__hppa|__m68k|'
    r'__sh__|_M_X64|_M_ARM|__SSE|__AVX|__SHSTK__|__CET__|__LP64__|__ILP32__|'
    r'__BYTE_ORDER__|__linux|_WIN32|__APPLE__|__FreeBSD__|__OpenBSD__|'
    r'__NetBSD__')
SANITIZER = re.compile(r'__(asan|tsan|msan|lsan|sanitizer|SANITIZE)_|'
                       r'VALGRIND|RUNNING_ON_V|<valgrind/')


class File:
  """A file of the tree, read once; `code` is `text` without comments."""

  def __init__(self, root, path):
    self.path = path
    self.folder, self.name = os.path.split(path)
    self.stem, self.ext = os.path.splitext(self.name)
    with open(os.path.join(root, path), encoding='utf-8',
              errors='replace') as stream:
      self.text = stream.read()
    if not self.ext and self.text.startswith('#!'):
      self.ext = '.sh'
    self.lines = self.text.split('\n')
    self.top = path.split('/')[0]
    self.code = strip_comments(self.text) if self.ext in C_LIKE else self.text

  def layer(self):
    parts = self.path.split('/')
    if parts[0] == 'arch':
      return 'arch'
    if parts[0] == 'src' and len(parts) > 2:
      return parts[1]
    return None

  def includes(self):
    """Yield (line number, opening delimiter, name)."""
    pattern = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]',
                         re.M)
    for match in pattern.finditer(self.code):
      line = self.code.count('\n', 0, match.start()) + 1
      yield line, match.group(1), match.group(2)


def strip_comments(text):
  """Blank out C comments, and keep the line structure."""
  pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|'
                       r'/\*.*?\*/|//[^\n]*', re.S)

  def blank(match):
    found = match.group(0)
    return found if found[0] in '"\'' else re.sub(r'[^\n]', ' ', found)
  return pattern.sub(blank, text)


def layer_of_include(f, mark, name):
  """The layer that an include names; None: the system or the same folder."""
  if mark == '"' and name.startswith('.'):
    name = os.path.normpath(os.path.join(f.folder, name))
    name = name.removeprefix('src/')
  if name == 'cress.h' or name.startswith('cress/'):
    stem = '' if name == 'cress.h' else name[len('cress/'):-len('.h')]
    return PUBLIC.get(stem, 'core')
  first = name.split('/')[0]
  if mark == '"' and '/' in name and first in LAYERS:
    return first
  return 'arch' if mark == '"' and f.top == 'arch' else None


def is_own(mark, name):
  return mark == '"' or name == 'cress.h' or name.startswith('cress/')


# Rules of one file.

def check_length(f):
  if f.ext in CODE and len(f.lines) - 1 >= FILE_LINES:
    yield 1, f'{len(f.lines) - 1} lines, fewer than {FILE_LINES} are allowed'


def check_columns(f):
  if f.ext not in CODE:
    return
  for number, line in enumerate(f.lines, 1):
    width = len(line.expandtabs(8))
    if width > COLUMNS:
      yield number, f'{width} columns, {COLUMNS} are allowed'


def check_line_ends(f):
  for number, line in enumerate(f.lines, 1):
    if line != line.rstrip() and f.name != 'mutations.txt':
      yield number, 'white space at the end of the line'
  if f.text and not f.text.endswith('\n'):
    yield len(f.lines), 'no newline at the end of the file'


def check_function_length(f):
  if f.ext not in ('.c', '.cc', '.cpp'):
    return
  start = None
  for number, line in enumerate(f.lines, 1):
    if line == '{':
      start = number
    elif start and line.startswith('}'):
      length = number - start + 1
      if length >= FUNCTION_LINES:
        yield start, (f'a function of {length} lines, fewer than '
                      f'{FUNCTION_LINES} are allowed')
      start = None


def check_licence(f):
  if f.ext not in CODE:
    return
  head = f.lines[1] if f.lines[0].startswith('#!') else f.lines[0]
  if 'SPDX-License-Identifier: MIT' not in head:
    yield 1, 'no licence line at the top'


def check_header_length(f):
  if f.folder != 'include/cress':
    return
  lines = len(f.lines) - 1
  if not HEADER_LINES[0] <= lines <= HEADER_LINES[1]:
    yield 1, (f'a public header of {lines} lines; '
              f'{HEADER_LINES[0]} to {HEADER_LINES[1]} are allowed')


def check_unfinished(f):
  for number, line in enumerate(f.lines, 1):
    if UNFINISHED.search(line):
      yield number, 'says that something is unfinished'


def check_private(f):
  for number, line in enumerate(f.lines, 1):
    for pattern in PRIVATE:
      if pattern.search(line):
        yield number, f'names what is not public: {pattern.pattern}'


def check_layer(f):
  layer = f.layer()
  if f.ext not in C_LIKE or layer is None:
    return
  if layer not in LAYERS:
    yield 1, f'src/{layer} is no layer'
    return
  for number, mark, name in f.includes():
    other = layer_of_include(f, mark, name)
    if other and LAYERS.index(other) > LAYERS.index(layer):
      yield number, f'{layer} includes {name} of the higher layer {other}'


def check_machine(f):
  if f.top != 'src':
    return
  for number, line in enumerate(f.code.split('\n'), 1):
    if MACHINE.search(line):
      yield number, 'depends on the processor or the system: belongs in arch'


def check_include_count(f):
  if f.top != 'src':
    return
  own = [name for _, mark, name in f.includes()
         if is_own(mark, name) and os.path.basename(name) != f.stem + '.h']
  if len(own) > INCLUDES_MAX:
    yield 1, f'{len(own)} own includes, {INCLUDES_MAX} are allowed'
  elif len(own) > INCLUDES_WARN:
    yield 1, f'warning: {len(own)} own includes: has the file two jobs?'


# Rules of the whole tree: (path, line, message).

def check_own_header_first(files):
  headers = {f.path for f in files if f.ext == '.h'}
  for f in files:
    if f.top != 'src' or f.ext != '.c':
      continue
    allowed = set()
    if f'{f.folder}/{f.stem}.h' in headers:
      allowed |= {f.stem + '.h', f'{f.layer()}/{f.stem}.h'}
    if f'include/cress/{f.stem}.h' in headers:
      allowed.add(f'cress/{f.stem}.h')
    first = next(f.includes(), None)
    if first is None:
      continue
    number, _, name = first
    if allowed and name not in allowed:
      yield f.path, number, f'the first include is not {sorted(allowed)[-1]}'


def only_one(files, test, what):
  found = [f for f in files if f.top in ('src', 'include', 'arch')
           and f.ext in C_LIKE and test(f)]
  for f in found[1:] if len(found) > 1 else []:
    yield f.path, 1, f'{what}, and so does {found[0].path}'


def check_one_libev(files):
  return only_one(files, lambda f: any(os.path.basename(name) == 'ev.h'
                                       for _, _, name in f.includes()),
                  'includes ev.h')


def check_one_sanitizer(files):
  return only_one(files, lambda f: SANITIZER.search(f.code),
                  'names a sanitizer')


def check_top(_files, root):
  for name in sorted(os.listdir(root)):
    if not TOP.match(name):
      yield name, 1, 'does not belong into the top folder'


FILE_RULES = [check_length, check_columns, check_line_ends,
              check_function_length, check_licence, check_header_length,
              check_unfinished, check_private, check_layer, check_machine,
              check_include_count]
TREE_RULES = [check_own_header_first, check_one_libev, check_one_sanitizer]


def read_tree(root):
  files = []
  for folder, names, leaves in os.walk(root):
    names[:] = sorted(n for n in names if not SKIPPED.match(n))
    for leaf in sorted(leaves):
      path = os.path.relpath(os.path.join(folder, leaf), root)
      if leaf.endswith(TEXT) or path.startswith('.ci/'):
        files.append(File(root, path))
  return files


def check(root):
  """Return all findings as (rule, path, line, message)."""
  files = read_tree(root)
  found = []
  for rule in FILE_RULES:
    for f in files:
      found += [(rule.__name__, f.path, line, message)
                for line, message in rule(f)]
  for rule in TREE_RULES:
    found += [(rule.__name__, *finding) for finding in rule(files)]
  found += [('check_top', *finding) for finding in check_top(files, root)]
  return files, found


def main(arguments):
  if arguments == ['--self-test']:
    sys.dont_write_bytecode = True
    from check_tree_selftest import self_test
    return self_test(sys.modules[__name__])
  if len(arguments) != 1:
    print(__doc__, file=sys.stderr)
    return 2
  files, found = check(arguments[0])
  errors = 0
  for rule, path, line, message in found:
    errors += not message.startswith('warning')
    print(f'{path}:{line}: {message} [{rule}]')
  print(f'{len(files)} files, {errors} errors, {len(found) - errors} warnings')
  # An empty walk would pass: a tree without its headers is no tree of ours.
  return 1 if errors or not any(f.top == 'include' for f in files) else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
