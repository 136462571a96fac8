# SPDX-License-Identifier: MIT
"""The site of the bench crawl: 2,000 pages of 10,000 bytes with 20 links each,
written as a manual is: headings, paragraphs, lists, words in code and in
emphasis. Each page links to the next one, and the other links are drawn; so
every page can be reached from each. It is the same site each time.
"""
import functools
import os
import random

PAGES = 2000
SIZE = 10000
LINKS = 20
START = "http://127.0.0.1:PORT/p0.html"

WORDS = """server client request answer header body page link address name
port socket buffer queue worker thread timer signal event loop cache index
table column value number string type size limit default option file folder
path user group host query result error status message option version""".split()

HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Page %d</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="manual.css"></head>
<body class="page"><div class="content"><h1 id="top">Page %d</h1>
"""

TAIL = "</div></body></html>\n"


def words(chance, count):
  """So many words, a few of them marked."""
  marks = ("<code>%s</code>", "<em>%s</em>", '<span class="term">%s</span>')
  return " ".join(
      chance.choice(marks) % word if chance.random() < 0.06 else word
      for word in chance.choices(WORDS, k=count))


def block(chance, target):
  """A paragraph or an item with one link, about 380 bytes."""
  link = '<a class="xref" href="p%d.html">%s</a>' % (target,
                                                     words(chance, 2))
  text = "%s %s, %s." % (words(chance, 16), link, words(chance, 16))
  if chance.random() < 0.25:
    return "<ul><li>%s</li>\n<li>%s</li></ul>\n" % (text, words(chance, 8))
  return "<p>%s</p>\n" % text


def page(number):
  chance = random.Random(number)
  targets = [(number + 1) % PAGES,
             *chance.sample(range(PAGES), LINKS - 1)]
  text = HEAD % (number, number)
  for i, target in enumerate(targets):
    if i % 5 == 0:
      text += '<h2 id="s%d">%s</h2>\n' % (i, words(chance, 3))
    text += block(chance, target)
  while len(text) + len(TAIL) + 400 < SIZE:
    text += "<p>%s.</p>\n" % words(chance, 40)
  room = SIZE - len(text) - len(TAIL) - len("<!-- -->")
  return text + "<!-- " + "x" * room + "-->" + TAIL


@functools.cache
def make(folder):
  """Make the site in a folder. Returns its root."""
  root = os.path.join(folder, "crawl-site")
  os.makedirs(root, exist_ok=True)
  for number in range(PAGES):
    path = os.path.join(root, "p%d.html" % number)
    text = page(number)
    assert len(text) == SIZE and text.count("<a ") == LINKS
    with open(path, "w", encoding="ascii") as file:
      file.write(text)
  return root


class Lists:
  """All URLs of the site as it is served at a port: one a line, and as a
  configuration for curl that keeps nothing of them."""

  def __init__(self, folder, port):
    self.urls = os.path.join(folder, "urls-%s" % port)
    self.configuration = os.path.join(folder, "curl-%s" % port)
    urls = [START.replace("PORT", port).replace("p0.", "p%d." % i)
            for i in range(PAGES)]
    with open(self.urls, "w", encoding="ascii") as file:
      file.writelines(url + "\n" for url in urls)
    with open(self.configuration, "w", encoding="ascii") as file:
      file.writelines('url = "%s"\noutput = "/dev/null"\n' % url
                      for url in urls)

  def remove(self):
    os.remove(self.urls)
    os.remove(self.configuration)
