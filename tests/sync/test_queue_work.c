/* SPDX-License-Identifier: MIT */
/* Queues of work: when all of it is done, and how they are shut down. */
#include "sync/numbers.h"

#define WORKERS 3
#define JOBS 30

static void *joiner(void *name)
{
	note("j%d:%d", as_number(name),
	     cress_queue_join(&queue) == 0 ? 0 : errno);
	return NULL;
}

static int task_done(void)
{
	return cress_queue_task_done(&queue);
}

/* V52 */
static void a_join_waits_until_every_put_is_done(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	check_int(cress_queue_join(&queue), 0);
	put(1);
	put(2);
	cress_go(joiner, as_value(1));
	cress_go(joiner, as_value(2));
	cress_yield();
	get();
	check_int(task_done(), 0);
	get();
	cress_yield();
	check_nothing_noted();
	check_int(cress_queue_unfinished(&queue), 1);

	check_int(task_done(), 0);
	cress_yield();
	check_noted("j1:0 j2:0");
	check_int(cress_queue_join(&queue), 0);
	check_int(cress_queue_unfinished(&queue), 0);
	unmake();
}

/* V52 */
static void one_that_was_handed_over_counts_too(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	cress_go(getter, as_value(1));
	cress_yield();
	put(1);
	cress_yield();
	cress_go(joiner, as_value(1));
	cress_yield();
	check_noted("g1:1");
	check_int(task_done(), 0);
	cress_yield();
	check_noted("j1:0");
	unmake();
}

/* V52 */
static void more_done_than_put_is_refused(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	queue.name = "jobs";
	check_refuses(task_done(), EINVAL);
	check_int(log_lines_with("queue \"jobs\""), 1);
	put(1);
	check_int(task_done(), 0);
	check_refuses(task_done(), EINVAL);
	check_int(get(), 1);
	unmake();
}

/* V48, V52 */
static void what_never_got_in_need_not_be_done(void)
{
	cress_scope_t limit;

	make(CRESS_QUEUE_FIFO, 1);
	put(1);
	cress_scope_open(&limit, 0.001);
	check_refuses(put(2), ETIMEDOUT);
	cress_scope_close(&limit);
	get();
	check_int(task_done(), 0);
	check_int(cress_queue_join(&queue), 0);
	check_refuses(task_done(), EINVAL);
	unmake();
}

/* V52 */
static void a_join_may_be_bounded_and_given_up(void)
{
	cress_scope_t limit;
	cress_t *c;

	make(CRESS_QUEUE_FIFO, 0);
	put(1);
	cress_scope_open(&limit, 0.001);
	check_refuses(cress_queue_join(&queue), ETIMEDOUT);
	check_int(cress_scope_close(&limit), ETIMEDOUT);
	c = cress_spawn(joiner, as_value(1));
	cress_yield();
	cress_kill(c, 0);
	cress_join(c, NULL);
	check_noted("j1:%d", ECANCELED);
	unmake();
}

/* V53 */
static void a_shut_down_one_is_emptied_and_then_fails(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	put(1);
	put(2);
	check_int(cress_queue_shutdown(&queue, 0), 0);
	check_refuses(put(3), ESHUTDOWN);
	check_refuses(try_put(3), ESHUTDOWN);
	check_int(peek(), 1);
	check_int(get(), 1);
	check_int(try_get(), 2);
	check_int(get(), -ESHUTDOWN);
	check_int(try_get(), -ESHUTDOWN);
	check_int(peek(), -ESHUTDOWN);
	check_int(try_peek(), -ESHUTDOWN);
	check_int(cress_queue_shutdown(&queue, 0), 0);
	unmake();
}

