/* SPDX-License-Identifier: MIT */
/* The frame of a program: a hub for the time of a function. */
#ifndef CRESS_WAIT_RUN_H
#define CRESS_WAIT_RUN_H

#include "loop/driver.h"

/*
 * The end of a hub: kill all that it has to do with, wait for them, and free
 * it. Called in main.
 */
void cress_hub_end(struct cress_hub *hub);

/* cress_run() on a driver of choice. */
int cress_run_on(const struct cress_driver *driver, void *loop,
		 int (*body)(void *arg), void *arg);

#endif
