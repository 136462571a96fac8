/* SPDX-License-Identifier: MIT */
/*
 * The page that lists a folder.
 */
#ifndef HTTPD_LISTING_H
#define HTTPD_LISTING_H

#include <stddef.h>

/* No more names than this are listed of one folder. */
#define LISTING_MAX 10000

/*
 * Make the page for the open folder `fd`, whose name is `name`. Names that
 * begin with a dot are left out. Blocks: a worker's business. Returns the
 * page, to be freed, with its size; or NULL with errno.
 */
char *listing_make(int fd, const char *name, size_t *size);

#endif
