/* SPDX-License-Identifier: MIT */
/*
 * Answers that are not files: refusals, redirects, pages made on the spot.
 */
#ifndef HTTPD_MESSAGE_H
#define HTTPD_MESSAGE_H

#include "reply.h"
#include "request.h"
#include "site.h"

/* Begin the description of an answer to `request`. */
struct reply message_reply(const struct client *client,
			   const struct request *request, int status);

/* All of these return 0, or -1 if the client is lost. */

/* Send a head and a body of `size` bytes, or the head alone for HEAD. */
int message_send(struct client *client, const struct request *request,
		 struct reply *reply, const char *type, const char *body,
		 size_t size);

/* Send a short page that tells the reply's status. */
int message_status(struct client *client, const struct request *request,
		   struct reply *reply);

/* Send the client on to the folder `name`. */
int message_redirect(struct client *client, const struct request *request,
		     const char *name);

/* Refuse what could not be read; the connection ends with it. */
int message_refuse(struct client *client, int status);

#endif
