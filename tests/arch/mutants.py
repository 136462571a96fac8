#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that the proof kit can fail.

Takes the real switch.S of a processor, unfolds its macros, so that each copy
of an instruction counts, and deletes every instruction in turn that saves,
restores, compares or reloads something. With each of these mutants
test_registers or test_entry must fail, crash or hang, or test_shadow where
there are shadow stacks; with none, all pass.

usage: mutants.py CPU [--arch FOLDER] [--cc COMPILER] [--flag FLAG]...
                  [--object FILE]... [--run EMULATOR] [--rounds N]

Ends with 77 if the compiler or the emulator is missing.
"""
import argparse
import concurrent.futures
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import types

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {'test_registers': ['poison.S'], 'test_entry': []}
# What one processor's switch.S has besides.
PROGRAMS_OF = {'x86_64': {'x86_64/test_shadow': ['shadow.c']},
               'x86_64-windows': {'x86_64-windows/test_bounds': []}}
SKIPPED = 77
SECONDS = 20
# Fewer mutants than that, and the file was not understood.
FEWEST = {'x86': 50, 'arm': 30, 'sparc64': 60, 'm68k': 40}
USUALLY = 70

# Instructions that save and restore nothing: they are the ways to go on
# themselves, or guard what never happens.
NEUTRAL = [re.compile(pattern) for pattern in (
    r'(ret|rts|blr|bctrl?|nop|ud2|udf|trap|break|brk|ebreak|hint|endbr64)\b',
    r'(illtrap|illegal)\b', r'IF_GUARDED',
    r'(jmp|call|b|br|blr|j|jr|jalr|basr|jra|jsr)\s')]

# Likewise: where both a return and a jump are right, and one is slow, nothing
# needs the choice between them; with nothing to compare the control words are
# written each time, and on this processor nobody can tell; and nobody reads
# what is left behind, or the scratch register happens to hold them.
NEUTRAL_IN = {
    'x86_64': r'.*: (cmp %r9, %r10|jne 3f)',
    # Nobody leaves the first frame, by an exception or otherwise.
    'x86_64-windows': r'.*: (cmp %r10, %r9|jne 3f)|'
                      r'cress_arch_unhandled: (mov \$1|testl|jne)',
    'aarch64': r'cress_arch_switch_last: (mrs|str) x11',
    'riscv32': r'cress_arch_switch_last: (frrm|sw) t2',
    'riscv64': r'cress_arch_switch_last: (frrm|sw) t2',
    'x86': r'.*: (cmp \(%esp\), %ecx|jne 3f)|'
           r'cress_arch_switch_shared: mov 4\(%eax\), %ecx',
    'mips': r'cress_arch_switch_last: sw \$14',
    'mips64': r'cress_arch_switch_last: sw \$14',
    's390x': r'cress_arch_switch_last: l %r1',
    'loongarch64': r'cress_arch_switch_last: st.w \$t2',
    'm68k': r'cress_arch_switch_last: (fmove.l %fpcr|move.l %d0, 48)',
    'arm': r'.*: bx|'
           r'cress_arch_switch_last: ldr r12, \[r2'}


def strip_comments(text):
  return re.sub(r'/\*.*?\*/', lambda m: '\n' * m.group(0).count('\n'), text,
                flags=re.S)


def known_to(compiler):
  """The macros that a compiler defines by itself: name to value."""
  text = subprocess.run([*compiler, '-dM', '-E', '-x', 'c', os.devnull],
                        check=True, text=True, stdout=subprocess.PIPE).stdout
  return dict(re.findall(r'#define (\S+) ?(.*)', text))


def chosen(lines, names):
  """The lines that remain of #ifdef NAME, #ifndef NAME, #if NAME == VALUE."""
  taken = [True]
  for line in lines:
    word, *rest = line.split() or ['']
    if word in ('#ifdef', '#ifndef'):
      taken.append((rest[0] in names) == (word == '#ifdef'))
    elif word == '#if':
      taken.append(names.get(rest[0]) == rest[2])
    elif word == '#else':
      taken[-1] = not taken[-1]
    elif word == '#endif':
      taken.pop()
    elif all(taken):
      yield line


