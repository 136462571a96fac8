/* SPDX-License-Identifier: MIT */
/* What cress_defer() registers. */
#ifndef CRESS_CORE_DEFER_H
#define CRESS_CORE_DEFER_H

#include "core/thread.h"

/* Run the handlers of the current coroutine `c`, the last one first. */
void cress_run_defers(cress_t *c);

/* Forget them: `c` will never run again. */
void cress_free_defers(cress_t *c);

#endif
