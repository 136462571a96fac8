/* SPDX-License-Identifier: MIT */
/*
 * Sending to a client who may be slow, with a limit to our patience.
 *
 * A client must take every piece of SEND_PIECE bytes within the site's
 * patience. A bound for a whole answer would punish long files; a bound for
 * each system call would let a client take one byte at a time for ever.
 */
#ifndef HTTPD_SEND_H
#define HTTPD_SEND_H

#include <stddef.h>
#include <stdint.h>
#include "site.h"

#define SEND_PIECE (64 * 1024)

/*
 * Send `size` bytes. `more` says that something follows at once, so that the
 * kernel may wait for it. Returns 0, or -1 if the client is lost.
 */
int send_bytes(struct client *client, const char *data, size_t size, int more);

/*
 * Send `size` bytes of the open file `file` from `first` on. Returns 0, or -1
 * if the client is lost or the file has become shorter.
 */
int send_file(struct client *client, int file, uint64_t first, uint64_t size);

#endif
