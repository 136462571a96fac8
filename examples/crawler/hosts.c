/* SPDX-License-Identifier: MIT */
/*
 * Hosts by their names, as they stand in URLs of our spelling. A name that is
 * longer than any name may be is never among them.
 */
#include "hosts.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

#define NAME_ROOM 256

struct host {
	struct set_item item;	/* first: the set finds hosts by it */
	char name[];
};

/* Copy the name. Returns its length, or 0 if it is none. */
static size_t copy_name(const char *url, char name[NAME_ROOM])
{
	size_t length;
	const char *begin = url_host(url, &length);

	if (length >= NAME_ROOM)
		length = 0;
	memcpy(name, begin, length);
	name[length] = '\0';
	return length;
}

int hosts_add(struct hosts *hosts, const char *url)
{
	char name[NAME_ROOM];
	size_t length = copy_name(url, name);

	if (length == 0 || set_find(&hosts->names, name) != NULL)
		return 0;
	struct host *host = malloc(sizeof *host + length + 1);
	if (host == NULL)
		return -1;
	memcpy(host->name, name, length + 1);
	host->item.key = host->name;
	if (set_add(&hosts->names, &host->item) == 0)
		return 0;
	free(host);
	return -1;
}

int hosts_have(const struct hosts *hosts, const char *url)
{
	char name[NAME_ROOM];

	return copy_name(url, name) > 0 &&
	       set_find(&hosts->names, name) != NULL;
}

void hosts_free(struct hosts *hosts)
{
	for (size_t i = 0; i < hosts->names.size; i++)
		free(hosts->names.slots[i]);
	set_free(&hosts->names);
}
