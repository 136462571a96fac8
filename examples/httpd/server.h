/* SPDX-License-Identifier: MIT */
/*
 * The server's life: from the first connection to the last.
 */
#ifndef HTTPD_SERVER_H
#define HTTPD_SERVER_H

#include "site.h"

/*
 * Listen at `address` and serve `site` until SIGINT or SIGTERM. Then nobody
 * new is let in, what is under way is finished within the site's grace, and
 * who is idle is sent home; a second signal ends that at once. Returns the
 * exit status of the process. Called once, by the body of cress_run().
 */
int server_run(const char *address, struct site *site);

#endif
