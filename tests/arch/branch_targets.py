#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads out of the objects whether indirect branches find where to land.

A switch.S is compiled plainly and for guarded branches (BTI, IBT). What is
entered through a pointer must begin with the landing instruction; code for
guarded branches may branch to no return site, and it alone carries the
property note, because a linker believes that. The note speaks of shadow
stacks only where the port can switch them, and if it is compiled for them.
In a finished archive, nobody may take the address of a function of switch.S
that begins without the landing instruction.

Then faults are planted in copies of the source, and each must be found.

usage: branch_targets.py CPU [--arch FOLDER] [--cc COMPILER] [--archive FILE]

Ends with 77 if the compiler is missing, or the processor checks no branches.
"""
import argparse
import collections
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import mutants  # noqa: E402

# The instruction, options of the compiler and what a note says then; may plain
# code do without; the indirect jumps that may be checked, because they go to
# functions.
Port = collections.namedtuple('Port', 'landing options bare to_function')
PORTS = {
    'x86_64': Port('endbr64', {'-fcf-protection=branch': {'IBT'},
                               '-fcf-protection': {'IBT', 'SHSTK'}}, True,
                   r'jmp \*%r(bx|cx)'),
    'aarch64': Port('bti c', {'-mbranch-protection=standard': {'BTI'}}, False,
                    r'br x16')}
NOTES = re.compile(r'\b(IBT|SHSTK|BTI|PAC|GCS)\b')
JUMP = re.compile(r'(jmp \*|br x)')
DIRECT = re.compile(r'(call|jmp|bl|b)\b')
ENTRY = 'cress_arch_entry'


class Tools:
  """A compiler, and the binutils that belong to it."""

  def __init__(self, compiler):
    self.compiler = shlex.split(compiler)
    self.objdump, self.readelf = (
        self.run(*self.compiler, '-print-prog-name=' + name).strip()
        for name in ('objdump', 'readelf'))

  @staticmethod
  def run(*command):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout

  def functions(self, path):
    """Name to [(offset, instruction, [relocated symbol])]."""
    found = {}
    code = start = None
    for line in self.run(self.objdump, '-dr', '--no-show-raw-insn',
                         path).split('\n'):
      head = re.match(r'([0-9a-f]+) <(\w+)>:', line)
      relocation = re.match(r'\s*[0-9a-f]+: R_\S+\s+([.\w]+)', line)
      row = re.match(r'\s*([0-9a-f]+):\s+(.*)', line)
      if head:
        start = int(head.group(1), 16)
        code = found[head.group(2)] = []
      elif relocation and code:
        code[-1][2].append(relocation.group(1))
      elif row and code is not None:
        words = ' '.join(row.group(2).split('#')[0].split())
        code.append((int(row.group(1), 16) - start, words, []))
    return found

  def data_references(self, path):
    """Symbols that something other than code refers to."""
    found = set()
    section = ''
    for line in self.run(self.objdump, '-r', path).split('\n'):
      head = re.match(r'RELOCATION RECORDS FOR \[(.*)\]', line)
      row = re.match(r'[0-9a-f]+ R_\S+\s+([.\w]+)', line)
      section = head.group(1) if head else section
      if row and not re.match(r'\.(text|debug|eh_frame)', section):
        found.add(row.group(1))
    return found


def first_offset(arch, cpu):
  """How far behind its symbol the entry is entered: frame.h knows."""
  with open(os.path.join(arch, cpu, 'frame.h'), encoding='utf-8') as stream:
    return int(re.search(ENTRY + r' \+ (\d+)', stream.read()).group(1))


def check_object(tools, port, entered_at, path, option):
  """Yield what is wrong with a compiled switch.S."""
  guarded = option is not None
  functions = tools.functions(path)
  if ENTRY not in functions or len(functions) < 4:
    yield f'only {sorted(functions)} found'
  for name, code in functions.items():
    at = entered_at if name == ENTRY else 0
    landings = [offset for offset, text, _ in code if text == port.landing]
    if at not in landings and (name == ENTRY or guarded or not port.bare):
      yield f'{name} + {at} has no {port.landing}'
    for offset, text, _ in code:
      if guarded and JUMP.match(text) and not re.match(port.to_function, text):
        yield f'{name} + {offset}: {text} is checked'
  notes = set(NOTES.findall(tools.run(tools.readelf, '-n', path)))
  if notes != port.options.get(option, set()):
    yield f'a note of {sorted(notes) or "nothing"}'


# R10
def entries_are_landing_places(tools, port, entered_at, source, folder):
  """Compile all ways; return what is wrong."""
  found = []
  for option in (None, *port.options):
    path = os.path.join(folder, 'switch.o')
    options = [option] if option else []
    tools.run(*tools.compiler, *options, '-c', source, '-o', path)
    for finding in check_object(tools, port, entered_at, path, option):
      found.append(f'{option or "plain"}: {finding}')
  return found


# R10
def addresses_taken_are_landing_places(tools, port, path):
  """What an archive does with the functions that switch.S defines."""
  functions = tools.functions(path)
  taken = tools.data_references(path)
  called = 0
  for code in functions.values():
    for _, text, symbols in code:
      ours = {s for s in symbols if s.startswith('cress_arch_')}
      direct = DIRECT.match(text) and '*' not in text
      called += bool(direct and ours)
      taken |= set() if direct else ours
  if called == 0:
    yield f'{path} calls no switch'
  for name in sorted(taken & set(functions) - {ENTRY}):
    if name.startswith('cress_arch_') and \
        functions[name][0][1] != port.landing:
      yield f'{path}: the address of {name} is taken'


def planted(source):
  """Yield (what is wrong, lines) for copies of the source."""
  landing = re.compile(r'\s*(endbr64|hint #34)\s*$')
  for number, line in enumerate(source.lines):
    if landing.match(line):
      lines = list(source.lines)
      lines[number] = '\tnop'
      yield f'without the landing in line {number}', lines
    if 'IF_GUARDED' in line and not line.startswith(('#', '.', '\t.')):
      lines = list(source.lines)
      lines[number] = re.sub(r'IF_GUARDED\(.*?, (\w+)\)', r'\1', line)
      yield f'a branch to a return site in line {number}', lines
  yield 'a new function', source.lines + [
      'FUNCTION(cress_arch_new)', '\tnop', '\tret', 'END(cress_arch_new)']
  yield 'no property note', [line for line in source.lines
                             if not line.startswith('BRANCH_PROPERTY')]


def plant_all(tools, port, options, entered_at, folder):
  """Return how many planted faults were not found."""
  where = os.path.join(folder, options.cpu)
  os.makedirs(where)
  shutil.copy(os.path.join(options.arch, 'asm.h'), folder)
  source = mutants.Source(os.path.join(options.arch, options.cpu, 'switch.S'),
                          os.path.join(options.arch, 'asm.h'))
  missed = made = 0
  for what, lines in planted(source):
    path = os.path.join(where, 'switch.S')
    with open(path, 'w', encoding='utf-8') as stream:
      stream.write('\n'.join(lines) + '\n')
    found = entries_are_landing_places(tools, port, entered_at, path, folder)
    print(f'{what}: {"; ".join(found) or "NOT FOUND"}')
    made += 1
    missed += not found
  return missed + (made < 9) + plant_address(tools, port, path, folder)


def plant_address(tools, port, source, folder):
  """Call a switch, and take the address of one."""
  user, switch, both = (os.path.join(folder, name)
                        for name in ('user.c', 'switch.o', 'both.o'))
  with open(user, 'w', encoding='utf-8') as stream:
    stream.write('void cress_arch_switch(void), cress_arch_switch_on(void);\n'
                 'void *taken(void)\n{\n\tcress_arch_switch();\n'
                 '\treturn (void *)cress_arch_switch_on;\n}\n')
  tools.run(*tools.compiler, '-c', source, '-o', switch)
  tools.run(*tools.compiler, '-r', '-nostdlib', user, switch, '-o', both)
  found = list(addresses_taken_are_landing_places(tools, port, both))
  print(f'an address: {"; ".join(found) or "it may be taken"}')
  return bool(found) != port.bare


def main(arguments):
  parser = argparse.ArgumentParser()
  parser.add_argument('cpu')
  parser.add_argument('--arch', default=os.path.join(mutants.HERE,
                                                     '../../arch'))
  parser.add_argument('--cc', default='gcc')
  parser.add_argument('--archive', action='append', default=[])
  options = parser.parse_args(arguments)
  if options.cpu not in PORTS:
    print(f'{options.cpu} checks no branches')
    return mutants.SKIPPED
  if not shutil.which(shlex.split(options.cc)[0]):
    print(f'{options.cc} is missing')
    return mutants.SKIPPED
  tools = Tools(options.cc)
  port = PORTS[options.cpu]
  entered_at = first_offset(options.arch, options.cpu)
  source = os.path.join(options.arch, options.cpu, 'switch.S')
  with tempfile.TemporaryDirectory(prefix='cress-branches-') as folder:
    found = entries_are_landing_places(tools, port, entered_at, source, folder)
    for path in options.archive:
      found += addresses_taken_are_landing_places(tools, port, path)
    for finding in found:
      print(finding)
    missed = plant_all(tools, port, options, entered_at, folder)
  print(f'{len(found)} findings, {missed} planted faults missed')
  return 1 if found or missed else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
