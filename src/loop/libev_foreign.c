/* SPDX-License-Identifier: MIT */
/*
 * The hub in a loop that is not libev's: that one polls a descriptor.
 *
 * libev may replace its epoll when it finds events of files that were closed
 * elsewhere. So what the host gets is an epoll of ours around it, which stays.
 */
#include "loop/libev.h"

#include <errno.h>

#include "core/log.h"
#include "loop/epoll.h"

#include <cress/runtime.h>

int cress_libev_descriptor(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	int inner;

	if (libev->outer >= 0)
		return libev->outer;
	/* Later on there are other watchers, whose events would come here. */
	if (hub->hosted || ev_backend(libev->loop) != EVBACKEND_EPOLL) {
		errno = ENOTSUP;
		return -1;
	}
	if (cress_libev_expect_notify(hub, 1) != 0)
		return -1;
	/* Now the kernel learns of it, and it is the mark to search for. */
	cress_libev_check_changed(hub);
	ev_run(libev->loop, EVRUN_NOWAIT);
	inner = cress_epoll_of(libev->notice.fd);
	if (inner < 0)
		return -1;
	libev->outer = cress_epoll_around(inner);
	libev->lost = 0;
	return libev->outer;
}

/*
 * Libev tells the kernel of a watcher only when it runs: what the turn has
 * started or stopped would not be known while the host sleeps.
 */
void cress_libev_settle(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	int inner;

	if (hub->unsettled) {
		hub->unsettled = 0;
		cress_libev_poll(hub, 0);
	}
	if (!libev->lost || libev->outer < 0)
		return;
	libev->lost = 0;
	inner = cress_epoll_of(libev->notice.fd);
	if (inner < 0 || cress_epoll_follow(libev->outer, inner) != 0)
		cress_log(CRESS_LOG_ERROR, "the descriptor of the hub is lost");
}

