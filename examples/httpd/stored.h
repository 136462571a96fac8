/* SPDX-License-Identifier: MIT */
/*
 * Answers from the cache: the short way, that most requests take.
 */
#ifndef HTTPD_STORED_H
#define HTTPD_STORED_H

#include "entry.h"
#include "site.h"

/* What of an answer is to be sent still. */
struct rest {
	struct entry *entry;	/* with a reference; NULL: all is sent */
	size_t head, body;	/* bytes of them that were sent */
	size_t head_size, body_size;
	char text[1100];	/* the head */
};

enum stored { STORED_NOT, STORED_SENT, STORED_REST, STORED_LOST };

/*
 * Answer a request from the cache, with one send that does not park, so that
 * the request may lie in memory that all share. Returns
 *
 *     STORED_NOT   the cache has nothing for it: nothing was sent
 *     STORED_SENT  done
 *     STORED_REST  the client takes no more for now: call stored_finish()
 *     STORED_LOST  the client is lost
 */
enum stored stored_answer(struct client *client, const struct request *request,
			  struct rest *rest);

/* Send the rest, and drop its reference. Parks. Returns 0, or -1 if lost. */
int stored_finish(struct client *client, struct rest *rest);

/* Send an entry as the answer to a request. Parks. Returns 0, or -1. */
int stored_send(struct client *client, const struct request *request,
		struct entry *entry);

#endif
