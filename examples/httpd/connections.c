/* SPDX-License-Identifier: MIT */
/*
 * The page that lists the server's own connections: one line each, the
 * youngest first, in columns that sort(1) and awk(1) can work with.
 */
#include "connections.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
	[DOING_READ] = "reads",
	[DOING_ANSWER] = "answers",
	[DOING_END] = "ends",
};

static void write_member(FILE *out, const struct member *member, time_t now)
{
	fprintf(out,
		"%" PRIu64 "\t%s\t%s\t%ld s\t%" PRIu64 " requests\t%" PRIu64
		" bytes\n",
		member->number, member->peer,
		crowd_is_idle(member) ? "idle" : words[member->doing],
		(long)(now - member->since), member->requests, member->sent);
}

char *connections_page(const struct crowd *crowd, size_t *size)
{
	const struct member *member = crowd->first;
	time_t now = time(NULL);
	char *page = NULL;
	FILE *out = open_memstream(&page, size);

	if (out == NULL)
		return NULL;
	fprintf(out, "%d connections of at most %d, %" PRIu64 " ever\n",
		crowd->count, crowd->limit, crowd->ever);
	for (int i = 0; i < CONNECTIONS_MAX && member != NULL; i++) {
		write_member(out, member, now);
		member = member->next;
	}
	if (member != NULL)
		fputs("and more\n", out);
	if (fclose(out) == 0)
		return page;
	free(page);
	return NULL;
}