class Source:
  """A switch.S with its macros and asm.h's unfolded into `lines`."""

  def __init__(self, path, header, names=types.MappingProxyType({})):
    self.macros = {}
    self.names = names
    cpu = os.path.basename(os.path.dirname(path))
    self.neutral = re.compile(NEUTRAL_IN.get(cpu, '$.'))
    for name in header, path:
      # Only the macros stay of the header, for it is still included.
      self.lines = []
      self.read(name)

  def read(self, path):
    with open(path, encoding='utf-8') as stream:
      lines = strip_comments(stream.read()).split('\n')
    rest = iter(lines if path.endswith('.h') else chosen(lines, self.names))
    for line in rest:
      words = line.replace(',', ' ').split()
      other = re.match(r'#include "(.*\.S)"', line)
      define = re.match(r'#define (\w+)(?:\s+(.*))?$', line)
      if other:
        self.read(os.path.join(os.path.dirname(path), other.group(1)))
      elif define:
        body = (define.group(2) or '').split(';')
        self.macros[define.group(1)] = ([], body)
        self.lines.append(line)
      elif words[:1] == ['.macro']:
        body = []
        for inner in rest:
          if inner.strip() == '.endm':
            break
          body.append(inner)
        self.macros[words[1]] = (words[2:], body)
        if not self.has_instructions(words[1]):
          self.lines += [line, *body, '.endm']
      else:
        self.unfold(line)

  def has_instructions(self, name):
    """Macros of directives only are left to the assembler."""
    def is_instruction(line):
      first = line.split()[0]
      return (self.has_instructions(first) if first in self.macros
              else first[0] not in '.#')
    return any(is_instruction(line) for line in self.macros[name][1]
               if line.strip())

  @staticmethod
  def repeated(body):
    """The lines of a macro, with .irp unfolded."""
    rest = iter(body)
    for line in rest:
      words = line.replace(',', ' ').split()
      if words[:1] != ['.irp']:
        yield line
        continue
      inner = list(iter(lambda: next(rest).strip(), '.endr'))
      for value in words[2:]:
        for each in inner:
          yield re.sub(r'\\' + words[1] + r'\b', value, each)

  def unfold(self, line):
    label, rest = re.match(r'\s*(\w+:)?\s*(.*?)\s*$', line).groups()
    name, values = (rest.split(None, 1) + ['', ''])[:2]
    if name not in self.macros or not self.has_instructions(name):
      self.lines.append(line)
      return
    if label:
      self.lines.append(label)
    names, body = self.macros[name]
    if not names:
      body = [*body[:-1], body[-1] + ' ' + values]
    values = [value.strip() for value in values.split(',')]
    for inner in self.repeated(body):
      for key, value in zip(names, values):
        inner = re.sub(r'\\' + key + r'\b', value, inner)
      self.unfold(inner.replace('\\()', ''))

  def instructions(self):
    """Yield (line number, function, label, instruction)."""
    function = None
    for number, line in enumerate(self.lines):
      begin = re.match(r'FUNCTION\((\w+)\)', line)
      if begin:
        function = begin.group(1)
      elif line.startswith('END('):
        function = None
      elif function:
        label, rest = re.match(r'\s*(\w+:)?\s*(.*?)\s*$', line).groups()
        if rest and rest[0] not in '.#' and rest.split()[0] not in self.macros:
          yield number, function, label or '', ' '.join(rest.split())

  def mutants(self):
    for number, function, label, instruction in self.instructions():
      name = f'{function}: {instruction}'
      if not (any(p.match(instruction) for p in NEUTRAL) or
              self.neutral.match(name)):
        lines = list(self.lines)
        lines[number] = label
        yield name, lines


