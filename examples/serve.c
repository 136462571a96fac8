/* SPDX-License-Identifier: MIT */
/*
 * Listen and accept, for the servers among the examples.
 *
 * No failure of accept ends a server. A connection that was lost while it was
 * pending is nobody's fault. A lack of descriptors or memory stays until
 * somebody gives some back, so the loop waits, longer each time, and the
 * pending connections stay in the kernel's queue meanwhile.
 */
#include "serve.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>

#define PAUSE_MIN 0.01
#define PAUSE_MAX 1.0

int serve_listen(const char *address)
{
	char name[CRESS_ADDRESS_MAX];
	int listener = cress_listen("tcp", address, 0);

	if (listener < 0 ||
	    cress_local_address(listener, name, sizeof name) < 0) {
		fprintf(stderr, "%s: %s\n", address, strerror(errno));
		return -1;
	}
	printf("listening on %s\n", name);
	fflush(stdout);
	return listener;
}

void serve_accept(int listener, cress_fn *connection)
{
	double pause = PAUSE_MIN;

	while (cress_scope_error() == 0) {
		int fd = cress_accept4(listener, NULL, NULL, 0);
		void *arg = (void *)(intptr_t)fd;

		if (fd >= 0 && cress_go(connection, arg) == 0) {
			pause = PAUSE_MIN;
			continue;
		}
		int error = errno;
		if (fd >= 0)
			cress_close(fd);
		if (error == ECONNABORTED || error == ECANCELED)
			continue;
		fprintf(stderr, "accept: %s; next try in %g s\n",
			strerror(error), pause);
		cress_sleep(pause);
		pause = pause < PAUSE_MAX / 2 ? 2 * pause : PAUSE_MAX;
	}
}
