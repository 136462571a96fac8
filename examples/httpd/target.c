/* SPDX-License-Identifier: MIT */
/*
 * The target of a request. That its characters are allowed where they stand
 * has been seen to by the parser; here it is only taken apart.
 */
#include "target.h"

#include <string.h>
#include <strings.h>

/* Cut `text` at the first `mark`; what is behind it becomes `*rest`. */
static void cut(struct text *text, char mark, struct text *rest)
{
	const char *at = memchr(text->data, mark, text->size);

	*rest = (struct text){NULL, 0};
	if (at == NULL)
		return;
	rest->data = at + 1;
	rest->size = (size_t)(text->data + text->size - rest->data);
	text->size = (size_t)(at - text->data);
}

/* Skip "http://host:port". Returns 0, or -1 if there is no such thing. */
static int skip_host(struct text *target)
{
	static const char *const schemes[] = {"http://", "https://"};
	size_t size = 0, host = 0;

	for (int i = 0; i < 2; i++)
		if (target->size > strlen(schemes[i]) &&
		    strncasecmp(target->data, schemes[i],
				strlen(schemes[i])) == 0)
			size = strlen(schemes[i]);
	if (size == 0)
		return -1;
	target->data += size;
	target->size -= size;
	while (host < target->size && strchr("/?", target->data[host]) == NULL)
		host++;
	target->data += host;
	target->size -= host;
	return host > 0 ? 0 : -1;
}

int target_split(struct text target, struct text *path, struct text *query)
{
	struct text fragment;

	if (target.size == 0)
		return -1;
	cut(&target, '#', &fragment);
	if ((target.size == 0 || target.data[0] != '/') &&
	    skip_host(&target) < 0)
		return -1;
	cut(&target, '?', query);
	*path = target.size > 0 ? target : (struct text){"/", 1};
	return 0;
}
