/* SPDX-License-Identifier: MIT */
/*
 * Coroutine-local storage: keys, values, contexts that are fresh, copied or
 * shared, and destructors.
 */
#include "support/suite.h"

#include <cress/coroutine.h>
#include <cress/local.h>

static cress_t *main_one;
static cress_t *ends;
static cress_local_t key;

static void destroy(void *value)
{
	if (ends != NULL)
		check(cress_current() == ends);
	note("destroy:%d", as_number(value));
}

static void *copy_plus_one(void *value)
{
	return as_value(as_number(value) + 1);
}

static void note_value(void *arg)
{
	(void)arg;
	note("value:%d", as_number(cress_local_get(key)));
}

static void *set_park_and_note(void *arg)
{
	note_value(NULL);
	check(cress_local_set(key, arg) == 0);
	cress_switch(main_one, NULL);
	note_value(NULL);
	return NULL;
}

/* G46 */
static void each_coroutine_has_a_fresh_context_of_its_own(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);
	cress_t *a = cress_new(set_park_and_note, NULL);
	cress_t *b = cress_new(set_park_and_note, NULL);

	assert_int_equal(cress_local_set(key, as_value(1)), 0);
	cress_switch(a, as_value(2));
	cress_switch(b, as_value(3));
	cress_switch(a, NULL);
	cress_switch(b, NULL);

	assert_ptr_equal(cress_local_get(key), as_value(1));
	assert_string_equal(noted(), "value:0 value:0 value:2 value:3");
	cress_release(a);
	cress_release(b);
	assert_int_equal(cress_local_free(key), 0);
}

/* G46 */
static void a_context_may_be_copied_before_the_start(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	cress_local_set(key, as_value(4));
	assert_int_equal(cress_local_copy(c, main_one), 0);
	cress_local_set(key, as_value(5));
	cress_switch(c, as_value(6));
	assert_ptr_equal(cress_local_get(key), as_value(5));
	cress_switch(c, NULL);

	assert_string_equal(noted(), "value:4 value:6");
	cress_release(c);
	cress_local_free(key);
}

/* G46 */
static void a_context_may_be_shared_before_the_start(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	assert_int_equal(cress_local_share(c, main_one), 0);
	cress_local_set(key, as_value(7));
	cress_switch(c, as_value(8));
	assert_ptr_equal(cress_local_get(key), as_value(8));
	cress_local_set(key, as_value(9));
	cress_switch(c, NULL);

	assert_string_equal(noted(), "value:7 value:9");
	assert_ptr_equal(cress_local_get(key), as_value(9));
	cress_release(c);
	cress_local_free(key);
}

static void *set_two_and_defer(void *arg)
{
	cress_local_t *keys = arg;

	ends = cress_current();
	check(cress_defer(note_value, NULL) == 0);
	key = keys[0];
	check(cress_local_set(keys[0], as_value(1)) == 0);
	check(cress_local_set(keys[1], NULL) == 0);
	return NULL;
}

/* G46, R28 */
static void values_are_destroyed_once_on_that_stack_after_handlers(void **state)
{
	(void)state;
	cress_local_t keys[2];
	cress_t *c = cress_new(set_two_and_defer, NULL);

	assert_int_equal(cress_local_new(&keys[0], destroy, NULL), 0);
	assert_int_equal(cress_local_new(&keys[1], destroy, NULL), 0);
	cress_switch(c, keys);

	assert_string_equal(noted(), "value:1 destroy:1");
	ends = NULL;
	cress_release(c);
	assert_string_equal(noted(), "");
	cress_local_free(keys[0]);
	cress_local_free(keys[1]);
}

/* G46 */
static void a_shared_value_is_destroyed_by_the_last_that_ends(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, NULL), 0);
	cress_t *a = cress_new(set_park_and_note, NULL);
	cress_t *b = cress_new(set_park_and_note, NULL);

	assert_int_equal(cress_local_share(b, a), 0);
	cress_switch(a, as_value(1));
	cress_switch(b, as_value(2));
	cress_switch(a, NULL);
	assert_string_equal(noted(), "value:0 value:1 value:2");
	ends = b;
	cress_switch(b, NULL);
	ends = NULL;

	assert_string_equal(noted(), "value:2 destroy:2");
	cress_release(a);
	cress_release(b);
	cress_local_free(key);
}

