/* SPDX-License-Identifier: MIT */
/* Runs on a clock of their own: sleeping costs nothing, a seed replays. */
#ifndef CRESS_LOOP_VIRTUAL_H
#define CRESS_LOOP_VIRTUAL_H

#include <stdint.h>

/*
 * As cress_run(), on the virtual driver: the clock starts at 0 and jumps to the
 * next timer when all are parked. Which ready coroutine goes next is drawn from
 * `seed`; 0 stands for the order in which they became ready. Sockets and pipes
 * that are made in it lie in memory (virtual_fd.h); real descriptors, offload
 * and what else comes from outside fail with ENOTSUP.
 */
int cress_run_virtual(int (*body)(void *arg), void *arg, uint64_t seed);

#endif
