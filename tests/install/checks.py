# SPDX-License-Identifier: MIT
"""The checks that run.py makes on an installed library.

Each is a function of the installation and one further argument; it raises
Failed with a message, or Skipped with a reason. A planted fault has to be
reported with the file and line where it lies, because a report that points
elsewhere shows that the tool has lost the stack.
"""
import os
import re
import shutil


MAPPING = 'unexpected memory mapping'


class Failed(Exception):
  """Something is not as it should be."""


class Skipped(Exception):
  """A tool is missing on this machine."""


def need(tool):
  if shutil.which(tool) is None:
    raise Skipped(f'{tool} is not installed')


def expect(condition, message):
  if not condition:
    raise Failed(message)


def run_well(installed, command, **settings):
  run = installed.run(command, **settings)
  expect(run.returncode == 0, f'{command[0]} ended with {run.returncode}\n'
         f'{run.stdout}{run.stderr}')
  return run


def declared_names(folder):
  """The functions that the headers declare, without what is no function."""
  names = set()
  for leaf in os.listdir(folder):
    with open(os.path.join(folder, leaf), encoding='utf-8') as stream:
      text = re.sub(r'/\*.*?\*/', ' ', stream.read(), flags=re.S)
    text = re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', ' ', text, flags=re.M)
    text = text.replace('extern "C" {', ' ')
    for part in text.split(';'):
      match = re.search(r'\b(cress_\w+)\s*\(', part)
      if match and not part.strip().startswith(('typedef', 'struct {')):
        names.add(match.group(1))
  return names


def defined_names(installed, *flags):
  run = run_well(installed, ['nm', '--defined-only', *flags])
  rows = [line.split() for line in run.stdout.split('\n')]
  return {row[2].split('@')[0] for row in rows
          if len(row) == 3 and row[1] != 'A'}


# D17
def the_library_exports_what_its_headers_declare(installed, _extra):
  declared = declared_names(os.path.join(installed.headers, 'cress'))
  exported = defined_names(installed, '-D', installed.shared)
  expect(len(declared) > 50, f'only {len(declared)} names are declared')
  expect(not declared - exported,
         f'declared but not exported: {sorted(declared - exported)}')
  expect(not exported - declared,
         f'exported but not declared: {sorted(exported - declared)}')


# D17
def the_archive_takes_no_names_of_others(installed, _extra):
  names = defined_names(installed, '-g', installed.static)
  strangers = sorted(n for n in names if not n.startswith('cress_'))
  expect(names and not strangers, f'without our prefix: {strangers}')


def every_header_is_installed(installed, _extra):
  source = os.path.join(installed.sources, 'include', 'cress')
  target = os.path.join(installed.headers, 'cress')
  expect(sorted(os.listdir(source)) == sorted(os.listdir(target)),
         f'{sorted(os.listdir(target))} are installed')
  expect(os.path.isfile(os.path.join(installed.headers, 'cress.h')),
         'cress.h is not installed')


# R9
def nothing_wants_an_executable_stack(installed, _extra):
  run = run_well(installed, ['readelf', '-lW', installed.shared])
  stacks = re.findall(r'GNU_STACK(?:\s+0x\w+){5}\s+(\w+)', run.stdout)
  expect(stacks == ['RW'], f'the stack of the library is {stacks}')
  run = run_well(installed, ['readelf', '-SW', installed.static])
  members = run.stdout.split('\nFile: ')[1:]
  expect(members, 'the archive is empty')
  for member in members:
    row = re.search(r'\.note\.GNU-stack\s.*', member)
    name = member.split('\n')[0]
    expect(row, f'{name} does not say whether its stack is executable')
    expect('X' not in row.group(0).split(), f'{name} wants it executable')


def pkg_config_tells_the_version(installed, _extra):
  version = installed.pkg_config('--modversion')
  run = run_well(installed, [installed.compile('hello', 'shared')])
  expect([run.stdout.strip()] == version,
         f'pkg-config says {version}, the library {run.stdout}')


def a_program_links_and_runs(installed, kind):
  program = installed.compile('hello', kind)
  linked = run_well(installed, ['readelf', '-dW', program]).stdout
  expect(('libcress.so' in linked) == (kind == 'shared'),
         f'it is not linked to the {kind} library')
  run_well(installed, [program])


def a_program_may_be_wholly_static(installed, _extra):
  program = installed.compile('hello', 'static', flags=('-O1', '-static'))
  headers = run_well(installed, ['readelf', '-lW', program]).stdout
  expect('INTERP' not in headers, 'it needs a loader')
  run_well(installed, [program])


def the_library_can_be_loaded(installed, _extra):
  program = os.path.join(installed.scratch, 'load')
  source = os.path.join(installed.here, 'load.c')
  run_well(installed, ['gcc', '-Wall', source, '-o', program, '-pthread',
                       '-ldl', *installed.pkg_config('--cflags')])
  run_well(installed, [program, os.path.realpath(installed.shared)])


def reports(installed, run, name, fault, kind):
  """The tool found this kind of fault at the line where it lies."""
  output = run.stdout + run.stderr
  expect(run.returncode != 0, f'{fault}: nothing was reported')
  expect(kind in output, f'{fault}: no {kind} in\n{output}')
  expect(re.search(re.escape(installed.line_of(name, fault)) + r'\b', output),
         f'{fault}: the line is wrong in\n{output}')


def is_silent(run):
  expect(run.returncode == 0 and run.stdout == 'done\n' and not run.stderr,
         f'status {run.returncode}, output\n{run.stdout}{run.stderr}')


