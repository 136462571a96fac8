/* SPDX-License-Identifier: MIT */
/*
 * Paths: from what stands in a request to a file name, and back.
 */
#ifndef HTTPD_PATH_H
#define HTTPD_PATH_H

#include <stddef.h>
#include "text.h"

/*
 * Turn the path of a request into the name of a file relative to the root:
 * percent escapes resolved, no leading or doubled slash, no "." or "..". The
 * root itself is ".". `*is_directory` tells whether it ended in a slash.
 *
 * Returns 0, or the status that refuses it: 400 a bad escape, a zero byte, or
 * a way out of the root; 414 it needs more than `room` bytes.
 */
int path_decode(struct text path, char *name, size_t room, int *is_directory);

/*
 * Write `name` as path_decode() made it as the path of a URL into `out`, with
 * a slash before and after, and a final zero. `out` has room for
 * PATH_ENCODED(strlen(name)) bytes. Returns the length.
 */
size_t path_encode(const char *name, char *out);

#define PATH_ENCODED(length) (3 * (length) + 3)

#endif
