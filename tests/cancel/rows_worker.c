/* SPDX-License-Identifier: MIT */
/*
 * The calls that wait for a worker thread: functions, names, and files that
 * are not in memory. Each is forced while its job waits for a worker, and
 * while it runs: there the worker stands at a gate that wake opens.
 */
#include "cancel/park_points.h"

#include <netdb.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cancel/gate.h"
#include "io/support.h"
#include "support/memory.h"

#include <cress/io.h>
#include <cress/net.h>
#include <cress/offload.h>

#define WORKERS 8

/* Before the row's set-up. */
static size_t blocks;

static void open_gate(struct place *place)
{
	(void)place;
	gate_open();
}

static void *stand_at_gate(void *arg)
{
	gate_pass();
	return arg;
}

static void *block_a_worker(void *arg)
{
	void *value = NULL;

	check_int(cress_offload(stand_at_gate, arg, &value), 0);
	check(value == arg);
	return NULL;
}

static int one_stands_there(struct place *place)
{
	(void)place;
	return gate_waiting() == 1;
}

/* The first job of a hub makes what it keeps. */
static void begin_count(void)
{
	check_int(cress_offload(give_back, NULL, NULL), 0);
	blocks = memory_blocks();
}

/* The job begins at once, and stops at the gate. */
static void free_workers(struct place *place)
{
	begin_count();
	place->settled = one_stands_there;
	gate_shut();
	check_int(cress_offload_limit(WORKERS), 0);
}

/* The job waits behind another, which the gate holds up. */
static void occupy_the_worker(struct place *place)
{
	begin_count();
	gate_shut();
	check_int(cress_offload_limit(1), 0);
	place->other = cress_spawn(block_a_worker, place);
	while (gate_waiting() == 0) {
		cress_yield();
		sched_yield();
	}
}

/*
 * Whoever was abandoned in a worker leaves it, and frees what it was lent. If
 * it does not the balance will show it: so this does not wait for ever.
 */
static void let_all_through(struct place *place)
{
	gate_open();
	while (gate_waiting() != 0 || gate_lists() != 0)
		sched_yield();
	if (place->other != NULL)
		check_int(cress_join(place->other, NULL), 0);
	if (place->ends[0] >= 0)
		check_int(cress_close(place->ends[0]), 0);
	if (place->file >= 0)
		check_int(cress_close(place->file), 0);
	for (int i = 0; i < 200 && memory_blocks() > blocks; i++)
		cress_sleep(1e-3);
}

/* Functions. */

static intmax_t offload_to_gate(struct place *place)
{
	void *value = NULL;
	int result = cress_offload(stand_at_gate, place, &value);

	/* It has run to its end all the same, or not at all. */
	check(value == place || (result == -1 && value == NULL));
	return result;
}

/* One worker at a time counts, and is waited for: no atomic is needed. */
static void *count_up(void *place)
{
	((struct place *)place)->number++;
	return place;
}

static intmax_t offload_count(struct place *place)
{
	intmax_t before = place->number;
	void *value = NULL;
	int result = cress_offload(count_up, place, &value);

	check_int(place->number - before, value == place);
	check(result == -1 || value == place);
	return result;
}

/* Names. */

static intmax_t look_up(const char *name)
{
	struct addrinfo *list = NULL;
	int code = cress_getaddrinfo(name, "80", NULL, &list);

	if (code != 0) {
		check_int(code, EAI_SYSTEM);
		check(list == NULL);
		return -1;
	}
	freeaddrinfo(list);
	return 0;
}

static intmax_t look_up_slowly(struct place *place)
{
	(void)place;
	return look_up("slow");
}

static intmax_t look_up_quickly(struct place *place)
{
	(void)place;
	return look_up("quick");
}

static void listen_for_dials(struct place *place)
{
	free_workers(place);
	place->ends[0] = tcp_listener(&place->address, &place->size, 8);
}

static intmax_t dial_by_name(struct place *place)
{
	char address[CRESS_ADDRESS_MAX], name[CRESS_ADDRESS_MAX + 8];
	int fd;

	check_int(cress_local_address(place->ends[0], address,
				      sizeof(address)),
		  0);
	snprintf(name, sizeof(name), "slow%s", strchr(address, ':'));
	fd = cress_dial("tcp", name);
	return fd >= 0 ? cress_close(fd) : -1;
}

/* Nobody was dialled for nothing: its end shows at the listener. */
static int was_dialled(struct place *place)
{
	struct pollfd fds = {place->ends[0], POLLIN, 0};

	return poll(&fds, 1, 0) == 1;
}

static intmax_t listen_by_name(struct place *place)
{
	int fd = cress_listen("tcp", "slow:0", 1);

	(void)place;
	return fd >= 0 ? cress_close(fd) : -1;
}

/* Files: what the kernel says of the position is what the calls have said. */

static void open_slow_file(struct place *place)
{
	free_workers(place);
	place->file = file_with("01234567");
	gate_before_files(1);
}

static void close_slow_file(struct place *place)
{
	let_all_through(place);
	gate_before_files(0);
}

static intmax_t moved(struct place *place, ssize_t n)
{
	int error = errno;

	if (n > 0)
		place->number += n;
	check_int(lseek(place->file, 0, SEEK_CUR), place->number);
	errno = error;
	return n;
}

static intmax_t read_file(struct place *place)
{
	return moved(place, cress_read(place->file, place->bytes, 1));
}

static intmax_t readv_file(struct place *place)
{
	struct iovec part = {place->bytes, 1};

	return moved(place, cress_readv(place->file, &part, 1));
}

static intmax_t write_file(struct place *place)
{
	return moved(place, cress_write(place->file, "x", 1));
}

static intmax_t writev_file(struct place *place)
{
	struct iovec part = {"x", 1};

	return moved(place, cress_writev(place->file, &part, 1));
}

#define SLOW_FILE(name, call) \
	{name, "file", KEEPS, open_slow_file, call, open_gate, NULL, \
	 close_slow_file}

static const struct park_point points[] = {
	{"cress_offload", "running", STAYS, free_workers, offload_to_gate,
	 open_gate, NULL, let_all_through},
	{"cress_offload", "waiting", 0, occupy_the_worker, offload_count,
	 open_gate, NULL, let_all_through},
	{"cress_getaddrinfo", "running", 0, free_workers, look_up_slowly,
	 open_gate, NULL, let_all_through},
	{"cress_getaddrinfo", "waiting", 0, occupy_the_worker, look_up_quickly,
	 open_gate, NULL, let_all_through},
	{"cress_dial", "a name", STEPS, listen_for_dials, dial_by_name,
	 open_gate, was_dialled, let_all_through},
	{"cress_listen", "a name", 0, free_workers, listen_by_name, open_gate,
	 NULL, let_all_through},
	SLOW_FILE("cress_read", read_file),
	SLOW_FILE("cress_readv", readv_file),
	SLOW_FILE("cress_write", write_file),
	SLOW_FILE("cress_writev", writev_file),
};

int main(void)
{
	return park_points_main(points, COUNT(points), OUTSIDE);
}
