/* SPDX-License-Identifier: MIT */
/*
 * Links by libxml2's HTML parser, through its SAX interface: no tree is built,
 * and a page is parsed piece by piece as it arrives, so that the memory that a
 * page takes is that of its links.
 *
 * The choice: on the manual of the demo SAX takes 130-150 us for 10 kB on one
 * core, libmodest 129-131 with its tree. They are equals, but libmodest needs
 * the page in memory at once and is not developed any more.
 */
#include "links.h"

#include <libxml/HTMLparser.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Which attribute of which element is a link. */
static const struct {
	const char *element;
	const char *attribute;
	enum link_use use;
} link_places[] = {
	{"a", "href", LINK_PAGE},
	{"area", "href", LINK_PAGE},
	{"frame", "src", LINK_PAGE},
	{"iframe", "src", LINK_PAGE},
	{"img", "src", LINK_RESOURCE},
	{"script", "src", LINK_RESOURCE},
	{"link", "href", LINK_RESOURCE},
	{"base", "href", LINK_BASE},
};

/* Append a link to those found. */
static void add(struct links *links, enum link_use use, const char *href)
{
	size_t align = _Alignof(struct link_found);
	size_t length = strlen(href) + 1;
	size_t size = sizeof(struct link_found) + length;

	size = (size + align - 1) / align * align;
	if (links->capacity - links->used < size) {
		size_t capacity = 2 * links->capacity + size + 1024;
		char *found = realloc(links->found, capacity);

		if (found == NULL) {
			links->failed = 1;
			return;
		}
		links->found = found;
		links->capacity = capacity;
	}
	/* The sizes are multiples of the alignment: so are the places. */
	struct link_found *link = (void *)(links->found + links->used);
	link->size = size;
	link->use = use;
	memcpy(link->href, href, length);
	links->used += size;
}

/* The attributes are name, value, name, value, NULL. */
static const char *attribute(const xmlChar **attributes, const char *name)
{
	if (attributes == NULL)
		return NULL;
	for (; *attributes != NULL; attributes += 2)
		if (strcmp((const char *)attributes[0], name) == 0)
			return (const char *)attributes[1];
	return NULL;
}

/* These are promises to connect to a host, not links to something on it. */
static int is_hint(const char *rel)
{
	return rel != NULL && (strcasecmp(rel, "preconnect") == 0 ||
			       strcasecmp(rel, "dns-prefetch") == 0);
}

/* <meta http-equiv="refresh" content="0; url=other.html"> */
static void add_refresh(struct links *links, const xmlChar **attributes)
{
	const char *kind = attribute(attributes, "http-equiv");
	const char *content = attribute(attributes, "content");
	char href[2048];

	if (kind == NULL || content == NULL || strcasecmp(kind, "refresh"))
		return;
	const char *url = strcasestr(content, "url=");
	if (url == NULL)
		return;
	url += strlen("url=");
	if (*url == '\'' || *url == '"')
		url++;
	size_t length = strcspn(url, "'\"");
	if (length >= sizeof href)
		return;
	memcpy(href, url, length);
	href[length] = '\0';
	add(links, LINK_PAGE, href);
}

/* The parser has met an element. It gives names in lower case. */
static void on_element(void *context, const xmlChar *name,
		       const xmlChar **attributes)
{
	const char *element = (const char *)name;
	struct links *links = context;

	if (strcmp(element, "meta") == 0)
		add_refresh(links, attributes);
	for (size_t i = 0; i < sizeof link_places / sizeof *link_places; i++) {
		if (strcmp(element, link_places[i].element) != 0)
			continue;
		const char *href =
			attribute(attributes, link_places[i].attribute);
		if (strcmp(element, "link") == 0 &&
		    is_hint(attribute(attributes, "rel")))
			href = NULL;
		if (href != NULL)
			add(links, link_places[i].use, href);
		return;
	}
}

/* Does the beginning of a page speak of its encoding? */
static int declares_charset(const char *piece, size_t size)
{
	static const char word[] = "charset=";
	size_t length = sizeof word - 1;

	for (size_t i = 0; i + length <= size; i++)
		if (strncasecmp(piece + i, word, length) == 0)
			return 1;
	return 0;
}

/*
 * What the server says of the encoding holds. If neither it nor the page says
 * anything, UTF-8 is meant: the parser itself would assume Latin-1.
 */
static xmlCharEncoding encoding_of(const char *charset, const char *piece,
				   size_t size)
{
	xmlCharEncoding encoding = XML_CHAR_ENCODING_ERROR;

	if (charset[0] != '\0')
		encoding = xmlParseCharEncoding(charset);
	if (encoding != XML_CHAR_ENCODING_ERROR)
		return encoding;
	if (declares_charset(piece, size))
		return XML_CHAR_ENCODING_NONE;
	return XML_CHAR_ENCODING_UTF8;
}

int links_feed(struct links *links, const char *charset, const char *piece,
	       size_t size)
{
	static htmlSAXHandler handler = {.startElement = on_element};

	if (links->parser == NULL) {
		links->parser = htmlCreatePushParserCtxt(
			&handler, links, NULL, 0, NULL,
			encoding_of(charset, piece, size));
		if (links->parser == NULL) {
			errno = ENOMEM;
			return -1;
		}
	}
	/* Its result counts mistakes in the page, which are no matter here. */
	htmlParseChunk(links->parser, piece, (int)size, 0);
	if (links->failed)
		errno = ENOMEM;
	return links->failed ? -1 : 0;
}

int links_finish(struct links *links)
{
	if (links->parser != NULL)
		htmlParseChunk(links->parser, NULL, 0, 1);
	if (links->failed)
		errno = ENOMEM;
	return links->failed ? -1 : 0;
}

const struct link_found *links_next(const struct links *links,
				    const struct link_found *link)
{
	const char *next = links->found;

	if (link != NULL)
		next = (const char *)link + link->size;
	if (next == NULL || next == links->found + links->used)
		return NULL;
	return (const void *)next;
}

void links_free(struct links *links)
{
	htmlParserCtxtPtr parser = links->parser;

	if (parser != NULL) {
		/* The default handlers that stay may have made a document. */
		if (parser->myDoc != NULL)
			xmlFreeDoc(parser->myDoc);
		htmlFreeParserCtxt(parser);
	}
	free(links->found);
	*links = (struct links){.parser = NULL};
}
