/* SPDX-License-Identifier: MIT */
/* The counts, read where the library keeps them. */
#include "cancel/balance.h"

#include <string.h>

#include "core/thread.h"
#include "loop/hub.h"
#include "loop/support.h"
#include "support/memory.h"

/* Beyond any number that these tests open. */
#define NUMBERS 256

static size_t count_watchers(struct cress_hub *hub)
{
	size_t count = 0;

	for (int number = 0; number < NUMBERS; number++) {
		const struct cress_fd *fd =
			hub->driver->known_fd(hub, number);

		if (fd != NULL)
			count += (size_t)(fd->watching[CRESS_READ] +
					  fd->watching[CRESS_WRITE]);
	}
	return count;
}

void balance_take(struct balance *balance)
{
	struct cress_hub *hub = cress_thread_self->hub;

	memset(balance, 0, sizeof(*balance));
	balance->descriptors = (size_t)open_descriptors();
	balance->watchers = count_watchers(hub);
	balance->timers = hub->timers.count;
	balance->outside = hub->outside;
	balance->ready = hub->tail - hub->head;
	balance->handles = hub->thread->live;
	balance->blocks = memory_blocks();
	balance->mappings = memory_mappings();
	balance->scopes = hub->thread->main.scope != NULL;
}

int balance_check(const struct balance *before)
{
	struct balance now;
	int good = 1;

	balance_take(&now);
	for (int i = 0; i < 1000 && memcmp(&now, before, sizeof(now)); i++) {
		if (i < 64)
			cress_yield();
		else
			cress_sleep(20e-6);
		balance_take(&now);
	}
#define SAME(what) \
	good &= check_int((intmax_t)now.what, (intmax_t)before->what)
	SAME(descriptors);
	SAME(watchers);
	SAME(timers);
	SAME(outside);
	SAME(ready);
	SAME(handles);
	SAME(blocks);
	SAME(mappings);
	SAME(scopes);
#undef SAME
	return good;
}
