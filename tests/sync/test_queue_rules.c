/* SPDX-License-Identifier: MIT */
/*
 * Queues where they are misused, out of memory, on another thread, in what the
 * loop calls, without hope, and with ten million items.
 */
#include "sync/numbers.h"

#include <string.h>

#include "support/environment.h"
#include "support/memory.h"
#include "wait/wait.h"

#define MANY 10000000
#define MANY_REDUCED 100000

static void null_is_refused(void)
{
	void *item;

	check_refuses(cress_queue_init(NULL, 0, 0, NULL), EINVAL);
	check_int(cress_queue_fini(NULL), 0);
	check_refuses((int)cress_queue_unfinished(NULL), EINVAL);
	check_refuses(cress_queue_is_shut(NULL), EINVAL);
	check_refuses(cress_queue_put(NULL, NULL), EINVAL);
	check_refuses(cress_queue_try_put(NULL, NULL), EINVAL);
	check_refuses(cress_queue_get(NULL, &item), EINVAL);
	check_refuses(cress_queue_try_get(NULL, &item), EINVAL);
	check_refuses(cress_queue_peek(NULL, &item), EINVAL);
	check_refuses(cress_queue_try_peek(NULL, &item), EINVAL);
	check_refuses((int)cress_queue_size(NULL), EINVAL);
	check_refuses(cress_queue_task_done(NULL), EINVAL);
	check_refuses(cress_queue_join(NULL), EINVAL);
	check_refuses((int)cress_queue_shutdown(NULL, 0), EINVAL);

	make(CRESS_QUEUE_FIFO, 0);
	put(1);
	check_refuses(cress_queue_get(&queue, NULL), EINVAL);
	check_refuses(cress_queue_try_get(&queue, NULL), EINVAL);
	check_refuses(cress_queue_peek(&queue, NULL), EINVAL);
	check_refuses(cress_queue_try_peek(&queue, NULL), EINVAL);
	check_int(get(), 1);
	unmake();
}

static void an_item_may_be_null(void)
{
	void *item = "";

	make(CRESS_QUEUE_FIFO, 0);
	check_int(cress_queue_put(&queue, NULL), 0);
	check_int(cress_queue_get(&queue, &item), 0);
	check(item == NULL);
	unmake();
}

static void what_is_no_kind_is_refused(void)
{
	check_refuses(cress_queue_init(&queue, -1, 0, NULL), EINVAL);
	check_refuses(cress_queue_init(&queue, 3, 0, NULL), EINVAL);
	check_refuses(cress_queue_init(&queue, CRESS_QUEUE_PRIORITY, 0, NULL),
		      EINVAL);
	check_refuses(cress_queue_init(&queue, CRESS_QUEUE_FIFO, 0, by_tens),
		      EINVAL);
	check_refuses(cress_queue_init(&queue, CRESS_QUEUE_FIFO, PTRDIFF_MAX,
				       NULL), ENOMEM);
	check_refuses(cress_queue_init(&queue, CRESS_QUEUE_LIFO,
				       PTRDIFF_MAX / 2, NULL), ENOMEM);
	make(CRESS_QUEUE_FIFO, 1);
	unmake();
}

static void one_in_use_cannot_be_destroyed(void)
{
	make(CRESS_QUEUE_FIFO, 1);
	queue.name = "busy";
	cress_t *c = cress_spawn(getter, as_value(1));
	cress_yield();
	check_refuses(cress_queue_fini(&queue), EBUSY);
	check_int(log_lines_with("queue \"busy\""), 1);
	put(1);
	put(2);
	cress_join(c, NULL);
	c = cress_spawn(putter, as_value(3));
	cress_yield();
	check_refuses(cress_queue_fini(&queue), EBUSY);
	check_int(get(), 2);
	check_int(get(), 3);
	cress_join(c, NULL);
	check_noted("g1:1 p3:0");
	unmake();
}

/* Nothing is put if there is no memory, and nobody is told of it: D7. */
static void a_queue_that_cannot_grow_has_put_nothing(void)
{
	size_t before = memory_blocks();
	int in = 0;

	make(CRESS_QUEUE_FIFO, 0);
	cress_t *c = cress_spawn(peeker, as_value(1));
	cress_yield();
	memory_fail(1);
	check_refuses(put(1), ENOMEM);
	memory_fail(1);
	check_refuses(try_put(1), ENOMEM);
	memory_fail(0);
	cress_yield();
	check_nothing_noted();
	check_int(cress_queue_size(&queue), 0);
	check_int(cress_queue_join(&queue), 0);

	memory_fail(2);
	while (put(in) == 0)
		in++;
	check_int(errno, ENOMEM);
	memory_fail(0);
	for (int i = 0; i < in; i++)
		check_int(get(), i);
	check_int(try_get(), -EAGAIN);
	cress_join(c, NULL);
	check_noted("k1:0");
	unmake();
	check(memory_blocks() == before);
}

static void a_bounded_one_needs_no_memory_later(void)
{
	memory_fail(1);
	check_refuses(cress_queue_init(&queue, CRESS_QUEUE_PRIORITY, 50,
				       by_tens), ENOMEM);
	memory_fail(0);
	make(CRESS_QUEUE_PRIORITY, 50);
	cress_t *c = cress_spawn(getter, as_value(1));
	cress_yield();
	memory_fail(1);
	for (int i = 0; i < 51; i++)
		check_int(put(i), 0);
	for (int i = 0; i < 50; i++)
		check(get() > 0);
	check(!memory_has_failed());
	memory_fail(0);
	cress_join(c, NULL);
	check_noted("g1:0");
	unmake();
}

