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
#include "charset.h"

#include <libxml/HTMLparser.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
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
	{"img", "srcset", LINK_SET},
	{"source", "src", LINK_RESOURCE},
	{"source", "srcset", LINK_SET},
	{"script", "src", LINK_RESOURCE},
	{"link", "href", LINK_RESOURCE},
	{"link", "imagesrcset", LINK_SET},
	{"audio", "src", LINK_RESOURCE},
	{"video", "src", LINK_RESOURCE},
	{"video", "poster", LINK_RESOURCE},
	{"embed", "src", LINK_RESOURCE},
	{"object", "data", LINK_RESOURCE},
	{"base", "href", LINK_BASE},
};

/* Append a link to those found. */
static void add(struct links *links, enum link_use use, const char *href,
		size_t length)
{
	size_t align = _Alignof(struct link_found);
	size_t size = sizeof(struct link_found) + length + 1;

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
	link->href[length] = '\0';
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

/* Is the word in a list with white space or commas between the words? */
static int has_word(const char *list, const char *word)
{
	static const char between[] = " \t\n\f\r,";
	size_t length = strlen(word);

	while (list != NULL && *(list += strspn(list, between)) != '\0') {
		size_t size = strcspn(list, between);

		if (size == length && strncasecmp(list, word, length) == 0)
			return 1;
		list += size;
	}
	return 0;
}

/* srcset="small.png 480w, large.png 2x": the URLs of it. */
static void add_set(struct links *links, const char *set)
{
	static const char space[] = " \t\n\f\r";

	while (*(set += strspn(set, " \t\n\f\r,")) != '\0') {
		size_t length = strcspn(set, space);
		const char *next = set + length;

		/* A comma right behind a URL ends it; others are part of it. */
		if (set[length - 1] != ',')
			next += strcspn(next, ",");
		while (set[length - 1] == ',')
			length--;
		add(links, LINK_RESOURCE, set, length);
		set = next;
	}
}

/* <meta http-equiv="refresh" content="0; url=other.html"> */
static void add_refresh(struct links *links, const char *content)
{
	const char *url = strcasestr(content, "url");

	if (url == NULL)
		return;
	url += strlen("url");
	url += strspn(url, " \t\n\f\r");
	if (*url++ != '=')
		return;
	url += strspn(url, " \t\n\f\r");
	if (*url == '\'' || *url == '"')
		url++;
	add(links, LINK_PAGE, url, strcspn(url, "'\""));
}

/* <meta name="robots" content="nofollow"> is for all links of the page. */
static void on_meta(struct links *links, const xmlChar **attributes)
{
	const char *kind = attribute(attributes, "http-equiv");
	const char *name = attribute(attributes, "name");
	const char *content = attribute(attributes, "content");

	if (content == NULL)
		return;
	if (kind != NULL && strcasecmp(kind, "refresh") == 0)
		add_refresh(links, content);
	if (name != NULL && strcasecmp(name, "robots") == 0)
		links->nofollow |= has_word(content, "nofollow") ||
				   has_word(content, "none");
}

/* These are promises to connect to a host, not links to something on it. */
static int is_hint(const char *rel)
{
	return has_word(rel, "preconnect") || has_word(rel, "dns-prefetch");
}

static void add_place(struct links *links, enum link_use use,
		      const xmlChar **attributes, const char *href)
{
	const char *rel = attribute(attributes, "rel");

	if (use == LINK_RESOURCE && is_hint(rel))
		return;
	if (use == LINK_PAGE && has_word(rel, "nofollow"))
		use = LINK_NOFOLLOW;
	if (use == LINK_SET)
		add_set(links, href);
	else
		add(links, use, href, strlen(href));
}

/* The parser has met an element. It gives names in lower case. */
static void on_element(void *context, const xmlChar *name,
		       const xmlChar **attributes)
{
	const char *element = (const char *)name;
	struct links *links = context;

	if (strcmp(element, "meta") == 0)
		on_meta(links, attributes);
	for (size_t i = 0; i < sizeof link_places / sizeof *link_places; i++) {
		const char *href;

		/* Most elements differ in the first letter already. */
		if (*element != *link_places[i].element ||
		    strcmp(element, link_places[i].element) != 0)
			continue;
		href = attribute(attributes, link_places[i].attribute);
		if (href != NULL)
			add_place(links, link_places[i].use, attributes, href);
	}
}

/* Parse a piece. Its result counts mistakes in the page: no matter here. */
static int parse(struct links *links, const char *piece, size_t size)
{
	htmlParseChunk(links->parser, piece, (int)size, 0);
	if (links->failed)
		errno = ENOMEM;
	return links->failed ? -1 : 0;
}

/* There is enough of the page to know its encoding, or it has ended. */
static int begin(struct links *links)
{
	static htmlSAXHandler handler = {.startElement = on_element};
	size_t skip;

	links->parser = charset_parser(&handler, links, links->charset,
				       links->head, links->held, &skip);
	if (links->parser == NULL) {
		errno = ENOMEM;
		return -1;
	}
	return parse(links, links->head + skip, links->held - skip);
}

int links_feed(struct links *links, const char *charset, const char *piece,
	       size_t size)
{
	size_t room = sizeof links->head - links->held;

	if (links->parser != NULL)
		return parse(links, piece, size);
	if (links->held == 0)
		snprintf(links->charset, sizeof links->charset, "%s", charset);
	if (room > size)
		room = size;
	memcpy(links->head + links->held, piece, room);
	links->held += room;
	if (links->held < sizeof links->head)
		return 0;
	if (begin(links))
		return -1;
	return room < size ? parse(links, piece + room, size - room) : 0;
}

int links_finish(struct links *links)
{
	if (links->parser == NULL && links->held > 0 && begin(links))
		return -1;
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
