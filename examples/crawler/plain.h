/* SPDX-License-Identifier: MIT */
/*
 * Plain links: most links of a page name a page of the same site by bytes that
 * stand for themselves. What they lead to is put together without a parser.
 */
#ifndef CRAWLER_PLAIN_H
#define CRAWLER_PLAIN_H

/*
 * Resolve `href` against `base`, which is in the spelling of url.h. Returns a
 * string to free, in that spelling too; or NULL: it is not plain, or there is
 * no memory. What is not plain is no worse: it takes url_resolve().
 */
char *plain_resolve(const char *base, const char *href);

#endif