# R62
def address_sanitizer_finds_a_planted_fault(installed, extra):
  kind, compiler = extra
  need(compiler)
  flags = ['-O1', '-fsanitize=address', '-fno-omit-frame-pointer']
  settings = {'ASAN_OPTIONS': 'detect_stack_use_after_return=1'}
  program = installed.compile('address', kind, compiler, flags)
  if compiler == 'clang':
    need('llvm-symbolizer')
  is_silent(installed.run([program, 'clean'], **settings))
  reports(installed, installed.run([program, 'overflow'], **settings),
          'address', 'overflow', 'stack-buffer-overflow')
  reports(installed, installed.run([program, 'return'], **settings),
          'address', 'return', 'stack-use-after-return')


# R62
def a_parked_stack_keeps_what_it_points_to(installed, extra):
  kind, compiler = extra
  need(compiler)
  program = installed.compile('leak', kind, compiler,
                              ['-O1', '-fsanitize=address'])
  settings = {'ASAN_OPTIONS': 'detect_leaks=1'}
  is_silent(installed.run([program, 'clean'], **settings))
  reports(installed, installed.run([program, 'leak'], **settings),
          'leak', 'leak', 'LeakSanitizer: detected memory leaks')


# R62
def undefined_behaviour_sanitizer_finds_a_planted_fault(installed, extra):
  kind, compiler = extra
  need(compiler)
  program = installed.compile('undefined', kind, compiler, [
      '-O1', '-fsanitize=undefined', '-fno-sanitize-recover=all'])
  is_silent(installed.run([program, 'clean']))
  reports(installed, installed.run([program, 'overflow']),
          'undefined', 'overflow', 'signed integer overflow')


# R62
def memory_sanitizer_finds_a_planted_fault(installed, _extra):
  """It must see all code, so here the program contains the library's core."""
  need('clang')
  need('llvm-symbolizer')
  program = installed.compile_with_core('memory', 'clang', [
      '-O1', '-fsanitize=memory', '-fno-omit-frame-pointer'])
  is_silent(installed.run([program, 'clean']))
  reports(installed, installed.run([program, 'uninitialised']),
          'memory', 'uninitialised', 'use-of-uninitialized-value')


# R62
def thread_sanitizer_finds_a_planted_race(installed, extra):
  kind, compiler = extra
  need(compiler)
  program = installed.compile('thread', kind, compiler,
                              ['-O1', '-fsanitize=thread'])
  command = [program]
  if MAPPING in installed.run([program, 'clean']).stderr:
    # Some kernels place programs where gcc's runtime has its shadow.
    command = ['setarch', '-R', program]
    if installed.run([*command, 'clean']).returncode != 0:
      raise Skipped('ThreadSanitizer does not run on this kernel')
  is_silent(installed.run([*command, 'clean']))
  run = installed.run([*command, 'race'])
  reports(installed, run, 'thread', 'race', 'data race')
  # Each coroutine is a fiber of its own, which its thread has made.
  expect('created by thread T' in run.stderr
         and 'created by main thread' not in run.stderr,
         f'the coroutines are taken for their threads in\n{run.stderr}')


# R62
def valgrind_finds_a_planted_fault(installed, kind):
  need('valgrind')
  program = installed.compile('memory', kind, flags=['-O0'])
  valgrind = ['valgrind', '--error-exitcode=9', '--leak-check=full']
  run = installed.run([*valgrind, '-q', program, 'clean'])
  expect('switching stacks' not in run.stderr,
         'valgrind guesses at the stacks:\n' + run.stderr)
  is_silent(run)
  reports(installed, installed.run([*valgrind, program, 'uninitialised']),
          'memory', 'uninitialised', 'uninitialised value')


def all_checks():
  """Return (name, function, further argument) for each check."""
  listed = [(check, None) for check in (
      every_header_is_installed,
      the_library_exports_what_its_headers_declare,
      the_archive_takes_no_names_of_others,
      nothing_wants_an_executable_stack,
      pkg_config_tells_the_version,
      a_program_may_be_wholly_static,
      memory_sanitizer_finds_a_planted_fault,
      the_library_can_be_loaded)]
  for kind in ('shared', 'static'):
    listed += [(a_program_links_and_runs, kind),
               (address_sanitizer_finds_a_planted_fault, (kind, 'gcc')),
               (address_sanitizer_finds_a_planted_fault, (kind, 'clang')),
               (a_parked_stack_keeps_what_it_points_to, (kind, 'gcc')),
               (thread_sanitizer_finds_a_planted_race, (kind, 'gcc')),
               (valgrind_finds_a_planted_fault, kind)]
  listed += [
      (a_parked_stack_keeps_what_it_points_to, ('shared', 'clang')),
      (undefined_behaviour_sanitizer_finds_a_planted_fault,
       ('shared', 'gcc')),
      (undefined_behaviour_sanitizer_finds_a_planted_fault,
       ('shared', 'clang')),
      (thread_sanitizer_finds_a_planted_race, ('shared', 'clang'))]
  return [(check.__name__ + ('' if extra is None else f' ({extra})'),
           check, extra) for check, extra in listed]


def attempt(check, installed, extra):
  """Make one check; return (passed, failed or skipped; a message)."""
  try:
    check(installed, extra)
    return 'passed', ''
  except Skipped as reason:
    return 'skipped', str(reason)
  except Exception as problem:  # a time-out or a missing file fails too
    return 'failed', f'{type(problem).__name__}: {problem}'
