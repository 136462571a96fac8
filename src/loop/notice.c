/* SPDX-License-Identifier: MIT */
/*
 * Notices to a loop. Many that are given before one is taken are one: only the
 * first costs a system call. Whoever gives one has done before what it tells
 * of, and whoever takes it looks after that; so none is lost.
 */
#include "loop/notice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cress_notice_open(struct cress_notice *notice)
{
	if (notice->fd >= 0)
		return 0;
	notice->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	atomic_store(&notice->given, 0);
	return notice->fd < 0 ? -1 : 0;
}

void cress_notice_close(struct cress_notice *notice)
{
	if (notice->fd >= 0)
		close(notice->fd);
	notice->fd = -1;
}

void cress_notice_give(struct cress_notice *notice)
{
	uint64_t one = 1;

	if (atomic_exchange(&notice->given, 1) == 0)
		while (write(notice->fd, &one, sizeof one) < 0 &&
		       errno == EINTR)
			continue;
}

void cress_notice_take(struct cress_notice *notice)
{
	uint64_t count;

	while (read(notice->fd, &count, sizeof count) < 0 && errno == EINTR)
		continue;
	atomic_store(&notice->given, 0);
}

int cress_notice_renew(struct cress_notice *notice)
{
	int own = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);

	/* Better none than the parent's. */
	if (own < 0) {
		cress_notice_close(notice);
		return -1;
	}
	dup3(own, notice->fd, O_CLOEXEC);
	close(own);
	atomic_store(&notice->given, 1);
	return 0;
}
