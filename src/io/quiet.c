/* SPDX-License-Identifier: MIT */
/*
 * SIGPIPE is blocked around a call, and if the call raised it, it is taken
 * before it is unblocked: the handler and mask of the program stay as they are.
 */
#include "io/quiet.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static void only_sigpipe(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGPIPE);
}

void cress_quiet_begin(struct cress_quiet *quiet)
{
	sigset_t set;

	sigpending(&set);
	quiet->pending = sigismember(&set, SIGPIPE);
	only_sigpipe(&set);
	pthread_sigmask(SIG_BLOCK, &set, &quiet->old);
}

void cress_quiet_end(struct cress_quiet *quiet, int may_have)
{
	struct timespec now = {0};
	int saved = errno;
	sigset_t set;

	only_sigpipe(&set);
	if (may_have && !quiet->pending)
		while (sigtimedwait(&set, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &quiet->old, NULL);
	errno = saved;
}
