/* SPDX-License-Identifier: MIT */
/* What the suites of simulated sockets share. */
#ifndef TESTS_IO_SIMULATION_H
#define TESTS_IO_SIMULATION_H

#include "loop/support.h"

#include "loop/virtual_driver.h"

/* The network of the running simulation, to set its options; else a spare. */
struct cress_virtual_net *net(void);

/* Is this run a simulation? */
int is_simulated(void);

/* How many of the hub's waits something outside can end. */
size_t hub_outside(void);

/* Run `body` with this seed; `virtual` tells what was left. */
void simulate(struct cress_virtual *virtual, uint64_t seed, void (*body)(void));

/* A TCP listener of the loopback, and its address. */
int listen_somewhere(char *address);

/* Both ends of a new TCP connection. */
void connect_both(int ends[2]);

/* Close both. */
void drop(int ends[2]);

/* All bytes of a stream of this number, from `offset` on. */
void make_bytes(unsigned char *bytes, size_t size, unsigned stream,
		size_t offset);

#endif
