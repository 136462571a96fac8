/* SPDX-License-Identifier: MIT */
/*
 * Compression, and the one place that knows the library for it.
 */
#ifndef HTTPD_GZIP_H
#define HTTPD_GZIP_H

#include <stddef.h>

/* Is there a library that compresses? Without, .gz files are served still. */
int gzip_is_there(void);

/*
 * Compress `size` bytes into `out`. Blocks for as long as it computes: a
 * worker's business. Returns how many bytes it made, or 0 if they do not fit
 * into `room`, or there is no memory or no library.
 */
size_t gzip_compress(const char *in, size_t size, char *out, size_t room);

#endif
