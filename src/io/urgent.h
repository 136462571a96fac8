/* SPDX-License-Identifier: MIT */
/* Events that the loop cannot wait for, because libev knows only two. */
#ifndef CRESS_IO_URGENT_H
#define CRESS_IO_URGENT_H

#include <poll.h>

/*
 * The events of these that neither a readable nor a writable descriptor tells
 * of: urgent data and their kin, a hang-up alone, an error alone.
 */
int cress_urgent_events(short events);

/* Is that so for a descriptor with these? */
int cress_urgent_is(short events);

/*
 * A descriptor that is readable when one of `fds` has such an event; to be
 * closed. -1 if there is none to wait for, -2 with errno if it failed.
 */
int cress_urgent_open(const struct pollfd *fds, nfds_t count);

#endif
