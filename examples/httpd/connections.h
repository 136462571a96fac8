/* SPDX-License-Identifier: MIT */
/*
 * The page that lists the server's own connections.
 */
#ifndef HTTPD_CONNECTIONS_H
#define HTTPD_CONNECTIONS_H

#include <stddef.h>
#include "crowd.h"

#define CONNECTIONS_PATH "/.connections"

/* No more connections than this are listed; all are counted. */
#define CONNECTIONS_MAX 1000

/* Make the page. Returns it, to be freed, with its size; NULL: no memory. */
char *connections_page(const struct crowd *crowd, size_t *size);

#endif
