/* SPDX-License-Identifier: MIT */
/*
 * A gate at which worker threads stand still, and the calls of libc that lead
 * through it: names that begin with "slow" are looked up behind it, and files
 * that are `slow` are read and written there.
 */
#ifndef TESTS_CANCEL_GATE_H
#define TESTS_CANCEL_GATE_H

/* Shut or open it. */
void gate_shut(void);
void gate_open(void);

/* Stand in front of it, in a worker; returns when it is open. */
void gate_pass(void);

/* How many have come to it since it was shut, and are not through. */
int gate_waiting(void);

/* How many lists of addresses were given out and not freed. */
long gate_lists(void);

/* From now on no file has its data in memory; or the kernel decides again. */
void gate_before_files(int on);

#endif
