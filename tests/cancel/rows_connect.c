/* SPDX-License-Identifier: MIT */
/*
 * The calls that wait for a connection. A Unix listener whose queue is full
 * lets nobody in until somebody is accepted; a TCP one answers nothing at all;
 * and a kernel that takes its time to connect is put in place of the real one.
 */
#include "cancel/park_points.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/support.h"
#include "io/syscalls.h"

#include <cress/io.h>
#include <cress/net.h>

#define CROWD 4

static void close_both(struct place *place)
{
	for (int i = 0; i < 2; i++)
		if (place->ends[i] >= 0)
			check_int(cress_close(place->ends[i]), 0);
}

static const char *unix_name(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "@cress-cancel-%d", (int)getpid());
	return name;
}

/* `ends[0]` listens, and one waits to be accepted: there is no more room. */
static void fill_unix_listener(struct place *place)
{
	struct sockaddr_un *name = (struct sockaddr_un *)&place->address;
	int first;

	name->sun_family = AF_UNIX;
	strcpy(name->sun_path + 1, unix_name() + 1);
	place->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				  strlen(unix_name()));
	place->ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	check_int(bind(place->ends[0], (struct sockaddr *)name, place->size),
		  0);
	check_int(listen(place->ends[0], 0), 0);
	first = socket(AF_UNIX, SOCK_STREAM, 0);
	check_int(connect(first, (struct sockaddr *)name, place->size), 0);
	close(first);
}

static void make_client(struct place *place)
{
	fill_unix_listener(place);
	if (place->point->traits & FOREIGN)
		place->ends[1] = socket(AF_UNIX, SOCK_STREAM, 0);
	else
		place->ends[1] = cress_socket(AF_UNIX, SOCK_STREAM, 0);
}

static void accept_one(struct place *place)
{
	int fd = accept(place->ends[0], NULL, NULL);

	check(fd >= 0);
	close(fd);
}

static int has_come_in(struct place *place)
{
	struct pollfd fds = {place->ends[0], POLLIN, 0};

	return poll(&fds, 1, 0) == 1;
}

static intmax_t connect_there(struct place *place)
{
	return cress_connect(place->ends[1],
			     (struct sockaddr *)&place->address, place->size);
}

static intmax_t dial_there(struct place *place)
{
	int fd = cress_dial("unix", unix_name());

	(void)place;
	return fd >= 0 ? cress_close(fd) : -1;
}

/* Nothing is heard of a TCP listener whose queue is full. */

static void make_mute_listener(struct place *place)
{
	int *crowd = malloc(CROWD * sizeof(*crowd));

	place->ends[0] = tcp_listener(&place->address, &place->size, 0);
	for (int i = 0; i < CROWD; i++) {
		crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(crowd[i], (struct sockaddr *)&place->address,
			place->size);
	}
	settle();
	place->ends[1] = cress_socket(AF_INET, SOCK_STREAM, 0);
	place->object = crowd;
}

static void drop_mute_listener(struct place *place)
{
	for (int i = 0; i < CROWD; i++)
		close(((int *)place->object)[i]);
	free(place->object);
	close_both(place);
}

/* A slow kernel: it is connected once there is room to write. */

static int begun;

static int connect_slowly(int fd, const struct sockaddr *address,
			  socklen_t size)
{
	struct pollfd fds = {fd, POLLOUT, 0};

	(void)address;
	(void)size;
	if (poll(&fds, 1, 0) == 1)
		return 0;
	errno = begun ? EALREADY : EINPROGRESS;
	begun = 1;
	return -1;
}

static void slow_the_kernel(struct place *place)
{
	if (place->point->traits & FOREIGN)
		foreign_pair(place->ends);
	else
		own_pair(place->ends);
	fill(place->ends[0]);
	begun = 0;
	cress_syscalls.connect = connect_slowly;
}

static void restore_the_kernel(struct place *place)
{
	cress_syscalls.connect = connect;
	close_both(place);
}

static void make_room(struct place *place)
{
	drain_input(place->ends[1]);
}

static intmax_t connect_it(struct place *place)
{
	return cress_connect(place->ends[0], NULL, 0);
}

static const struct park_point points[] = {
	{"cress_connect", "Unix", STEPS | ONCE, make_client, connect_there,
	 accept_one, has_come_in, close_both},
	{"cress_connect", "Unix, foreign", STEPS | ONCE | FOREIGN, make_client,
	 connect_there, accept_one, has_come_in, close_both},
	{"cress_dial", "Unix", STEPS | ONCE, fill_unix_listener, dial_there,
	 accept_one, has_come_in, close_both},
	{"cress_connect", "no answer", ENDLESS, make_mute_listener,
	 connect_there, NULL, NULL, drop_mute_listener},
	{"cress_connect", "in progress", ONCE, slow_the_kernel, connect_it,
	 make_room, NULL, restore_the_kernel},
	{"cress_connect", "in progress, foreign", ONCE | FOREIGN,
	 slow_the_kernel, connect_it, make_room, NULL, restore_the_kernel},
};

int main(void)
{
	return park_points_main(points, COUNT(points), OUTSIDE);
}
