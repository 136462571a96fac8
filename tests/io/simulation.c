/* SPDX-License-Identifier: MIT */
/* Simulations to run, and connections in them. */
#include "io/simulation.h"

#include "core/thread.h"
#include "loop/hub.h"
#include "wait/run.h"

#include <cress/io.h>
#include <cress/net.h>

int is_simulated(void)
{
	return cress_thread_self->hub->driver->simulated;
}

struct cress_virtual_net *net(void)
{
	static struct cress_virtual_net spare;

	return is_simulated() ? cress_virtual_net(cress_thread_self->hub)
			      : &spare;
}

size_t hub_outside(void)
{
	return cress_thread_self->hub->outside;
}

static int call_body(void *body)
{
	(*(void (**)(void))body)();
	return 0;
}

void simulate(struct cress_virtual *virtual, uint64_t seed, void (*body)(void))
{
	virtual->random = seed;
	check_int(cress_run_on(&cress_driver_virtual, virtual, call_body,
			       &body),
		  0);
}

int listen_somewhere(char *address)
{
	int fd = cress_listen("tcp", "127.0.0.1:0", 0);

	check(fd >= 0);
	check_int(cress_local_address(fd, address, CRESS_ADDRESS_MAX), 0);
	return fd;
}

static void *dial(void *address)
{
	return as_value(cress_dial("tcp", address));
}

void connect_both(int ends[2])
{
	char address[CRESS_ADDRESS_MAX];
	int listener = listen_somewhere(address);
	cress_t *dialler = cress_spawn(dial, address);
	void *fd = NULL;

	ends[0] = cress_accept4(listener, NULL, NULL, 0);
	check(ends[0] >= 0);
	check_int(cress_join(dialler, &fd), 0);
	ends[1] = as_number(fd);
	check(ends[1] >= 0);
	check_int(cress_close(listener), 0);
}

void drop(int ends[2])
{
	check_int(cress_close(ends[0]), 0);
	check_int(cress_close(ends[1]), 0);
}

void make_bytes(unsigned char *bytes, size_t size, unsigned stream,
		size_t offset)
{
	for (size_t i = 0; i < size; i++) {
		size_t at = offset + i;

		bytes[i] = (unsigned char)(at * 11 + at / 255 + stream * 7);
	}
}
