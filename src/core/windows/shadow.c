/* SPDX-License-Identifier: MIT */
/*
 * Shadow stacks on Windows are the system's own affair, and its calls to change
 * between them are not public: no thread counts as having one here.
 */
#include "core/shadow.h"

uint32_t cress_shadow_take(struct cress_thread *thread, size_t stack_size)
{
	(void)thread;
	(void)stack_size;
	return 0;
}

void cress_shadow_begin(struct cress_thread *thread, cress_t *c,
			uint32_t number)
{
	(void)thread;
	(void)c;
	(void)number;
}

void cress_shadow_give(struct cress_thread *thread, uint32_t number)
{
	(void)thread;
	(void)number;
}

void cress_shadows_free(struct cress_thread *thread)
{
	(void)thread;
}
