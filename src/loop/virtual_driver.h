/* SPDX-License-Identifier: MIT */
/* The state of a virtual driver, for who makes a hub on it. */
#ifndef CRESS_LOOP_VIRTUAL_DRIVER_H
#define CRESS_LOOP_VIRTUAL_DRIVER_H

#include <stdint.h>

#include "loop/virtual_fd.h"

struct cress_virtual {
	double now;
	uint64_t random;	/* 0: first come, first served */
	struct cress_virtual_net net;
};

#endif
