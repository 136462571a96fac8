/* SPDX-License-Identifier: MIT */
/*
 * The hosts that may be visited: those of the start URLs, whatever the port.
 */
#ifndef CRAWLER_HOSTS_H
#define CRAWLER_HOSTS_H

#include "set.h"

/* All zero is none. */
struct hosts {
	struct set names;
};

/* Let in the host of a URL. Returns 0, or -1 with errno ENOMEM. */
int hosts_add(struct hosts *hosts, const char *url);

/* Is the host of the URL among them? */
int hosts_have(const struct hosts *hosts, const char *url);

void hosts_free(struct hosts *hosts);

#endif
