/* SPDX-License-Identifier: MIT */
/* Futures: set once, got by all, in time or not at all. */
#include "loop/support.h"

#include <string.h>

#include <cress/future.h>

static cress_future_t future;

static void *get_and_note(void *name)
{
	void *value = "none";
	int result = cress_future_get(&future, &value);

	if (result == -1)
		return cress_fail(errno);
	note("%s:%d:%s", (const char *)name, result,
	     value == NULL ? "-" : (const char *)value);
	return NULL;
}

/* V37 */
static void all_get_the_value_in_the_order_of_asking(void)
{
	void *value = NULL;

	cress_go(get_and_note, "a");
	cress_go(get_and_note, "b");
	cress_yield();
	check_int(cress_future_set_value(&future, "x"), 0);
	check_nothing_noted();
	cress_yield();

	check_noted("a:0:x b:0:x");
	check_int(cress_future_get(&future, &value), 0);
	check(value != NULL && *(char *)value == 'x');
	check_int(cress_future_get(&future, NULL), 0);
	check_int(cress_future_fini(&future), 0);
}

/* V37 */
static void all_get_the_error(void)
{
	cress_t *c = cress_spawn(get_and_note, "a");
	void *value = "";

	cress_sleep(0.001);
	check_int(cress_future_set_error(&future, EIO), 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("a:%d:-", EIO);

	check_int(cress_future_get(&future, &value), EIO);
	check(value == NULL);
	check_int(cress_future_try_get(&future, NULL), EIO);
	check_int(cress_future_fini(&future), 0);
}

/* V37 */
static void too_early_is_eagain_and_too_late_etimedout(void)
{
	cress_scope_t limit;
	void *value = &future;

	check_refuses(cress_future_try_get(&future, &value), EAGAIN);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_future_get(&future, &value), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check(value == &future);

	cress_future_set_value(&future, NULL);
	cress_scope_open(&limit, 0);
	check_refuses(cress_future_get(&future, &value), ETIMEDOUT);
	check(value == &future);
	check_int(cress_future_try_get(&future, &value), 0);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	check(value == NULL);
	check_int(cress_future_fini(&future), 0);
}

/* V38 */
static void a_second_set_is_refused_and_changes_nothing(void)
{
	void *value = NULL;

	check_int(cress_future_set_value(&future, "first"), 0);
	check_refuses(cress_future_set_value(&future, "second"), EALREADY);
	check_refuses(cress_future_set_error(&future, EIO), EALREADY);
	check_int(cress_future_try_get(&future, &value), 0);
	check(value != NULL && *(char *)value == 'f');

	check_int(cress_future_fini(&future), 0);
	check_int(cress_future_set_error(&future, EIO), 0);
	check_refuses(cress_future_set_value(&future, "late"), EALREADY);
	check_int(cress_future_get(&future, NULL), EIO);
	check_int(cress_future_fini(&future), 0);
}

/* V37 */
static void an_error_is_a_positive_errno(void)
{
	check_refuses(cress_future_set_error(&future, 0), EINVAL);
	check_refuses(cress_future_set_error(&future, -1), EINVAL);
	check_refuses(cress_future_set_error(&future, 4096), EINVAL);
	check_refuses(cress_future_try_get(&future, NULL), EAGAIN);
	check_int(cress_future_set_error(&future, 4095), 0);
	check_int(cress_future_get(&future, NULL), 4095);
	check_int(cress_future_fini(&future), 0);
}

/* V37: as the function of a link does it, with the dead coroutine */
static void it_takes_the_result_of_a_coroutine(void)
{
	cress_t *good = cress_spawn(give_back, "good");
	cress_t *bad = cress_spawn(park_for_ever, NULL);
	void *value = NULL;

	check(cress_future_link(bad, &future) != NULL);
	check_int(cress_wait(good, NULL), 0);
	check(cress_future_link(good, &future) == NULL);
	check_int(cress_future_get(&future, &value), 0);
	check(value != NULL && *(char *)value == 'g');
	check(cress_future_link(good, &future) != NULL);

	cress_future_fini(&future);
	cress_kill(bad, EIO);
	check_int(cress_wait(bad, NULL), EIO);
	check(cress_future_link(bad, &future) == NULL);
	check_int(cress_future_get(&future, NULL), EIO);
	check_int(cress_future_fini(&future), 0);
	cress_release(good);
	cress_release(bad);
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_future_get(&future, NULL), EXDEV);
	check_refuses(cress_future_set_value(&future, "x"), EXDEV);
}

static void misuse_is_refused_and_names_the_future(void)
{
	cress_t *c = cress_spawn(get_and_note, "a");

	future.name = "answer";
	cress_sleep(0.001);
	on_thread(use_elsewhere, NULL);
	check_refuses(cress_future_fini(&future), EBUSY);
	check_int(log_lines_with("future \"answer\""), 1);
	check_refuses(cress_future_get(NULL, NULL), EINVAL);
	check_refuses(cress_future_try_get(NULL, NULL), EINVAL);
	check_refuses(cress_future_set_value(NULL, NULL), EINVAL);
	check_refuses(cress_future_set_error(NULL, EIO), EINVAL);
	check_int(cress_future_fini(NULL), 0);

	check_int(cress_future_set_value(&future, "x"), 0);
	check_int(cress_join(c, NULL), 0);
	check_noted("a:0:x");
	check_int(cress_future_fini(&future), 0);
}

/* V37, D6, D7 */
static void kills_neither_lose_a_result_nor_wake_others(void)
{
	cress_t *c[6];

	for (int i = 0; i < 6; i++)
		c[i] = cress_spawn(get_and_note, "a");
	cress_sleep(0.001);
	for (int i = 0; i < 6; i += 3)
		cress_kill(c[i], EPIPE);
	cress_future_set_value(&future, "x");
	for (int i = 1; i < 6; i += 3)
		cress_kill(c[i], EPIPE);

	for (int i = 0; i < 6; i++)
		check_int(cress_join(c[i], NULL), i % 3 == 0 ? EPIPE : 0);
	check_noted("a:0:x a:0:x a:0:x a:0:x");
	check_int(cress_future_fini(&future), 0);
}

/* V37, D6: whoever is ready has the result, not the object */
static void who_waited_gets_it_though_the_future_has_gone(void)
{
	cress_t *c[2] = {cress_spawn(get_and_note, "x"),
			 cress_spawn(get_and_note, "x")};

	cress_sleep(0.001);
	check_int(cress_future_set_value(&future, "x"), 0);
	check_int(cress_future_fini(&future), 0);
	memset(&future, 0xa5, sizeof future);

	check_int(cress_join(c[0], NULL), 0);
	check_int(cress_join(c[1], NULL), 0);
	check_noted("x:0:x x:0:x");
	memset(&future, 0, sizeof future);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(all_get_the_value_in_the_order_of_asking),
		in_every_order(all_get_the_error),
		in_any_order(too_early_is_eagain_and_too_late_etimedout),
		in_any_order(a_second_set_is_refused_and_changes_nothing),
		in_any_order(an_error_is_a_positive_errno),
		in_any_order(it_takes_the_result_of_a_coroutine),
		in_any_order(misuse_is_refused_and_names_the_future),
		in_every_order(kills_neither_lose_a_result_nor_wake_others),
		in_every_order(who_waited_gets_it_though_the_future_has_gone),
	};

	return suite_run(tests);
}
