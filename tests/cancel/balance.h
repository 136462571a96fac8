/* SPDX-License-Identifier: MIT */
/*
 * What must add up: the library's own counts of what is under way, and the
 * process's of what is open. Called in a main coroutine with a hub.
 */
#ifndef TESTS_CANCEL_BALANCE_H
#define TESTS_CANCEL_BALANCE_H

#include <stddef.h>

struct balance {
	size_t descriptors;	/* that the process has open */
	size_t watchers;	/* that the loop has started */
	size_t timers;
	size_t outside;		/* waits that something outside can end */
	size_t ready;		/* entries of the ring */
	size_t handles;		/* control blocks that live */
	size_t blocks;		/* of memory, through memory.h */
	size_t mappings;
	size_t scopes;		/* open in main */
};

/* Count everything. */
void balance_take(struct balance *balance);

/*
 * Check that all is as it was. Workers may still be giving back what they
 * were lent: they get a while. Returns whether it held.
 */
int balance_check(const struct balance *before);

#endif
