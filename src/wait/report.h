/* SPDX-License-Identifier: MIT */
/* Who waits for what. */
#ifndef CRESS_WAIT_REPORT_H
#define CRESS_WAIT_REPORT_H

#include "loop/hub.h"

/* Log that nothing can ever run, and every waiter. */
void cress_report_deadlock(struct cress_hub *hub);

#endif
