/* SPDX-License-Identifier: MIT */
/* Contexts of coroutine-local values. */
#ifndef CRESS_CORE_LOCAL_H
#define CRESS_CORE_LOCAL_H

#include "core/thread.h"

/* The current coroutine `c` ends: destroy its values if nobody shares them. */
void cress_locals_end(cress_t *c);

/* Leave the context of `c` without destroying a value. */
void cress_locals_put(cress_t *c);

#endif
