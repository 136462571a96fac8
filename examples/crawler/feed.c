/* SPDX-License-Identifier: MIT */
/*
 * JSON lines. Whatever is not ASCII is escaped byte by byte: URLs are ASCII
 * already, and what a server says need not be in any encoding.
 */
#include "feed.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A line is never longer than this: URLs and reasons are not. */
#define LINE_BYTES (256 * 1024)

FILE *feed_open(const char *path, int go_on)
{
	FILE *feed = fopen(path, go_on ? "a" : "w");

	if (feed == NULL)
		fprintf(stderr, "crawler: %s: %s\n", path, strerror(errno));
	else
		setvbuf(feed, NULL, _IOFBF, LINE_BYTES);
	return feed;
}

static void write_text(FILE *feed, const char *name, const char *text)
{
	fprintf(feed, ", \"%s\": \"", name);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(feed, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(feed, "\\u%04x", c);
		else
			putc(c, feed);
	}
	putc('"', feed);
}

static const char *name_of(enum link_state state)
{
	switch (state) {
	case LINK_BROKEN:
		return "broken";
	case LINK_UNREAD:
		return "unread";
	case LINK_FORBIDDEN:
		return "forbidden";
	case LINK_REDIRECTED:
		return "redirected";
	default:
		return "fine";
	}
}

void feed_link(FILE *feed, const struct link *link,
	       const struct fetch_answer *answer)
{
	if (feed == NULL)
		return;
	fprintf(feed, "{\"status\": %ld, \"depth\": %u, \"bytes\": %" PRIu64
		", \"seconds\": %.6f, \"page\": %s",
		answer->status, link->depth, answer->bytes, answer->seconds,
		link->is_page ? "true" : "false");
	write_text(feed, "url", link->url);
	write_text(feed, "result", name_of(link->state));
	if (link->target != NULL)
		write_text(feed, "target", link->target->url);
	if (link->reason != NULL)
		write_text(feed, "reason", link->reason);
	if (link->mentions != NULL)
		write_text(feed, "referer", link->mentions->page->url);
	fputs("}\n", feed);
	fflush(feed);
}
