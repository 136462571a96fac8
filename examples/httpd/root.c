/* SPDX-License-Identifier: MIT */
/*
 * The folder that is served. That nothing outside of it can be opened is left
 * to the kernel, which alone can tell without a race: openat2(2) refuses while
 * it walks. Where that call is missing or forbidden, the file is pinned first
 * and the kernel is asked where it lies.
 *
 * To open a file may wait for the disk, and then the whole thread waits: names
 * are nearly always in memory. Reading is the library's concern.
 */
#define _GNU_SOURCE /* O_PATH */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Never wait for the other end of a pipe, never get a controlling terminal. */
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

#define PROC_NAME_SIZE 32

int root_open(const char *directory)
{
	return open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void proc_name(int fd, char name[PROC_NAME_SIZE])
{
	snprintf(name, PROC_NAME_SIZE, "/proc/self/fd/%d", fd);
}

/* Write the true path of an open file. Returns 0, or -1 with errno. */
static int true_path(int fd, char path[PATH_MAX])
{
	char name[PROC_NAME_SIZE];

	proc_name(fd, name);
	ssize_t size = readlink(name, path, PATH_MAX - 1);
	if (size < 0)
		return -1;
	path[size] = '\0';
	return 0;
}

static int lies_within(int root, int fd)
{
	char outer[PATH_MAX], inner[PATH_MAX];

	if (true_path(root, outer) < 0 || true_path(fd, inner) < 0)
		return 0;
	size_t size = strlen(outer);
	if (strncmp(outer, inner, size) != 0)
		return 0;
	/* "/srv" is no beginning of "/srv2", but "/" is one of all. */
	return inner[size] == '\0' || inner[size] == '/' ||
	       outer[size - 1] == '/';
}

int root_file_checked(int root, const char *name)
{
	char pinned_name[PROC_NAME_SIZE];
	int pinned = openat(root, name, O_PATH | O_CLOEXEC);
	int fd = -1;

	if (pinned < 0)
		return -1;
	if (lies_within(root, pinned)) {
		proc_name(pinned, pinned_name);
		fd = open(pinned_name, READ_FLAGS);
	} else {
		errno = EXDEV;
	}
	int error = errno;
	close(pinned);
	errno = error;
	return fd;
}

int root_file(int root, const char *name)
{
	struct open_how how = {
		.flags = READ_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, name, &how, sizeof how);

	/* EAGAIN: something was renamed meanwhile, and it could not be sure. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		return root_file_checked(root, name);
	return (int)fd;
}