static void memory_goes_back_when_a_getter_finds_it_empty(void)
{
	size_t before = memory_blocks();

	make(CRESS_QUEUE_FIFO, 0);
	for (int i = 0; i < 100000; i++)
		put(i);
	for (int i = 0; i < 100000; i++)
		check_int(get(), i);
	cress_t *c = cress_spawn(getter, as_value(1));
	cress_yield();
	check(memory_blocks() <= before + 1);
	put(5);
	check_int(cress_join(c, NULL), 0);
	check_noted("g1:5");
	unmake();
}

static void use_elsewhere(void *unused)
{
	void *item;

	(void)unused;
	check_refuses(put(1), EXDEV);
	check_refuses(try_put(1), EXDEV);
	check_refuses(cress_queue_get(&queue, &item), EXDEV);
	check_refuses(cress_queue_try_get(&queue, &item), EXDEV);
	check_refuses(cress_queue_peek(&queue, &item), EXDEV);
	check_refuses(cress_queue_try_peek(&queue, &item), EXDEV);
	check_refuses((int)cress_queue_size(&queue), EXDEV);
	check_refuses(cress_queue_task_done(&queue), EXDEV);
	check_refuses(cress_queue_join(&queue), EXDEV);
	check_refuses((int)cress_queue_shutdown(&queue, 1), EXDEV);
	check_refuses(cress_queue_fini(&queue), EXDEV);
}

/* D13 */
static void one_of_another_thread_is_refused(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	put(7);
	on_thread(use_elsewhere, NULL);
	check_int(get(), 7);
	unmake();
}

static void use_in_the_loop(struct cress_timer *timer)
{
	(void)timer;
	check_int(put(3), 0);
	check_int(put(4), 0);
	check_refuses(put(5), EDEADLK);
	check_refuses(try_put(5), EAGAIN);
	check_refuses(cress_queue_join(&queue), EDEADLK);
	check_int(peek(), 4);
	check_int(get(), 4);
	check_int(get(), -EDEADLK);
	check_int(peek(), -EDEADLK);
}

/* V50 */
static void in_the_loop_it_hands_over_and_never_parks(void)
{
	struct cress_timer timer = {.fire = use_in_the_loop};
	struct cress_hub *hub = cress_hub_get();

	make(CRESS_QUEUE_FIFO, 1);
	cress_t *c = cress_spawn(getter, as_value(1));
	cress_yield();
	check_int(cress_timers_reserve(&hub->timers), 0);
	cress_timer_add(&hub->timers, &timer, hub->driver->now(hub));
	cress_sleep(0.001);
	check_noted("g1:3");
	cress_join(c, NULL);
	unmake();
}

/* D12 */
static void a_deadlock_is_told_with_the_name(void)
{
	make(CRESS_QUEUE_FIFO, 1);
	queue.name = "jobs";
	check_int(get(), -EDEADLK);
	check_int(log_lines_with("an item of queue \"jobs\""), 1);
	put(1);
	check_refuses(put(2), EDEADLK);
	check_int(log_lines_with("room in queue \"jobs\""), 1);
	check_refuses(cress_queue_join(&queue), EDEADLK);
	check_int(log_lines_with("the end of all work of queue \"jobs\""), 1);
	unmake();
}

static void *put_many(void *many)
{
	for (int i = 0; i < as_number(many); i++)
		put(i);
	cress_queue_shutdown(&queue, 0);
	return NULL;
}

static void ten_million_items_come_out_in_order(void)
{
	int many = environment_reduced() == NULL ? MANY : MANY_REDUCED;

	for (int limit = 0; limit <= 100; limit += 100) {
		int count = 0, wrong = 0, item;

		make(CRESS_QUEUE_FIFO, limit);
		cress_go(put_many, as_value(many));
		while ((item = get()) >= 0)
			wrong += item != count++;
		check_int(item, -ESHUTDOWN);
		check_int(count, many);
		check_int(wrong, 0);
		unmake();
	}
}

static void a_million_come_out_by_priority(void)
{
	int many = environment_reduced() == NULL ? 1000000 : 10000;
	int last = 0, wrong = 0;

	make(CRESS_QUEUE_PRIORITY, 0);
	for (int i = 0; i < many; i++)
		put((int)any_below(1000000));
	for (int i = 0; i < many; i++) {
		int item = get();

		wrong += item / 10 < last / 10;
		last = item;
	}
	check_int(wrong, 0);
	check_int(try_get(), -EAGAIN);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bare(null_is_refused),
		in_order(null_is_refused),
		in_order(an_item_may_be_null),
		in_order(what_is_no_kind_is_refused),
		in_order(one_in_use_cannot_be_destroyed),
		in_order(a_queue_that_cannot_grow_has_put_nothing),
		in_order(a_bounded_one_needs_no_memory_later),
		in_order(memory_goes_back_when_a_getter_finds_it_empty),
		in_order(one_of_another_thread_is_refused),
		in_order(in_the_loop_it_hands_over_and_never_parks),
		in_order(a_deadlock_is_told_with_the_name),
		on_libev(ten_million_items_come_out_in_order),
		on_virtual(a_million_come_out_by_priority),
	};

	memory_install();
	return suite_run(tests);
}