/* G46 */
static void the_last_of_a_context_may_be_one_that_never_ran(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, NULL), 0);
	cress_t *a = cress_new(set_park_and_note, NULL);
	cress_t *b = cress_new(set_park_and_note, NULL);

	assert_int_equal(cress_local_share(b, a), 0);
	cress_switch(a, as_value(1));
	cress_switch(a, NULL);
	assert_string_equal(noted(), "value:0 value:1");
	cress_release(b);

	assert_string_equal(noted(), "destroy:1");
	cress_release(a);
	cress_local_free(key);
}

/* G46 */
static void a_copy_function_makes_the_value_of_the_copy(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, copy_plus_one), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	cress_local_set(key, as_value(4));
	assert_int_equal(cress_local_copy(c, main_one), 0);
	cress_switch(c, as_value(6));
	cress_throw(c, CRESS_EXIT);

	assert_string_equal(noted(), "value:5 value:6 destroy:6");
	assert_ptr_equal(cress_local_get(key), as_value(4));
	cress_release(c);
	cress_local_free(key);
}

/* G46 */
static void a_value_with_only_a_destructor_is_left_out_of_copies(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, NULL), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	cress_local_set(key, as_value(4));
	assert_int_equal(cress_local_copy(c, main_one), 0);
	cress_switch(c, NULL);
	cress_switch(c, NULL);

	assert_string_equal(noted(), "value:0 value:0");
	cress_release(c);
	cress_local_free(key);
}

/* G46, G28 */
static void a_copy_that_never_ran_is_destroyed_all_the_same(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, copy_plus_one), 0);
	cress_t *dropped = cress_new(set_park_and_note, NULL);
	cress_t *killed = cress_new(set_park_and_note, NULL);

	cress_local_set(key, as_value(4));
	assert_int_equal(cress_local_copy(dropped, main_one), 0);
	assert_int_equal(cress_local_copy(killed, main_one), 0);
	cress_release(dropped);
	assert_string_equal(noted(), "destroy:5");
	cress_throw(killed, CRESS_EXIT);
	cress_release(killed);

	assert_string_equal(noted(), "destroy:5");
	cress_local_set(key, NULL);
	cress_local_free(key);
}

/* G46 */
static void a_second_copy_or_share_replaces_the_first(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, destroy, copy_plus_one), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	cress_local_set(key, as_value(4));
	assert_int_equal(cress_local_copy(c, main_one), 0);
	assert_int_equal(cress_local_copy(c, main_one), 0);
	assert_int_equal(cress_local_share(c, main_one), 0);
	assert_int_equal(cress_local_share(c, c), 0);
	assert_string_equal(noted(), "destroy:5 destroy:5");
	cress_switch(c, as_value(4));
	cress_switch(c, NULL);

	assert_string_equal(noted(), "value:4 value:4");
	cress_release(c);
	cress_local_set(key, NULL);
	cress_local_free(key);
}

/* G46 */
static void a_context_cannot_be_given_after_the_start(void **state)
{
	(void)state;
	main_one = cress_current();
	assert_int_equal(cress_local_new(&key, NULL, NULL), 0);
	cress_t *c = cress_new(set_park_and_note, NULL);

	assert_refuses(cress_local_copy(c, NULL), EINVAL);
	assert_refuses(cress_local_copy(NULL, c), EINVAL);
	assert_refuses(cress_local_share(c, NULL), EINVAL);
	assert_refuses(cress_local_share(NULL, c), EINVAL);
	cress_switch(c, NULL);
	assert_refuses(cress_local_copy(c, main_one), EBUSY);
	assert_refuses(cress_local_share(c, main_one), EBUSY);
	assert_refuses(cress_local_share(main_one, c), EBUSY);

	cress_switch(c, NULL);
	cress_release(c);
	cress_local_free(key);
}

