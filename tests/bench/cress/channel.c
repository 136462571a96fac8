/* SPDX-License-Identifier: MIT */
/*
 * Rows of channels and queues through the public interface of the shared
 * library: one message from one coroutine to another, a token that goes round
 * a ring, a tree of a million leaves, and a select. An item is a long.
 */
#include "../harness.h"

#include <cress.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAVES 1000000
#define CHILDREN 10

static cress_channel_t channel, many[8];
static cress_queue_t queue;
static cress_channel_case_t cases[8];
static size_t case_count;
static size_t answers;		/* that a node of the tree has room for */
static cress_channel_t *ring;
static long ring_size;

static void need(int result)
{
	if (result != 0) {
		perror("bench-channel");
		exit(1);
	}
}

static void *send_always(void *to)
{
	for (long i = 0;; i++)
		need(cress_channel_send(to, &i));
	return NULL;
}

static void *put_always(void *item)
{
	for (;;)
		need(cress_queue_put(&queue, item));
	return NULL;
}

static long receive_n(long n)
{
	long item;

	for (long i = 0; i < n; i++)
		cress_channel_receive(&channel, &item);
	return n;
}

static long get_n(long n)
{
	void *item;

	for (long i = 0; i < n; i++)
		cress_queue_get(&queue, &item);
	return n;
}

static long select_n(long n)
{
	for (long i = 0; i < n; i++)
		cress_channel_select(cases, case_count, INFINITY);
	return n;
}

static void make_cases(size_t count)
{
	static long item;

	case_count = count;
	for (size_t i = 0; i < count; i++) {
		need(cress_channel_init(&many[i], sizeof(long), 0));
		cases[i].channel = &many[i];
		cases[i].item = &item;
		cases[i].operation = CRESS_CHANNEL_RECEIVE;
		need(cress_go(send_always, &many[i]));
	}
}

/* Each hands the token on to the next; main's is the first and the last. */
static void *pass_on(void *number)
{
	long i = (intptr_t)number;
	long token;

	for (;;) {
		need(cress_channel_receive(&ring[i], &token));
		token++;
		need(cress_channel_send(&ring[i + 1], &token));
	}
	return NULL;
}

static void make_ring(long size)
{
	ring_size = size;
	ring = calloc((size_t)size + 1, sizeof *ring);
	for (long i = 0; i <= size; i++)
		need(cress_channel_init(&ring[i], sizeof(long), 0));
	for (long i = 0; i < size; i++)
		need(cress_go(pass_on, (void *)(intptr_t)i));
}

static long go_round(long n)
{
	long hops = 0;

	while (hops < n) {
		long token = hops;

		cress_channel_send(&ring[0], &token);
		cress_channel_receive(&ring[ring_size], &hops);
	}
	return hops;
}

struct node {
	cress_channel_t *up;
	long number, size;
};

static void *grow(void *arg)
{
	struct node node = *(struct node *)arg;
	cress_channel_t sums;
	struct node children[CHILDREN];
	long sum = 0, one;

	if (node.size == 1) {
		need(cress_channel_send(node.up, &node.number));
		return NULL;
	}
	need(cress_channel_init(&sums, sizeof(long), answers));
	for (long i = 0; i < CHILDREN; i++) {
		children[i].up = &sums;
		children[i].size = node.size / CHILDREN;
		children[i].number = node.number + i * children[i].size;
		need(cress_go(grow, &children[i]));
	}
	for (int i = 0; i < CHILDREN; i++) {
		need(cress_channel_receive(&sums, &one));
		sum += one;
	}
	need(cress_channel_send(node.up, &sum));
	cress_channel_fini(&sums);
	return NULL;
}

static double grow_all(void)
{
	double start = bench_cpu();
	struct node root = {&channel, 0, LEAVES};
	long sum = 0;

	need(cress_go(grow, &root));
	need(cress_channel_receive(&channel, &sum));
	if (sum != LEAVES * (LEAVES - 1L) / 2)
		exit(1);
	return bench_cpu() - start;
}

static bench_slice *slice_of(char **argv)
{
	size_t room = bench_is(argv, "channel", "buffered-128") ? 128 : 0;

	need(cress_channel_init(&channel, sizeof(long), room));
	if (bench_is(argv, "channel", NULL)) {
		need(cress_go(send_always, &channel));
		return receive_n;
	}
	if (bench_is(argv, "ring", NULL)) {
		make_ring(atol(argv[2]));
		return go_round;
	}
	if (bench_is(argv, "queue", "put-get")) {
		need(cress_queue_init(&queue, CRESS_QUEUE_FIFO, 128, NULL));
		need(cress_go(put_always, &queue));
		return get_n;
	}
	if (!bench_is(argv, "select", NULL))
		return NULL;
	make_cases(atoi(argv[2]) == 2 ? 2 : 8);
	return select_n;
}

/* Not main's: its stack is another than those of the others. */
static void *measure(void *slice)
{
	_exit(bench_time(*(bench_slice **)slice));
	return NULL;
}

static int body(void *arg)
{
	bench_slice *slice = slice_of(arg);

	if (bench_is(arg, "skynet", NULL)) {
		if (bench_is(arg, "skynet", "1000000"))
			answers = CHILDREN;
		_exit(bench_figures(grow_all));
	}
	if (slice == NULL)
		return bench_unknown(arg);
	return cress_join(cress_spawn(measure, &slice), NULL);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	return cress_run(body, argv);
}
