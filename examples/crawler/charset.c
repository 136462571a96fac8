/* SPDX-License-Identifier: MIT */
/*
 * Encodings by the tables of libxml2, and of iconv behind it. The parser
 * itself would assume Latin-1 where nobody says anything; it finds the <meta>
 * of a page if it is left alone.
 */
#include "charset.h"

#include <libxml/encoding.h>
#include <libxml/parserInternals.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void charset_of_type(const char *type, char *charset, size_t size)
{
	const char *name = strcasestr(type, "charset=");

	charset[0] = '\0';
	if (name == NULL)
		return;
	name += strlen("charset=");
	name += strspn(name, "\"' ");
	size_t length = strcspn(name, "\"'; ");
	if (length < size)
		snprintf(charset, size, "%.*s", (int)length, name);
}

/* A byte order mark decides, whatever else is said. */
static const char *marked(const char *head, size_t size, size_t *skip)
{
	*skip = 0;
	if (size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
		*skip = 3;
		return "UTF-8";
	}
	if (size < 2 || (memcmp(head, "\xff\xfe", 2) != 0 &&
			 memcmp(head, "\xfe\xff", 2) != 0))
		return NULL;
	*skip = 2;
	return head[0] == '\xff' ? "UTF-16LE" : "UTF-16BE";
}

/* Does the beginning of a page speak of its encoding? */
static int declares(const char *head, size_t size)
{
	static const char word[] = "charset";
	size_t length = sizeof word - 1;

	for (size_t i = 0; i + length < size; i++) {
		if (strncasecmp(head + i, word, length) != 0)
			continue;
		size_t next = i + length;
		while (next < size && isspace((unsigned char)head[next]))
			next++;
		if (next < size && head[next] == '=')
			return 1;
	}
	return 0;
}

/* Browsers mean by some names more than the names say. */
static const char *meant(const char *name)
{
	static const char *const latin[] = {"iso-8859-1", "latin1",
					    "us-ascii", "ascii"};

	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (strcasecmp(name, latin[i]) == 0)
			return "windows-1252";
	return name;
}

htmlParserCtxtPtr charset_parser(htmlSAXHandler *handler, void *context,
				 const char *charset, const char *head,
				 size_t size, size_t *skip)
{
	const char *name = marked(head, size, skip);
	xmlCharEncodingHandlerPtr known = NULL;

	if (name == NULL && charset[0] != '\0')
		name = meant(charset);
	if (name != NULL)
		known = xmlFindCharEncodingHandler(name);
	if (known == NULL && !declares(head, size))
		known = xmlFindCharEncodingHandler("UTF-8");

	htmlParserCtxtPtr parser = htmlCreatePushParserCtxt(
		handler, context, NULL, 0, NULL, XML_CHAR_ENCODING_NONE);
	if (parser == NULL) {
		xmlCharEncCloseFunc(known);
		return NULL;
	}
	/* From now on a <meta> that says otherwise is not believed. */
	if (known != NULL)
		xmlSwitchToEncoding(parser, known);
	return parser;
}
