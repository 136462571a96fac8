/* SPDX-License-Identifier: MIT */
/* Writing without SIGPIPE where there is no flag against it. */
#ifndef CRESS_IO_QUIET_H
#define CRESS_IO_QUIET_H

#include <signal.h>

struct cress_quiet {
	sigset_t old;
	int pending;		/* it was, before: that one is not ours */
};

/* Hold SIGPIPE back in this thread. */
void cress_quiet_begin(struct cress_quiet *quiet);

/*
 * Let it through again, without the one that a call raised: `may_have` is
 * whether it can have done so. Keeps errno.
 */
void cress_quiet_end(struct cress_quiet *quiet, int may_have);

#endif
