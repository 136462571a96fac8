/* SPDX-License-Identifier: MIT */
/*
 * The encoding of a page: what its first bytes say, else what the server says,
 * else what the page says of itself, else UTF-8.
 */
#ifndef CRAWLER_CHARSET_H
#define CRAWLER_CHARSET_H

#include <libxml/HTMLparser.h>

#include <stddef.h>

/* Copy the charset of "text/html; charset=utf-8", or "". */
void charset_of_type(const char *type, char *charset, size_t size);

/*
 * Make a parser for a page that begins with `head`, for which the server says
 * `charset`; "" is nothing. Returns NULL without memory. Feed it from the
 * offset `*skip` of the head on: a byte order mark is no part of the page.
 */
htmlParserCtxtPtr charset_parser(htmlSAXHandler *handler, void *context,
				 const char *charset, const char *head,
				 size_t size, size_t *skip);

#endif
