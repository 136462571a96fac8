/* SPDX-License-Identifier: MIT */
/*
 * What the server serves and how, and whom an answer goes to: the two things
 * that nearly every file here is told.
 */
#ifndef HTTPD_SITE_H
#define HTTPD_SITE_H

#include <stdint.h>

struct access_log;
struct cache;
struct crowd;

struct site {
	int root;		/* the folder, see root.h */
	double patience;	/* seconds that a slow client may take */
	double grace;		/* seconds for what is under way at the end */
	int lists;		/* a folder without an index shows its files */
	int compresses;		/* for clients that want it */
	int shows_connections;	/* at CONNECTIONS_PATH, to this host only */
	const char *field;	/* a header field of every answer, or NULL */
	struct cache *cache;	/* of small files, see cache.h */
	struct access_log *log;	/* NULL: none */
	struct crowd *crowd;	/* all connections, see crowd.h */
};

/* Whom an answer goes to, and what has become of it. */
struct client {
	int fd;
	const struct site *site;
	int is_local;		/* it is on this host */
	int status;		/* of the answer */
	uint64_t head;		/* bytes of its head */
	uint64_t sent;		/* bytes that the kernel took, head included */
};

#endif