class Bench:
  """Builds the programs with some switch.S, and runs them."""

  def __init__(self, options, folder):
    self.options = options
    self.folder = folder
    self.compiler = shlex.split(options.cc) + options.flag
    self.include = ['-I' + options.arch, '-I' + HERE,
                    '-I' + os.path.join(options.arch, options.cpu),
                    '-I' + os.path.join(HERE, options.cpu)]
    programs = PROGRAMS | PROGRAMS_OF.get(options.cpu, {})
    self.objects = {
        program: self.compile([program + '.c', 'kit.c',
                               *(options.cpu + '/' + s for s in sources)])
        for program, sources in programs.items()}

    # A switch.S may have a header beside it.
    self.compiler += ['-I' + os.path.join(options.arch, options.cpu)]

  def compile(self, sources):
    objects = []
    for source in sources:
      target = os.path.join(self.folder, source.replace('/', '-') + '.o')
      if not os.path.exists(target):
        subprocess.run([*self.compiler, '-std=gnu11', '-O1',
                        '-D_GNU_SOURCE', *self.include,
                        '-c', os.path.join(HERE, source), '-o', target],
                       check=True)
      objects.append(target)
    return objects

  def dies(self, name, lines):
    """How the first program ends that does not pass, or None."""
    folder = os.path.join(self.folder, name, self.options.cpu)
    os.makedirs(folder)
    shutil.copy(os.path.join(self.options.arch, 'asm.h'),
                os.path.dirname(folder))
    source = os.path.join(folder, 'switch.S')
    with open(source, 'w', encoding='utf-8') as stream:
      stream.write('\n'.join(lines) + '\n')
    for program, objects in self.objects.items():
      binary = os.path.join(folder, os.path.basename(program) + '.exe')
      subprocess.run([*self.compiler, source, *objects, *self.options.object,
                      '-o', binary], check=True)
      end = self.run([*shlex.split(self.options.run), binary,
                      str(self.options.rounds)])
      os.remove(binary)
      if end:
        return f'{program} {end}'
    return None

  @staticmethod
  def run(command):
    def limit():
      resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, preexec_fn=limit,
                             start_new_session=True)
    try:
      status = child.wait(SECONDS)
      end = f'fails ({status})' if status > 0 else f'dies (signal {-status})'
      return end if status else None
    except subprocess.TimeoutExpired:
      return 'hangs'
    finally:
      # A child of the child may live on.
      try:
        os.killpg(child.pid, signal.SIGKILL)
      except ProcessLookupError:
        pass
      child.wait()


def parse(arguments):
  parser = argparse.ArgumentParser()
  parser.add_argument('cpu')
  parser.add_argument('--arch', default=os.path.join(HERE, '../../arch'))
  parser.add_argument('--cc', default='gcc')
  parser.add_argument('--flag', action='append', default=[])
  parser.add_argument('--object', action='append', default=[])
  parser.add_argument('--run', default='')
  parser.add_argument('--rounds', type=int, default=20000)
  return parser.parse_args(arguments)


def main(arguments):
  options = parse(arguments)
  for tool in (options.cc, options.run):
    if tool and not shutil.which(shlex.split(tool)[0]):
      print(f'{tool} is missing')
      return SKIPPED
  if not os.path.isdir(os.path.join(HERE, options.cpu)):
    print(f'{options.cpu} has no switch.S to mutate')
    return SKIPPED
  source = Source(os.path.join(options.arch, options.cpu, 'switch.S'),
                  os.path.join(options.arch, 'asm.h'),
                  known_to(shlex.split(options.cc)))
  mutants = list(source.mutants())
  survivors = 0
  with tempfile.TemporaryDirectory(prefix='cress-mutants-') as folder:
    bench = Bench(options, folder)
    end = bench.dies('original', source.lines)
    print(f'the original {end or "passes"}')
    if end:
      return 1
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
      jobs = [pool.submit(bench.dies, str(i), lines)
              for i, (_, lines) in enumerate(mutants)]
      for (name, _), job in zip(mutants, jobs):
        survivors += not job.result()
        print(f'{name:50} {job.result() or "SURVIVES"}', flush=True)
  print(f'{len(mutants)} mutants, {survivors} survived')
  fewest = FEWEST.get(options.cpu, USUALLY)
  if len(mutants) < fewest:
    print(f'there should be {fewest} at least: what was not understood?')
  return 1 if survivors or len(mutants) < fewest else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
