/* SPDX-License-Identifier: MIT */
/*
 * Answers: what a request gets that the cache has nothing for.
 */
#ifndef HTTPD_ANSWER_H
#define HTTPD_ANSWER_H

#include "request.h"
#include "site.h"

/*
 * Answer `request` to `client`. Parks. Returns 0, or -1 if the client is lost
 * and nothing can be sent any more.
 */
int answer(struct client *client, const struct request *request);

#endif
