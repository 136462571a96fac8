/* SPDX-License-Identifier: MIT */
/*
 * A client's connection, from its first request to its last.
 */
#ifndef HTTPD_CONNECTION_H
#define HTTPD_CONNECTION_H

#include "site.h"

/* Serve the requests that come from `fd`, and close it. */
void connection_serve(int fd, const struct site *site);

#endif
