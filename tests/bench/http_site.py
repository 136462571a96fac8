# SPDX-License-Identifier: MIT
"""The site of the bench http: one file of 1,024 bytes, of a type that nobody
compresses and with a time that is always the same, so that every head of a
server is as long as the one before. Heads are made equally long by a header
field; http_load.c refuses to measure a server whose head is of another size.
"""
import os

SIZE = 1024
WHEN = 1700000000


def padding(size):
  """A field that takes `size` bytes, line end included."""
  name = "X-Padding: "
  return name + "x" * (size - len(name) - 2)


# What each server's own head lacks of the common size.
PADDING = {name: padding(size) for name, size in (
    ("cress", 104), ("nginx", 73), ("go", 134), ("gevent", 202))}


def make(folder):
  """Make the site in a folder. Returns its root."""
  root = os.path.join(folder, "http-site")
  os.makedirs(root, exist_ok=True)
  path = os.path.join(root, "file.bin")
  with open(path, "wb") as file:
    file.write(bytes(range(256)) * (SIZE // 256))
  os.utime(path, (WHEN, WHEN))
  return root
