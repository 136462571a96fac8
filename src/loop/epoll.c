/* SPDX-License-Identifier: MIT */
/*
 * Finding libev's epoll, which it does not tell.
 *
 * Whether an epoll watches a descriptor the kernel tells surely: to add it a
 * second time fails with EEXIST, and to whatever is no epoll with EINVAL. So
 * each number is asked, and none that says something else is changed for
 * longer than that takes. The search is short, since the one that is looked
 * for was made a moment ago, when its number was the lowest free one.
 */
#include "loop/epoll.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

static int watches(int epoll, int member)
{
	struct epoll_event nothing = {.events = 0};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, member, &nothing) != 0)
		return errno == EEXIST;
	epoll_ctl(epoll, EPOLL_CTL_DEL, member, NULL);
	return 0;
}

int cress_epoll_of(int member)
{
	long limit = sysconf(_SC_OPEN_MAX);

	for (int fd = 0; fd < limit; fd++)
		if (fd != member && watches(fd, member))
			return fd;
	errno = ENOTSUP;
	return -1;
}

int cress_epoll_follow(int outer, int inner)
{
	struct epoll_event readable = {.events = EPOLLIN};

	return epoll_ctl(outer, EPOLL_CTL_ADD, inner, &readable);
}

int cress_epoll_around(int inner)
{
	int outer = epoll_create1(EPOLL_CLOEXEC);
	int saved;

	if (outer < 0)
		return -1;
	if (cress_epoll_follow(outer, inner) == 0)
		return outer;
	saved = errno;
	close(outer);
	errno = saved;
	return -1;
}

int cress_epoll_renew(int outer)
{
	int own = epoll_create1(EPOLL_CLOEXEC);

	if (own < 0) {
		close(outer);
		return -1;
	}
	dup3(own, outer, O_CLOEXEC);
	close(own);
	return outer;
}