/* V53 */
static void a_shut_down_wakes_all_who_wait(void)
{
	make(CRESS_QUEUE_FIFO, 0);
	cress_go(getter, as_value(1));
	cress_go(peeker, as_value(2));
	cress_yield();
	cress_queue_shutdown(&queue, 0);
	cress_yield();
	check_noted("g1:%d k2:%d", -ESHUTDOWN, -ESHUTDOWN);
	unmake();

	make(CRESS_QUEUE_FIFO, 1);
	put(1);
	cress_go(putter, as_value(2));
	cress_go(putter, as_value(3));
	cress_yield();
	cress_queue_shutdown(&queue, 0);
	cress_yield();
	check_noted("p2:%d p3:%d", ESHUTDOWN, ESHUTDOWN);
	check_int(get(), 1);
	check_int(get(), -ESHUTDOWN);
	unmake();
}

/* V53 */
static void an_immediate_one_drops_the_rest_and_says_how_many(void)
{
	for (int kind = CRESS_QUEUE_FIFO; kind <= CRESS_QUEUE_PRIORITY;
	     kind++) {
		make(kind, 0);
		for (int i = 0; i < 5; i++)
			put(i);
		get();
		cress_go(joiner, as_value(1));
		cress_yield();
		check_int(cress_queue_shutdown(&queue, 1), 4);
		check_int(cress_queue_size(&queue), 0);
		check_int(get(), -ESHUTDOWN);
		check_refuses(put(6), ESHUTDOWN);
		cress_yield();
		check_nothing_noted();

		check_int(task_done(), 0);
		cress_yield();
		check_noted("j1:0");
		check_int(cress_queue_shutdown(&queue, 1), 0);
		unmake();
	}
}

/* V52, V53 */
static void to_drop_all_ends_a_join(void)
{
	make(CRESS_QUEUE_FIFO, 2);
	put(1);
	put(2);
	cress_go(putter, as_value(3));
	cress_go(joiner, as_value(1));
	cress_yield();
	check_int(cress_queue_shutdown(&queue, 0), 0);
	check_int(cress_queue_shutdown(&queue, 1), 2);
	cress_yield();
	check_noted("p3:%d j1:0", ESHUTDOWN);
	check_refuses(task_done(), EINVAL);
	unmake();
}

static int done;

static void *worker(void *unused)
{
	void *job;

	while (cress_queue_get(&queue, &job) == 0) {
		if (any_below(3) == 0)
			cress_sleep(any_below(3) * 0.001);
		done++;
		check_int(task_done(), 0);
	}
	check_int(errno, ESHUTDOWN);
	return unused;
}

/* V52, V53 */
static void workers_do_everything_and_go_home(void)
{
	cress_t *workers[WORKERS];

	make((int)any_below(3), any_below(4));
	done = 0;
	for (int i = 0; i < WORKERS; i++)
		workers[i] = cress_spawn(worker, NULL);
	for (int i = 0; i < JOBS; i++)
		check_int(put(i), 0);
	check_int(cress_queue_join(&queue), 0);
	check_int(done, JOBS);
	put(1);
	check_int(cress_queue_is_shut(&queue), 0);
	cress_queue_shutdown(&queue, 0);
	check_int(cress_queue_is_shut(&queue), 1);
	for (int i = 0; i < WORKERS; i++)
		check_int(cress_join(workers[i], NULL), 0);
	check_int(done, JOBS + 1);
	unmake();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_order(a_join_waits_until_every_put_is_done),
		in_order(one_that_was_handed_over_counts_too),
		in_order(more_done_than_put_is_refused),
		in_order(what_never_got_in_need_not_be_done),
		in_order(a_join_may_be_bounded_and_given_up),
		in_order(a_shut_down_one_is_emptied_and_then_fails),
		in_order(a_shut_down_wakes_all_who_wait),
		in_order(an_immediate_one_drops_the_rest_and_says_how_many),
		in_order(to_drop_all_ends_a_join),
		in_order(workers_do_everything_and_go_home),
		in_every_order(workers_do_everything_and_go_home),
	};

	return suite_run(tests);
}
