/* SPDX-License-Identifier: MIT */
/*
 * Parents: when they may be changed, what is refused, whose value decides, and
 * that a child keeps its parent.
 */
#include "support/suite.h"

#include <cress/coroutine.h>

#define CHAIN 5000

static cress_t *main_one;
static cress_t *heir;

static void *park_then_return(void *arg)
{
	void *value = cress_switch(main_one, arg);

	return value;
}

static void *inherit(void *arg)
{
	void *got = cress_switch(main_one, arg);

	note("heir:%d:%d", as_number(got), cress_error());
	return as_value(50);
}

/* G32 */
static void the_parent_at_the_moment_of_death_decides(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(park_then_return, NULL);
	heir = cress_new(inherit, NULL);

	assert_gives(cress_switch(heir, NULL), NULL);
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_int_equal(cress_set_parent(c, heir), 0);
	assert_ptr_equal(cress_parent(c), heir);
	assert_gives(cress_switch(c, as_value(3)), as_value(50));

	assert_string_equal(noted(), "heir:3:0");
	cress_release(c);
	cress_release(heir);
}

static void *change_own_parent(void *arg)
{
	check(cress_set_parent(cress_current(), heir) == 0);
	check(cress_parent(cress_current()) == heir);
	return arg;
}

/* G32 */
static void a_coroutine_may_change_its_own_parent_while_running(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(change_own_parent, NULL);
	heir = cress_new(inherit, NULL);

	assert_gives(cress_switch(heir, NULL), NULL);
	assert_gives(cress_switch(c, as_value(4)), as_value(50));

	assert_string_equal(noted(), "heir:4:0");
	cress_release(c);
	cress_release(heir);
}

static void adopt(void *arg)
{
	check(cress_set_parent(cress_current(), arg) == 0);
}

static void *change_parent_in_a_handler(void *arg)
{
	cress_defer(adopt, heir);
	return cress_fail(as_number(arg));
}

/* G32 */
static void a_handler_may_still_change_the_parent(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(change_parent_in_a_handler, NULL);
	heir = cress_new(inherit, NULL);

	assert_gives(cress_switch(heir, NULL), NULL);
	assert_gives(cress_switch(c, as_value(EIO)), as_value(50));

	assert_string_equal(noted(), "heir:0:5");
	cress_release(c);
	cress_release(heir);
}

/* G32 */
static void the_parent_of_the_unstarted_and_the_dead_can_be_set(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(park_then_return, NULL);
	heir = cress_new(inherit, NULL);

	assert_int_equal(cress_set_parent(c, heir), 0);
	assert_gives(cress_throw(heir, CRESS_EXIT), NULL);
	assert_gives(cress_throw(c, CRESS_EXIT), NULL);
	assert_int_equal(cress_set_parent(c, main_one), 0);
	assert_ptr_equal(cress_parent(c), main_one);

	cress_release(c);
	cress_release(heir);
}

/* G33, R29 */
static void a_cycle_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *a = cress_new(park_then_return, NULL);
	cress_t *b = cress_new(park_then_return, &(cress_attr_t){.parent = a});
	cress_t *c = cress_new(park_then_return, &(cress_attr_t){.parent = b});

	assert_refuses(cress_set_parent(a, a), ELOOP);
	assert_refuses(cress_set_parent(a, b), ELOOP);
	assert_refuses(cress_set_parent(a, c), ELOOP);
	assert_refuses(cress_set_parent(b, c), ELOOP);
	assert_int_equal(cress_set_parent(c, a), 0);
	assert_refuses(cress_set_parent(a, c), ELOOP);

	assert_ptr_equal(cress_parent(a), main_one);
	assert_ptr_equal(cress_parent(b), a);
	assert_ptr_equal(cress_parent(c), a);
	cress_release(a);
	cress_release(b);
	cress_release(c);
}

static void *close_a_cycle(void *arg)
{
	check(cress_set_parent(cress_current(), cress_current()) == -1);
	check(errno == ELOOP);
	check(cress_set_parent(cress_parent(cress_current()), arg) == -1);
	check(errno == EINVAL);
	return arg;
}

/* G33 */
static void a_running_coroutine_cannot_be_its_own_parent(void **state)
{
	(void)state;
	cress_t *c = cress_new(close_a_cycle, NULL);

	assert_gives(cress_switch(c, c), c);

	assert_ptr_equal(cress_parent(c), cress_current());
	cress_release(c);
}

/* G34 */
static void the_parent_of_main_cannot_be_set_nor_none_be_given(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *c = cress_new(park_then_return, NULL);

	assert_refuses(cress_set_parent(main_one, c), EINVAL);
	assert_refuses(cress_set_parent(main_one, main_one), EINVAL);
	assert_refuses(cress_set_parent(c, NULL), EINVAL);

	assert_null(cress_parent(main_one));
	assert_ptr_equal(cress_parent(c), main_one);
	cress_release(c);
}

static void *set_own_parent(void *arg)
{
	check(cress_set_parent(cress_current(), arg) == -1);
	check(errno == EXDEV);
	return NULL;
}

