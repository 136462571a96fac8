/* SPDX-License-Identifier: MIT */
/* Guards below stacks, and the report of those who run into one. */
#ifndef CRESS_CORE_GUARD_H
#define CRESS_CORE_GUARD_H

#include "core/thread.h"

/* Bytes of a stack that its guard takes. */
size_t cress_guard_size(void);

/* Make the lowest page at `low` a guard. 0, or -1 with errno ENOMEM, EAGAIN. */
int cress_guard_install(char *low);

/* Give the memory of [low, high) back; what guard lies in it stays. */
void cress_guard_discard(char *low, char *high);

/* Install the overflow reporter, once a process and once a thread. */
void cress_overflow_arm(struct cress_thread *thread);

/* The thread ends: take back its signal stack if it is ours. */
void cress_overflow_disarm(struct cress_thread *thread);

#endif
