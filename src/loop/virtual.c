/* SPDX-License-Identifier: MIT */
/*
 * The virtual driver: a clock that jumps, and a choice drawn from a seed.
 * hub->loop points to the state that its maker keeps.
 */
#include "loop/virtual.h"

#include <errno.h>
#include <math.h>

#include "loop/hub.h"
#include "loop/virtual_driver.h"
#include "loop/virtual_fd.h"

/* So that somebody who yields for ever still sees the time pass. */
#define POLL_TAKES 1e-6

static int virtual_open(struct cress_hub *hub)
{
	struct cress_virtual *virtual = hub->loop;

	hub->random = virtual->random;
	return 0;
}

static void virtual_close(struct cress_hub *hub)
{
	cress_virtual_fd_free(hub);
}

static double virtual_now(struct cress_hub *hub)
{
	struct cress_virtual *virtual = hub->loop;

	return virtual->now;
}

static void virtual_poll(struct cress_hub *hub, double seconds)
{
	struct cress_virtual *virtual = hub->loop;
	double next = cress_timers_next(&hub->timers);

	if (cress_virtual_fd_report(hub) != 0 || seconds == 0)
		virtual->now += POLL_TAKES;
	else if (!isinf(next) && next > virtual->now)
		virtual->now = next;
}

/* xorshift64*: small, and the same on every machine. */
static size_t virtual_pick(struct cress_hub *hub, size_t count)
{
	struct cress_virtual *virtual = hub->loop;
	uint64_t x = virtual->random;

	if (x == 0)
		return 0;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	virtual->random = x;
	return (size_t)((x * 0x2545f4914f6cdd1dull) >> 33) % count;
}

static int virtual_expect_notify(struct cress_hub *hub, int expect)
{
	(void)hub;
	(void)expect;
	errno = ENOTSUP;
	return -1;
}

const struct cress_driver cress_driver_virtual = {
	.open = virtual_open,
	.close = virtual_close,
	.now = virtual_now,
	.poll = virtual_poll,
	.pick = virtual_pick,
	.fd = cress_virtual_fd,
	.known_fd = cress_virtual_known_fd,
	.watch = cress_virtual_watch,
	.unwatch = cress_virtual_unwatch,
	.forget = cress_virtual_forget,
	.simulated = 1,
	.expect_notify = virtual_expect_notify,
};
