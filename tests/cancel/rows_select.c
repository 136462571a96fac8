/* SPDX-License-Identifier: MIT */
/* cress_select() on descriptors, of the library and not, few and many. */
#include "cancel/park_points.h"

#include <sys/select.h>
#include <unistd.h>

#include "io/support.h"

#include <cress/io.h>

static void make_empty_pair(struct place *place)
{
	if (place->point->traits & FOREIGN)
		foreign_pair(place->ends);
	else
		own_pair(place->ends);
}

static void make_full_pair(struct place *place)
{
	make_empty_pair(place);
	fill(place->ends[0]);
}

static void close_pair(struct place *place)
{
	check_int(cress_close(place->ends[0]), 0);
	check_int(cress_close(place->ends[1]), 0);
}

static void put_byte(struct place *place)
{
	put(place->ends[1], "x");
}

static void make_room(struct place *place)
{
	drain_input(place->ends[1]);
}

/* The sets are changed only if it succeeds. */
static intmax_t at_select(struct place *place, int writes, int both)
{
	int fd = place->ends[0];
	struct timeval hour = {.tv_sec = 3600};
	fd_set set, other;
	int count, error;

	FD_ZERO(&set);
	FD_ZERO(&other);
	FD_SET(fd, &set);
	if (both)
		FD_SET(fd, &other);
	count = cress_select(fd + 1, writes ? &other : &set,
			     writes ? &set : NULL, both ? &other : NULL,
			     both ? NULL : &hour);
	error = errno;
	check(count == -1 || count == 1);
	check(FD_ISSET(fd, &set));
	errno = error;
	return count;
}

static intmax_t at_select_for_reading(struct place *place)
{
	return at_select(place, 0, 0);
}

static intmax_t at_select_for_either(struct place *place)
{
	return at_select(place, 0, 1);
}

static intmax_t at_select_for_writing(struct place *place)
{
	return at_select(place, 1, 0);
}

/* clang-format off */
#define BOTH(variant, set_up, call, wake) \
	{"cress_select", variant, CROWD, set_up, call, wake, NULL, \
	 close_pair}, \
	{"cress_select", variant ", foreign", CROWD | FOREIGN, set_up, call, \
	 wake, NULL, close_pair}
/* clang-format on */

static const struct park_point points[] = {
	BOTH("in", make_empty_pair, at_select_for_reading, put_byte),
	BOTH("in or else", make_empty_pair, at_select_for_either, put_byte),
	BOTH("out", make_full_pair, at_select_for_writing, make_room),
};

int main(void)
{
	return park_points_main(points, COUNT(points), OUTSIDE);
}
