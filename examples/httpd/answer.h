/* SPDX-License-Identifier: MIT */
/*
 * Answers: what a request gets.
 */
#ifndef HTTPD_ANSWER_H
#define HTTPD_ANSWER_H

#include "request.h"

/* What the server serves, and how long it waits for a slow client. */
struct site {
	int root;		/* the folder, see root.h */
	double patience;	/* seconds */
};

/*
 * Answer `request` to `client`. Returns 0, or -1 if the client is lost and
 * nothing can be sent any more.
 */
int answer(int client, const struct request *request, const struct site *site);

/* Refuse what cannot be answered; the connection ends with it. */
int answer_refusal(int client, int status, const struct site *site);

#endif
