#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs a finished build into a scratch folder and tests what is there.

What counts is the library as others get it: found by pkg-config, linked as
.so and as .a, loaded at run time. It must export the names of its headers and
nothing else, want no executable stack, and tell AddressSanitizer,
ThreadSanitizer and valgrind of every switch without being built for them.
MemorySanitizer must see all code, so its program has the library in it.

usage: run.py BUILD_FOLDER [WORD...]
With words, only those checks are made whose names have all of them.
Ends with `N passed, N failed, N skipped`; status 77: the build itself is made
for a sanitizer, and this is about the ordinary one.
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import checks  # pylint: disable=wrong-import-position


class Installed:
  """The scratch installation, and how to build programs against it."""

  def __init__(self, build, scratch):
    options = {o['name']: o['value']
               for o in introspect(build, '--buildoptions')}
    self.build = build
    self.here = os.path.dirname(os.path.abspath(__file__))
    self.sources = os.path.dirname(os.path.dirname(self.here))
    self.scratch = scratch
    self.destination = os.path.join(scratch, 'installed')
    prefix = self.destination + options['prefix']
    self.libraries = os.path.join(prefix, options['libdir'])
    self.headers = os.path.join(prefix, options['includedir'])
    self.shared = os.path.join(self.libraries, 'libcress.so')
    self.static = os.path.join(self.libraries, 'libcress.a')
    self.environment = dict(
        os.environ, LD_LIBRARY_PATH=self.libraries,
        PKG_CONFIG_PATH=os.path.join(self.libraries, 'pkgconfig'),
        PKG_CONFIG_SYSROOT_DIR=self.destination)

  def install(self):
    return self.run(['meson', 'install', '--no-rebuild', '--quiet',
                     '-C', self.build, '--destdir', self.destination])

  def run(self, command, **settings):
    """Run a command; its environment is ours plus `settings`."""
    return subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**self.environment, **settings}, timeout=120)

  def pkg_config(self, *arguments):
    run = self.run(['pkg-config', *arguments, 'cress'])
    if run.returncode != 0:
      raise checks.Failed(f'pkg-config {" ".join(arguments)}: {run.stderr}')
    return run.stdout.split()

  def compile(self, name, kind, compiler='gcc', flags=('-O1',)):
    """Build NAME.c against the .so or the .a and return the program."""
    libraries = self.pkg_config('--libs')
    if kind == 'static':
      # -l would take the .so that lies beside it.
      libraries = [self.static if flag == '-lcress' else flag
                   for flag in self.pkg_config('--static', '--libs')]
    return self.compile_source(name, kind, compiler, [
        *flags, os.path.join(self.here, name + '.c'),
        *self.pkg_config('--cflags'), *libraries])

  def compile_with_core(self, name, compiler, flags):
    """Build NAME.c with the sources of core and of the processor's switch."""
    cpu = os.path.join(self.sources, 'arch', os.uname().machine)
    if not os.path.isdir(cpu):
      raise checks.Skipped('this processor has no switch by hand')
    core = os.path.join(self.sources, 'src', 'core')
    system = os.path.join(core, 'posix')
    folders = [self.sources, cpu, os.path.join(self.sources, 'src'), system,
               os.path.join(self.sources, 'include')]
    return self.compile_source(name, 'core', compiler, [
        *flags, '-std=gnu11', '-D_GNU_SOURCE', '-fvisibility=hidden',
        '-include', os.path.join(self.sources, 'src', 'public.h'),
        *('-I' + folder for folder in folders),
        os.path.join(self.here, name + '.c'),
        *(os.path.join(folder, leaf) for folder in (core, system)
          for leaf in sorted(os.listdir(folder)) if leaf.endswith('.c')),
        '-x', 'assembler-with-cpp', os.path.join(cpu, 'switch.S')])

  def compile_source(self, name, kind, compiler, arguments):
    program = os.path.join(self.scratch, f'{name}-{kind}-{compiler}')
    run = self.run([compiler, '-g', '-Wall', *arguments, '-o', program,
                    '-pthread'])
    if run.returncode != 0:
      raise checks.Failed(f'{name}.c against the {kind} library:\n'
                          + run.stderr)
    return program

  def line_of(self, name, fault):
    """Return NAME.c:LINE, where the fault of that name is planted."""
    with open(os.path.join(self.here, name + '.c'), encoding='utf-8') as text:
      for number, line in enumerate(text, 1):
        if f'/* fault: {fault} */' in line:
          return f'{name}.c:{number}'
    raise checks.Failed(f'{name}.c plants no fault {fault}')


def introspect(build, what):
  run = subprocess.run(['meson', 'introspect', what, build], text=True,
                       stdout=subprocess.PIPE, check=True)
  return json.loads(run.stdout)


def is_for_sanitizers(build):
  options = introspect(build, '--buildoptions')
  return any(o['name'] == 'b_sanitize' and o['value'] != 'none'
             for o in options)


def main(arguments):
  if not arguments:
    print(__doc__, file=sys.stderr)
    return 2
  build, words = os.path.abspath(arguments[0]), arguments[1:]
  if is_for_sanitizers(build):
    print('0 passed, 0 failed, 1 skipped')
    return 77
  counts = {'passed': 0, 'failed': 0, 'skipped': 0}
  with tempfile.TemporaryDirectory(prefix='cress-install-') as scratch:
    installed = Installed(build, scratch)
    run = installed.install()
    if run.returncode != 0:
      print(run.stdout, run.stderr, sep='')
      print('0 passed, 1 failed, 0 skipped')
      return 1
    for name, check, extra in checks.all_checks():
      if not all(word in name for word in words):
        continue
      result, message = checks.attempt(check, installed, extra)
      counts[result] += 1
      print(f'{result:8}{name}{": " if message else ""}{message}')
  print(', '.join(f'{number} {what}' for what, number in counts.items()))
  return 1 if counts['failed'] or not counts['passed'] else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