static void set_foreign_parents(void *arg)
{
	cress_t **foreign = arg;
	cress_t *mine = cress_new(park_then_return, NULL);
	cress_attr_t attr = {0};

	for (int i = 0; i < 3; i++) {
		cress_t *started = cress_new(set_own_parent, NULL);

		cress_switch(started, foreign[i]);
		cress_release(started);
		check(cress_set_parent(mine, foreign[i]) == -1);
		check(errno == EXDEV);
		check(cress_set_parent(foreign[i], mine) == -1);
		check(errno == EXDEV || (i == 2 && errno == EINVAL));
		attr.parent = foreign[i];
		check(cress_new(park_then_return, &attr) == NULL);
		check(errno == EXDEV);
	}
	check(cress_parent(mine) == cress_current());
	cress_release(mine);
}

/* G35, D13 */
static void a_parent_on_another_thread_is_refused(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *unstarted = cress_new(park_then_return, NULL);
	cress_t *started = cress_new(park_then_return, NULL);
	cress_t *foreign[] = {unstarted, started, main_one};

	assert_gives(cress_switch(started, NULL), NULL);
	on_thread(set_foreign_parents, foreign);

	assert_ptr_equal(cress_parent(unstarted), main_one);
	assert_ptr_equal(cress_parent(started), main_one);
	assert_gives(cress_switch(started, as_value(1)), as_value(1));
	cress_release(started);
	cress_release(unstarted);
}

static void retain_main(void *arg)
{
	*(cress_t **)arg = cress_retain(cress_current());
}

/* G35, G37 */
static void a_parent_whose_thread_is_gone_is_refused(void **state)
{
	(void)state;
	cress_t *gone = NULL;
	cress_t *c = cress_new(park_then_return, NULL);

	on_thread(retain_main, &gone);
	assert_refuses(cress_set_parent(c, gone), ESRCH);
	errno = 0;
	assert_null(cress_new(park_then_return,
			      &(cress_attr_t){.parent = gone}));
	assert_int_equal(errno, ESRCH);

	assert_ptr_equal(cress_parent(c), cress_current());
	cress_release(c);
	cress_release(gone);
}

/* G32, G27 */
static void a_child_keeps_its_parent_alive(void **state)
{
	(void)state;
	main_one = cress_current();
	heir = cress_new(inherit, NULL);
	cress_t *child = cress_new(park_then_return,
				   &(cress_attr_t){.parent = heir});

	assert_gives(cress_switch(heir, NULL), NULL);
	assert_gives(cress_switch(child, NULL), NULL);
	cress_release(heir);
	assert_string_equal(noted(), "");
	assert_gives(cress_switch(child, as_value(6)), as_value(50));

	assert_string_equal(noted(), "heir:6:0");
	cress_release(child);
}

/* G27 */
static void the_last_child_that_goes_lets_its_parent_go(void **state)
{
	(void)state;
	main_one = cress_current();
	heir = cress_new(inherit, NULL);
	cress_t *child = cress_new(park_then_return,
				   &(cress_attr_t){.parent = heir});

	assert_gives(cress_switch(heir, NULL), NULL);
	cress_release(heir);
	assert_string_equal(noted(), "");
	cress_release(child);

	assert_string_equal(noted(), "heir:0:-1");
}

/* G11, G32 */
static void a_dead_parent_may_be_given_and_stands_for_its_own(void **state)
{
	(void)state;
	main_one = cress_current();
	cress_t *dead = cress_new(park_then_return, NULL);

	assert_gives(cress_throw(dead, CRESS_EXIT), NULL);
	cress_t *c = cress_new(park_then_return,
			       &(cress_attr_t){.parent = dead});
	cress_release(dead);
	assert_ptr_equal(cress_parent(c), dead);
	assert_gives(cress_switch(c, as_value(1)), as_value(1));
	assert_gives(cress_switch(c, as_value(2)), as_value(2));

	cress_release(c);
}

static void *release_it(void *arg)
{
	cress_release(arg);
	return NULL;
}

/* G12, R29 */
static void a_long_chain_of_the_dead_is_walked_to_its_end(void **state)
{
	(void)state;
	static cress_t *chain[CHAIN];
	cress_attr_t attr = {0};
	cress_t *releaser = cress_new(release_it, NULL);

	for (int i = 0; i < CHAIN; i++) {
		chain[i] = cress_new(park_then_return, &attr);
		attr.parent = chain[i];
	}
	for (int i = 0; i < CHAIN; i++)
		assert_gives(cress_throw(chain[i], CRESS_EXIT), NULL);
	for (int i = 0; i < CHAIN - 1; i++)
		cress_release(chain[i]);
	assert_gives(cress_switch(chain[CHAIN - 1], as_value(3)), as_value(3));

	/* The last one holds all the others; a small stack must do. */
	assert_gives(cress_switch(releaser, chain[CHAIN - 1]), NULL);
	cress_release(releaser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_parent_at_the_moment_of_death_decides),
		test(a_coroutine_may_change_its_own_parent_while_running),
		test(a_handler_may_still_change_the_parent),
		test(the_parent_of_the_unstarted_and_the_dead_can_be_set),
		test(a_cycle_is_refused_and_changes_nothing),
		test(a_running_coroutine_cannot_be_its_own_parent),
		test(the_parent_of_main_cannot_be_set_nor_none_be_given),
		test(a_parent_on_another_thread_is_refused),
		test(a_parent_whose_thread_is_gone_is_refused),
		test(a_child_keeps_its_parent_alive),
		test(the_last_child_that_goes_lets_its_parent_go),
		test(a_dead_parent_may_be_given_and_stands_for_its_own),
		test(a_long_chain_of_the_dead_is_walked_to_its_end),
	};

	return suite_run(tests);
}
