/* SPDX-License-Identifier: MIT */
/*
 * Many waiters for one descriptor and direction: served one at a time in the
 * order in which they came, none forgotten, whatever happens to the others.
 */
#include "io/support.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>

#define MANY 8

static int ends[2];
static struct call calls[MANY];

static ssize_t read_and_note(struct call *call)
{
	ssize_t n = cress_read(call->fd, call->bytes, 1);

	if (n == 1)
		note("%d%c", call->other, call->bytes[0]);
	else
		note("%d-", call->other);
	return n;
}

/* Readers 0 to count - 1 parked on ends[0]. */
static void park_readers(int count)
{
	for (int i = 0; i < count; i++) {
		calls[i] = (struct call){
			.make = read_and_note, .fd = ends[0], .other = i};
		call_begin(&calls[i]);
		check(call_is_parked(&calls[i]));
	}
}

/* R37, D9 */
static void readers_are_served_in_order_whatever_comes_at_once(void)
{
	for (int foreign = 0; foreign < 2; foreign++) {
		(foreign ? foreign_pair : own_pair)(ends);
		park_readers(6);
		put(ends[1], "a");
		check_call(&calls[0], 1, 0);
		put(ends[1], "bcd");
		check_call(&calls[3], 1, 0);
		settle();
		check(call_is_parked(&calls[4]) && call_is_parked(&calls[5]));
		put(ends[1], "ef");
		check_call(&calls[5], 1, 0);
		check_noted("0a 1b 2c 3d 4e 5f");
		check_call(&calls[1], 1, 0);
		check_call(&calls[2], 1, 0);
		check_call(&calls[4], 1, 0);
		(foreign ? drop_foreign : drop_own)(ends);
	}
}

/* R37, D9 */
static void one_who_comes_later_goes_behind_the_others(void)
{
	own_pair(ends);
	park_readers(2);
	put(ends[1], "abc");
	calls[2] =
		(struct call){.make = read_and_note, .fd = ends[0], .other = 2};
	call_begin(&calls[2]);
	for (int i = 0; i < 3; i++)
		check_call(&calls[i], 1, 0);

	check_noted("0a 1b 2c");
	drop_own(ends);
}

static ssize_t steal(struct call *call)
{
	check_int(cress_wait_fd(call->fd, POLLIN), POLLIN);
	check_int(read(call->fd, call->bytes, 1), 1);
	note("thief:%c", call->bytes[0]);
	return 1;
}

/* R37, D9: woken, robbed, and at the front again */
static void one_who_finds_nothing_after_all_keeps_its_place(void)
{
	struct call thief = {.make = steal};

	own_pair(ends);
	thief.fd = ends[0];
	call_begin(&thief);
	park_readers(3);
	put(ends[1], "x");
	check_call(&thief, 1, 0);
	settle();
	for (int i = 0; i < 3; i++)
		check(call_is_parked(&calls[i]));
	put(ends[1], "abc");
	for (int i = 0; i < 3; i++)
		check_call(&calls[i], 1, 0);

	check_noted("thief:x 0a 1b 2c");
	drop_own(ends);
}

/* R37, D9: a foreign blocking one must not block the thread when robbed */
static void one_who_is_robbed_on_a_foreign_descriptor_parks_again(void)
{
	struct call thief = {.make = steal};

	check_int(pipe(ends), 0);
	thief.fd = ends[0];
	call_begin(&thief);
	park_readers(2);
	put(ends[1], "x");
	check_call(&thief, 1, 0);
	settle();
	check(call_is_parked(&calls[0]) && call_is_parked(&calls[1]));
	put(ends[1], "ab");
	check_call(&calls[0], 1, 0);
	check_call(&calls[1], 1, 0);

	check_noted("thief:x 0a 1b");
	drop_foreign(ends);
}

/* R37, R25 */
static void the_others_move_up_when_one_is_killed(void)
{
	own_pair(ends);
	park_readers(4);
	check_int(cress_kill(calls[0].coroutine, EPIPE), 0);
	check_int(cress_kill(calls[2].coroutine, EPIPE), 0);
	put(ends[1], "ab");
	check_call(&calls[0], -1, EPIPE);
	check_call(&calls[2], -1, EPIPE);
	check_call(&calls[1], 1, 0);
	check_call(&calls[3], 1, 0);

	check_noted("0- 2- 1a 3b");
	drop_own(ends);
}

static ssize_t kill_the_first(struct call *call)
{
	check_int(cress_wait_fd(call->fd, POLLIN), POLLIN);
	check_int(cress_kill(calls[0].coroutine, EPIPE), 0);
	return 0;
}

/* R37, R25: the wake-up of one that is killed before it runs is not lost */
static void a_wake_up_is_not_lost_with_the_one_who_is_killed(void)
{
	struct call killer = {.make = kill_the_first};

	own_pair(ends);
	killer.fd = ends[0];
	call_begin(&killer);
	park_readers(3);
	put(ends[1], "ab");
	check_call(&killer, 0, 0);
	check_int(cress_sleep(0.002), 0);
	put(ends[1], "c");
	for (int i = 1; i < 3; i++)
		cress_join(calls[i].coroutine, NULL);
	cress_join(calls[0].coroutine, NULL);

	check(calls[1].result == 1 && calls[2].result == 1);
	check(calls[0].result == 1 || pending(ends[0]) == 1);
	noted();
	drop_own(ends);
}

