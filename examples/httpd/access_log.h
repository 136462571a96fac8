/* SPDX-License-Identifier: MIT */
/*
 * The access log, in the format that is called "combined".
 */
#ifndef HTTPD_ACCESS_LOG_H
#define HTTPD_ACCESS_LOG_H

#include "request.h"
#include "site.h"

struct access_log;

/*
 * Open a log that is appended to the file `name`; "-" is standard output.
 * Returns NULL with errno.
 */
struct access_log *access_log_open(const char *name);

/*
 * Add a line on an answer. Does not park: lines are collected, and written
 * when many have come or a second has gone. `request` is NULL for one that
 * was refused; `line` is what it began with then.
 */
void access_log_add(struct access_log *log, const struct client *client,
		    const char *peer, const struct request *request,
		    struct text line);

/* Write what is collected, and close. Parks. */
void access_log_close(struct access_log *log);

#endif
