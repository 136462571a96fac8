/* SPDX-License-Identifier: MIT */
/* The frame of a program: a hub for the time of a function. */
#ifndef CRESS_WAIT_RUN_H
#define CRESS_WAIT_RUN_H

#include "loop/driver.h"

/* cress_run() on a driver of choice. */
int cress_run_on(const struct cress_driver *driver, void *loop,
		 int (*body)(void *arg), void *arg);

#endif
