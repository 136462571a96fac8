# SPDX-License-Identifier: MIT
"""Proves that check_tree.py sees: plants one fault per rule.

A small tree that keeps every rule must pass. Then each fault is planted in a
fresh copy of that tree, and the rule that it breaks must be the one that
reports it. A rule without a fault here fails the test too.
"""
import os
import tempfile

C = '/* SPDX-License-Identifier: MIT */\n'
PY = '# SPDX-License-Identifier: MIT\n'
FILLER = '/* a line */\n' * 30

CLEAN = {
    'include/cress/thing.h': C + FILLER,
    'src/core/thing.h': C,
    'src/core/thing.c': C + '#include "core/thing.h"\n'
                            '#include "x86_64/frame.h"\n#include <stdio.h>\n'
                            'int f(void)\n{\n\treturn 0;\n}\n',
    'src/core/sanitizer.c': C + 'void __asan_x(void);\n',
    'src/loop/driver.c': C + '#include "core/thing.h"\n#include <ev.h>\n'
                             '/* On __x86_64__ a comment may say so. */\n',
    'arch/x86_64/frame.h': C,
    'arch/x86_64/switch.S': C + '#include "../asm.h"\n#include "frame.h"\n',
    'tests/run.sh': '#!/bin/sh\n# SPDX-License-Identifier: MIT\n',
    'README.md': 'A line of text.\n',
    'meson.build': "project('x')\n",
}


def too_many_includes(count):
  return C + ''.join(f'#include "core/h{i}.h"\n' for i in range(count))


FAULTS = [
    ('check_length', 'src/core/long.c', C + 'int a;\n' * 450),
    ('check_columns', 'src/core/wide.c', C + '\t' * 9 + 'int abcdefg;\n'),
    ('check_columns', 'tests/wide.py', PY + '#' * 81 + '\n'),
    ('check_line_ends', 'src/core/end.c', C + 'int a; \n'),
    ('check_line_ends', 'src/core/end.c', C + 'int a;'),
    ('check_function_length', 'src/core/deep.c',
     C + 'int f(void)\n{\n' + '\t;\n' * 58 + '}\n'),
    ('check_licence', 'src/core/free.c', 'int a;\n'),
    ('check_licence', 'tests/free.sh', '#!/bin/sh\n:\n'),
    ('check_header_length', 'include/cress/short.h', C),
    ('check_header_length', 'include/cress/huge.h', C + '/* */\n' * 271),
    ('check_unfinished', 'src/core/later.c', C + '/* TO' 'DO: write */\n'),
    ('check_unfinished', 'README.md', 'FIX' 'ME\n'),
    ('check_private', 'README.md', 'see /wo' 'rk/place\n'),
    ('check_private', 'tests/get.sh',
     '#!/bin/sh\n' + PY + 'curl deb.deb' 'ian.example\n'),
    ('check_layer', 'src/core/up.c', C + '#include "loop/hub.h"\n'),
    ('check_layer', 'src/core/up.h', C + '#include <cress/io.h>\n'),
    ('check_layer', 'src/loop/up.c', C + '#include <cress/scope.h>\n'),
    ('check_layer', 'arch/x86_64/up.S', C + '#include "core/thing.h"\n'),
    ('check_layer', 'src/wait/up.c', C + '#include "../io/fd.h"\n'),
    ('check_layer', 'src/misc/new.c', C + 'int a;\n'),
    ('check_machine', 'src/core/cpu.c', C + '#ifdef __aarch64__\n#endif\n'),
    ('check_machine', 'src/core/cpu.c', C + '#if defined(_WIN32)\n#endif\n'),
    ('check_include_count', 'src/io/many.c', too_many_includes(9)),
    ('check_own_header_first', 'src/core/thing.c',
     C + '#include <stdio.h>\n#include "core/thing.h"\n'),
    ('check_own_header_first', 'src/io/thing.c',
     C + '#include <stdio.h>\n#include <cress/thing.h>\n'),
    ('check_one_libev', 'src/loop/second.c',
     C + '#include "core/thing.h"\n#include <ev.h>\n'),
    ('check_one_sanitizer', 'src/core/second.c', C + 'int __tsan_y;\n'),
    ('check_one_sanitizer', 'src/core/second.h',
     C + '#include <valgrind/valgrind.h>\n'),
    ('check_top', 'notes.txt', 'a note\n'),
    ('check_top', 'docs/index.md', 'a manual\n'),
]


def write_tree(root, tree):
  for path, text in tree.items():
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'w', encoding='utf-8') as stream:
      stream.write(text)


def findings(checker, tree):
  with tempfile.TemporaryDirectory() as root:
    write_tree(root, tree)
    return [f for f in checker.check(root)[1]
            if not f[3].startswith('warning')]


def self_test(checker):
  failed = 0
  clean = findings(checker, CLEAN)
  if clean:
    print('the clean tree is refused:', clean)
    failed += 1
  for rule, path, text in FAULTS:
    found = findings(checker, {**CLEAN, path: text})
    if [f[0] for f in found] != [rule] or not found[0][1].startswith(
        path.split('/')[0]):
      print(f'{rule}: the fault in {path} gave {found}')
      failed += 1
  rules = {r.__name__ for r in checker.FILE_RULES + checker.TREE_RULES}
  for rule in sorted((rules | {'check_top'}) - {f[0] for f in FAULTS}):
    print(f'{rule}: no fault is planted for it')
    failed += 1
  print(f'{len(FAULTS)} faults planted, {failed} failures')
  return 1 if failed else 0
