/* SPDX-License-Identifier: MIT */
/*
 * Reading requests from a connection.
 *
 * A request usually comes whole, in one packet. So all connections receive
 * into one buffer that they share, and a request is looked at there; that is
 * safe until somebody parks. Only a connection with an unfinished request, or
 * with more behind it, has a buffer of its own: an idle one has none.
 */
#ifndef HTTPD_READER_H
#define HTTPD_READER_H

#include "request.h"

/* A buffer of one connection, with its parser. */
struct own;

struct reader {
	int fd;
	struct own *own;	/* NULL: nothing is unread */
	int has_begun;		/* a part of a request has come */
	struct text seen;	/* in the shared buffer; see reader_keep() */
};

/* Make what all share. Returns 0, or -1 if there is no memory. */
int reader_open_shared(void);
void reader_close_shared(void);

/*
 * Read the next request. Parks. Its text is good until the next call, and, if
 * reader_is_shared(), only until the caller parks.
 *
 * Returns 200; the status that refuses it, and nothing more can be read; or 0
 * if the client is gone or the caller is cancelled.
 */
int reader_next(struct reader *reader, struct request *request);

/* Does the request lie in the buffer that all share? */
int reader_is_shared(const struct reader *reader);

/*
 * Move the request into memory of its own, so that the caller may park.
 * `request` points there afterwards. Returns 0, or -1 if there is no memory.
 */
int reader_keep(struct reader *reader, struct request *request);

/* The first line of what was read last, as far as it came, for the log. */
struct text reader_line(const struct reader *reader);

/* Drop what is unread. */
void reader_close(struct reader *reader);

/* Receive bytes and drop them. Returns as recv(2) does; parks. */
long reader_drain(struct reader *reader);

#endif
