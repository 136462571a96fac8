/* SPDX-License-Identifier: MIT */
/*
 * From the path of a request to an open file. Whatever lies outside of the
 * root is not there, and gets no other answer than what does not exist.
 */
#include "find.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>
#include "path.h"
#include "root.h"

#define INDEX "index.html"
#define PACKED ".gz"

/*
 * Open a file, and wait a while for a descriptor if there is none: those who
 * send nothing must not keep the others from being served.
 */
static int open_patiently(const struct site *site, const char *name)
{
	cress_scope_t limit;
	double pause = 0.01;
	int fd = root_file(site->root, name);

	if (fd >= 0 || (errno != EMFILE && errno != ENFILE))
		return fd;
	cress_scope_open(&limit, site->patience);
	do {
		int error = errno;

		if (cress_sleep(pause) < 0) {
			errno = error;
			break;
		}
		pause *= 2;
		fd = root_file(site->root, name);
	} while (fd < 0 && (errno == EMFILE || errno == ENFILE));
	cress_scope_close(&limit);
	return fd;
}

/* Open `found->name` and look at it. Returns 0, or the status of failure. */
static int open_found(const struct site *site, struct found *found)
{
	found->fd = open_patiently(site, found->name);
	if (found->fd >= 0 && fstat(found->fd, &found->stat) == 0)
		return 0;
	int error = errno;
	if (found->fd >= 0)
		cress_close(found->fd);
	if (error == EACCES)
		return 403;
	if (error == EMFILE || error == ENFILE || error == ENOMEM)
		return 503;
	return 404;
}

/* Go on from a folder to its index. */
static int find_index(const struct site *site, struct found *found)
{
	struct stat stat = found->stat;
	int fd = found->fd;
	size_t size = strlen(found->name);

	strcat(strcat(found->name, "/"), INDEX);
	int status = open_found(site, found);
	if (status != 404 || !site->lists) {
		cress_close(fd);
		return status;
	}
	found->name[size] = '\0';
	found->fd = fd;
	found->stat = stat;
	found->is_folder = 1;
	return 0;
}

int find(const struct site *site, struct text path, struct found *found)
{
	int has_slash;

	found->is_folder = 0;
	/* Leave room for the index's name. */
	int status = path_decode(path, found->name,
				 sizeof found->name - sizeof INDEX,
				 &has_slash);
	if (status == 0)
		status = open_found(site, found);
	if (status != 0)
		return status;
	if (S_ISDIR(found->stat.st_mode)) {
		if (!has_slash) {
			cress_close(found->fd);
			return 301;
		}
		status = find_index(site, found);
		if (status != 0 || found->is_folder)
			return status;
		has_slash = 0;
	}
	if (!has_slash && S_ISREG(found->stat.st_mode))
		return 0;
	cress_close(found->fd);
	return 404;
}

static int is_older(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec < b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

int find_packed(const struct site *site, const struct found *file,
		struct found *packed)
{
	size_t size = strlen(file->name);

	if (size + sizeof PACKED > sizeof packed->name)
		return -1;
	memcpy(packed->name, file->name, size);
	memcpy(packed->name + size, PACKED, sizeof PACKED);
	packed->is_folder = 0;
	packed->fd = root_file(site->root, packed->name);
	if (packed->fd < 0)
		return -1;
	if (fstat(packed->fd, &packed->stat) == 0 &&
	    S_ISREG(packed->stat.st_mode) &&
	    !is_older(&packed->stat, &file->stat))
		return 0;
	cress_close(packed->fd);
	return -1;
}
