/* SPDX-License-Identifier: MIT */
/*
 * A hub that is a guest in somebody else's loop: turns of bounded length, run
 * in the hub's own coroutine on demand of main, whose stack runs that loop.
 */
#ifndef CRESS_LOOP_HOST_H
#define CRESS_LOOP_HOST_H

#include "loop/hub.h"

/* What hub->hosted says. */
enum {
	CRESS_HOST_NONE,
	CRESS_HOST_LIBEV,	/* which polls for us, and calls the driver */
	CRESS_HOST_FOREIGN	/* which calls us, and we poll */
};

/* From now on the current coroutine, main, is the one that runs the loop. */
void cress_host_begin(struct cress_hub *hub, int host);

/* Main may park again, and the hub runs its own rounds. */
void cress_host_end(struct cress_hub *hub);

/* Have the hub do one turn. Called in main. */
void cress_host_turn(struct cress_hub *hub);

/* The hub's side of that, called in a loop in the hub's coroutine. */
void cress_host_serve(struct cress_hub *hub);

/* Log an error that was for main, and came while it runs its loop. */
void cress_host_missed(int error);

/* Is anything to be done for a coroutine right now? */
int cress_host_is_due(const struct cress_hub *hub);

/* Can anything but the host's own doing still make a coroutine run? */
static inline int cress_host_is_needed(const struct cress_hub *hub)
{
	return !cress_hub_is_idle(hub) || hub->outside != 0 ||
	       hub->due != NULL ||
	       hub->timers.count != 0;
}

#endif