/* G46 */
static void a_key_that_is_none_is_refused(void **state)
{
	(void)state;
	cress_local_t unused = 0;

	assert_refuses(cress_local_new(NULL, NULL, NULL), EINVAL);
	assert_refuses(cress_local_set(0, as_value(1)), EINVAL);
	assert_refuses(cress_local_set(1000000, as_value(1)), EINVAL);
	assert_refuses(cress_local_set((cress_local_t)-1, NULL), EINVAL);
	assert_refuses(cress_local_free(0), EINVAL);
	assert_refuses(cress_local_free((cress_local_t)-1), EINVAL);
	assert_null(cress_local_get(0));
	assert_null(cress_local_get((cress_local_t)-1));

	assert_int_equal(cress_local_new(&unused, NULL, NULL), 0);
	assert_int_not_equal(unused, 0);
	assert_int_equal(cress_local_free(unused), 0);
	assert_refuses(cress_local_free(unused), EINVAL);
	assert_refuses(cress_local_set(unused, NULL), EINVAL);
}

/* G46 */
static void a_new_key_does_not_find_the_values_of_a_freed_one(void **state)
{
	(void)state;

	for (int i = 0; i < 2 * CRESS_LOCAL_MAX; i++) {
		assert_int_equal(cress_local_new(&key, destroy, NULL), 0);
		assert_null(cress_local_get(key));
		assert_int_equal(cress_local_set(key, as_value(i + 1)), 0);
		assert_int_equal(cress_local_free(key), 0);
		assert_null(cress_local_get(key));
	}

	assert_string_equal(noted(), "");
}

static void *free_the_key(void *arg)
{
	cress_local_set(key, as_value(1));
	cress_local_free(key);
	return arg;
}

/* G46 */
static void the_values_of_a_freed_key_are_forgotten(void **state)
{
	(void)state;
	assert_int_equal(cress_local_new(&key, destroy, NULL), 0);
	cress_t *c = cress_new(free_the_key, NULL);

	cress_switch(c, NULL);

	assert_string_equal(noted(), "");
	cress_release(c);
}

/* G46 */
static void there_are_as_many_keys_as_promised_and_no_more(void **state)
{
	(void)state;
	cress_local_t keys[CRESS_LOCAL_MAX], extra;

	for (int i = 0; i < CRESS_LOCAL_MAX; i++) {
		assert_int_equal(cress_local_new(&keys[i], NULL, NULL), 0);
		assert_int_equal(cress_local_set(keys[i], as_value(i)), 0);
	}
	assert_refuses(cress_local_new(&extra, NULL, NULL), EAGAIN);
	for (int i = 0; i < CRESS_LOCAL_MAX; i++)
		assert_ptr_equal(cress_local_get(keys[i]), as_value(i));

	for (int i = 0; i < CRESS_LOCAL_MAX; i++)
		assert_int_equal(cress_local_free(keys[i]), 0);
	assert_int_equal(cress_local_new(&extra, NULL, NULL), 0);
	assert_int_equal(cress_local_free(extra), 0);
}

static void set_on_main(void *arg)
{
	cress_local_set(key, arg);
	note("body");
}

/* G46 */
static void the_values_of_main_are_destroyed_when_the_thread_ends(void **state)
{
	(void)state;
	assert_int_equal(cress_local_new(&key, destroy, NULL), 0);

	on_thread(set_on_main, as_value(3));

	assert_string_equal(noted(), "body destroy:3");
	cress_local_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_coroutine_has_a_fresh_context_of_its_own),
		test(a_context_may_be_copied_before_the_start),
		test(a_context_may_be_shared_before_the_start),
		test(values_are_destroyed_once_on_that_stack_after_handlers),
		test(a_shared_value_is_destroyed_by_the_last_that_ends),
		test(the_last_of_a_context_may_be_one_that_never_ran),
		test(a_copy_function_makes_the_value_of_the_copy),
		test(a_value_with_only_a_destructor_is_left_out_of_copies),
		test(a_copy_that_never_ran_is_destroyed_all_the_same),
		test(a_second_copy_or_share_replaces_the_first),
		test(a_context_cannot_be_given_after_the_start),
		test(a_key_that_is_none_is_refused),
		test(a_new_key_does_not_find_the_values_of_a_freed_one),
		test(the_values_of_a_freed_key_are_forgotten),
		test(there_are_as_many_keys_as_promised_and_no_more),
		test(the_values_of_main_are_destroyed_when_the_thread_ends),
	};

	return suite_run(tests);
}
