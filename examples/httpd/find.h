/* SPDX-License-Identifier: MIT */
/*
 * From the path of a request to an open file.
 */
#ifndef HTTPD_FIND_H
#define HTTPD_FIND_H

#include <limits.h>
#include <sys/stat.h>
#include "site.h"
#include "text.h"

struct found {
	int fd;
	int is_folder;		/* one that lacks an index */
	struct stat stat;
	char name[PATH_MAX];	/* relative to the root */
};

/*
 * Find what a path means: a file, the index of a folder, or, if the site lists
 * those, a folder without one. Parks while there is no descriptor.
 *
 * Returns 0, and `found` holds a descriptor; 301 if it is the name of a folder
 * without its slash, with `name` filled in; or the status that refuses it.
 */
int find(const struct site *site, struct text path, struct found *found);

/*
 * Find the packed version of a file: NAME.gz beside it, not older than the
 * file itself. Returns 0, or -1 if there is none.
 */
int find_packed(const struct site *site, const struct found *file,
		struct found *packed);

#endif