static ssize_t wait_only(struct call *call)
{
	return cress_wait_fd(call->fd, POLLIN);
}

/* D9: one who polls and goes away without reading holds nobody up */
static void those_who_poll_do_not_take_a_readers_turn(void)
{
	struct call polls[2];

	own_pair(ends);
	polls[0] = (struct call){.make = wait_only, .fd = ends[0]};
	polls[1] = polls[0];
	call_begin(&polls[0]);
	park_readers(2);
	call_begin(&polls[1]);
	put(ends[1], "a");
	check_call(&calls[0], 1, 0);
	check_call(&polls[0], POLLIN, 0);
	check_call(&polls[1], POLLIN, 0);
	put(ends[1], "b");
	check_call(&calls[1], 1, 0);

	check_noted("0a 1b");
	drop_own(ends);
}

static ssize_t write_and_note(struct call *call)
{
	ssize_t n = cress_write(call->fd, "w", 1);

	note("%d", call->other);
	return n;
}

/* R37, D9 */
static void writers_are_served_in_order(void)
{
	own_pair(ends);
	fill(ends[0]);
	for (int i = 0; i < MANY; i++) {
		calls[i] = (struct call){
			.make = write_and_note, .fd = ends[0], .other = i};
		call_begin(&calls[i]);
		check(call_is_parked(&calls[i]));
	}
	drain_input(ends[1]);
	for (int i = 0; i < MANY; i++)
		check_call(&calls[i], 1, 0);

	check_noted("0 1 2 3 4 5 6 7");
	drop_own(ends);
}

#define CROWD 20
#define ROUNDS 400

static int taken, calm;

/* Read single bytes with deadlines that often strike. */
static void *read_impatiently(void *number)
{
	unsigned x = (unsigned)as_number(number) * 7919 + 1;

	while (!calm) {
		cress_scope_t limit;
		char byte;

		x = x * 1103515245 + 12345;
		cress_scope_open(&limit, (x >> 16 & 7) * 20e-6);
		taken += cress_read(ends[0], &byte, 1) == 1;
		cress_scope_close(&limit);
		cress_yield();
	}
	return NULL;
}

/* R37, R25, D7: every byte is read once or still there */
static void nothing_is_lost_among_the_impatient(void)
{
	cress_t *crowd[CROWD];
	int sent = 0;

	own_pair(ends);
	taken = calm = 0;
	for (int i = 0; i < CROWD; i++)
		crowd[i] = cress_spawn(read_impatiently, as_value(i));
	for (int i = 0; i < ROUNDS; i++) {
		sent += (int)write(ends[1], "abc", 1 + (size_t)i % 3);
		if (i % 2)
			cress_sleep(30e-6);
		else
			cress_yield();
	}
	calm = 1;
	for (int i = 0; i < CROWD; i++) {
		cress_kill(crowd[i], CRESS_EXIT);
		check_int(cress_join(crowd[i], NULL), 0);
	}

	check(taken > 0);
	check_int(taken + pending(ends[0]), sent);
	drop_own(ends);
}

static void *take_one(void *unused)
{
	char byte;

	check_int(cress_read(ends[0], &byte, 1), 1);
	taken++;
	return unused;
}

/* R37: as many bytes as readers; a lost wake-up would leave one parked */
static void none_is_left_parked_while_there_are_bytes(void)
{
	cress_t *crowd[CROWD];
	cress_t *victims[CROWD];

	own_pair(ends);
	taken = 0;
	for (int i = 0; i < CROWD; i++) {
		victims[i] = cress_spawn(take_one, NULL);
		crowd[i] = cress_spawn(take_one, NULL);
	}
	cress_yield();
	for (int i = 0; i < CROWD; i++)
		check_int(write(ends[1], "ab", 2), 2);
	for (int i = 0; i < CROWD; i++) {
		check_int(cress_join(crowd[i], NULL), 0);
		check_int(cress_join(victims[i], NULL), 0);
	}

	check_int(taken, 2 * CROWD);
	drop_own(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(readers_are_served_in_order_whatever_comes_at_once),
		on_io(one_who_comes_later_goes_behind_the_others),
		on_io(one_who_finds_nothing_after_all_keeps_its_place),
		on_io(one_who_is_robbed_on_a_foreign_descriptor_parks_again),
		on_io(the_others_move_up_when_one_is_killed),
		on_io(a_wake_up_is_not_lost_with_the_one_who_is_killed),
		on_io(those_who_poll_do_not_take_a_readers_turn),
		on_io(writers_are_served_in_order),
		on_io(nothing_is_lost_among_the_impatient),
		on_io(none_is_left_parked_while_there_are_bytes),
	};

	return suite_run(tests);
}
