/* SPDX-License-Identifier: MIT */
/*
 * Rows of channels through the public interface of the shared library: one
 * message from one coroutine to another, a token that goes round a ring, and a
 * tree of a million leaves. An item is a long.
 */
#include "../harness.h"

#include <cress.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAVES 1000000

static cress_channel_t channel;
static cress_channel_t *ring;
static long ring_size;

static void need(int result)
{
	if (result != 0) {
		perror("bench-channel");
		exit(1);
	}
}

static void *send_always(void *unused)
{
	for (long i = 0;; i++)
		need(cress_channel_send(&channel, &i));
	return unused;
}

static long receive_n(long n)
{
	long item;

	for (long i = 0; i < n; i++)
		cress_channel_receive(&channel, &item);
	return n;
}

static void *receive_timed(void *unused)
{
	_exit(bench_time(receive_n));
	return unused;
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

static void *go_round_timed(void *unused)
{
	_exit(bench_time(go_round));
	return unused;
}

struct node {
	cress_channel_t *up;
	long number, size;
};

static void *grow(void *arg)
{
	struct node node = *(struct node *)arg;
	cress_channel_t sums;
	struct node children[10];
	long sum = 0, one;

	if (node.size == 1) {
		need(cress_channel_send(node.up, &node.number));
		return NULL;
	}
	need(cress_channel_init(&sums, sizeof(long), 0));
	for (long i = 0; i < 10; i++) {
		children[i].up = &sums;
		children[i].size = node.size / 10;
		children[i].number = node.number + i * children[i].size;
		need(cress_go(grow, &children[i]));
	}
	for (int i = 0; i < 10; i++) {
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

static int body(void *arg)
{
	char **argv = arg;
	long room = bench_is(argv, "channel", "buffered-128") ? 128 : 0;

	need(cress_channel_init(&channel, sizeof(long), (size_t)room));
	if (bench_is(argv, "channel", NULL)) {
		need(cress_go(send_always, NULL));
		return cress_join(cress_spawn(receive_timed, NULL), NULL);
	}
	if (bench_is(argv, "ring", NULL)) {
		make_ring(atol(argv[2]));
		return cress_join(cress_spawn(go_round_timed, NULL), NULL);
	}
	if (bench_is(argv, "skynet", NULL))
		_exit(bench_figures(grow_all));
	return bench_unknown(argv);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return bench_unknown(argv);
	bench_clear_fp();
	return cress_run(body, argv);
}
