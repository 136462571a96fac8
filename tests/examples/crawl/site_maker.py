# SPDX-License-Identifier: MIT
"""A site on disk with all that is hard about links.

The first page names a page for each difficulty; besides there are some hundred
plain pages that point at each other and, here and there, at nothing.
"""
import os
import random

PLAIN = 300

INDEX = """<!DOCTYPE html><html><head><title>All of it</title>
<link rel="stylesheet" href="none.css"><script src="none.js"></script>
<script>document.write('<a href="script.html">no link</a>');</script>
<style>a:after { content: '<a href="style.html">' }</style></head><body>
<!-- <a href="comment.html">no link</a> -->
<a href="plain0.html">plain</a> <A HREF='UPPER.HTML'>upper case</A>
<a href=bare.html>bare</a> <a
  href = "spread.html"
  >spread</a> <a href="  padded.html
">padded</a> <a name="here">no link</a> <a href>empty</a> <a href="">self</a>
<a href="#here">fragment</a> <a href="fragment.html#one">fragment</a>
<a href="fragment.html#two">fragment</a> <a href="?query">query</a>
<a href="a space.html">space</a> <a href="an%20escape.html">escape</a>
<a href="umlaut-ä.html">umlaut</a> <a href="latin1.html">latin 1</a>
<a href="undeclared.html">undeclared</a>
<a href="and&amp;more.html">entity</a> <a href="&#110;umber.html">entity</a>
<a href="percent%25.html">percent</a> <a href="plus+plus.html">plus</a>
<a href="semi;colon.html">semicolon</a> <a href="quote'.html">quote</a>
<a href="./sub/../dots.html">dots</a> <a href="../../above.html">above</a>
<a href="sub">folder</a> <a href="/sub/deep/">folder</a>
<a href="based.html">base</a> <a href="framed.html">frames</a>
<a href="refresh.html">refresh</a> <a href="data.txt">no page</a>
<a href="UPPER.HTML?a=b&amp;c=d e">query with a space</a>
<map name="m"><area href="area.html"></map>
<a href="gone.html">broken</a> <a href="gone.html#again">the same</a>
<a href="sub/gone/">broken folder</a> <a href="data.txt/">a file, no folder</a>
<a href="bro%6ben.html">broken</a> <a href="dangling.html">dangling</a>
<a href="mailto:me@example.org">mail</a> <a href="javascript:go()">go</a>
<a href="http://example.org/">elsewhere</a> <a href="//example.org/x">too</a>
<a href="http:scheme.html">relative</a> <a href="http:gone.org">not out</a>
<a href="tel:112">call</a> <a href="http://[broken/">no URL</a>
<img src="none.png"><p>unclosed <b>and <i>crossed</b></i> <a href="last.html">
"""

PAGES = {
  "sub/index.html": '<a href="other.html">a</a><a href="..">up</a>',
  "sub/other.html": '<a href="/index.html">root</a><a href=".">here</a>',
  "sub/deep/index.html": '<a href="../../deepest.html">a</a>',
  "sub/relative.html": '<a href="gone.html">broken below</a>',
  "based.html": '<base href="sub/"><base href="wrong/">'
                '<a href="relative.html">a</a>',
  "framed.html": '<iframe src="inner.html"></iframe><frame src=frame.html>',
  "refresh.html": '<meta http-equiv="Refresh" content="0; URL=\'new.html\'">',
  "undeclared.html": '<a href="umlaut-ö.html">no charset declared</a>',
}

LEAVES = """UPPER.HTML,bare.html,spread.html,padded.html,fragment.html,
an escape.html,a space.html,umlaut-ä.html,umlaut-ö.html,umlaut-ü.html,
and&more.html,number.html,percent%.html,plus+plus.html,semi;colon.html,
quote'.html,dots.html,above.html,area.html,inner.html,frame.html,new.html,
deepest.html,scheme.html,last.html""".replace("\n", "").split(",")


def write(root, name, content, charset="utf-8"):
  path = os.path.join(root, name)
  os.makedirs(os.path.dirname(path), exist_ok=True)
  with open(path, "wb") as file:
    file.write(content.encode(charset))


def make(root):
  """Write the site into the folder `root`. It is the same each time."""
  for name in LEAVES:
    write(root, name, '<a href="index.html">back</a>')
  write(root, "index.html", INDEX)
  write(root, "data.txt", '<a href="text.html">no link</a>')
  write(root, "latin1.html", '<meta charset="iso-8859-1">'
        '<a href="umlaut-ü.html">a</a>', "latin-1")
  for name, content in PAGES.items():
    write(root, name, content)
  os.symlink("/nowhere/at-all", os.path.join(root, "dangling.html"))
  chance = random.Random(1)
  for i in range(PLAIN):
    targets = [min(i + 1, PLAIN - 1)] + chance.choices(range(PLAIN), k=20)
    body = "".join(f'<p><a href="plain{t}.html">{t}</a>' for t in targets)
    if i % 17 == 0:
      body += f'<a href="gone{i % 5}.html">broken</a>'
    write(root, f"plain{i}.html", body)
