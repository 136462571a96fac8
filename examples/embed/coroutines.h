/* SPDX-License-Identifier: MIT */
/* The side of the example that is written with coroutines. */
#ifndef EXAMPLES_EMBED_COROUTINES_H
#define EXAMPLES_EMBED_COROUTINES_H

/* What both sides say to a client that has been silent for long. */
#define EMBED_REMINDER "still there?\n"

/*
 * Spawn a coroutine that listens on a free port of 127.0.0.1, says which, and
 * echoes; a client that is silent for so many seconds is reminded. Returns 0,
 * or -1 after a message. The hub must be a guest already.
 */
int coroutines_start(double patience);

/* How many clients it has had. */
int coroutines_clients(void);

#endif
