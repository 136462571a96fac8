/* SPDX-License-Identifier: MIT */
/*
 * Producers, a consumer, and the two ways to shut down what is between them.
 *
 * In the ordinary way nothing more goes in, and what is in comes out: the
 * consumer sees ESHUTDOWN when it has had everything. The immediate way drops
 * what is left and says how much that was. Either way whoever waits is told.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cress.h>

static cress_queue_t parcels;

static const char *verdict(int result)
{
	if (result == 0)
		return "done";
	return errno == ESHUTDOWN ? "shut down" : strerror(errno);
}

/* More than there is room for: the last put waits, and is told. */
static void *produce(void *name)
{
	static char *goods[] = {"apples", "bread", "cheese", "dates"};
	int result = 0;

	for (int i = 0; i < 4 && result == 0; i++)
		result = cress_queue_put(&parcels, goods[i]);
	printf("%s: %s\n", (char *)name, verdict(result));
	return NULL;
}

static void *consume(void *name)
{
	void *parcel;
	int result;

	while ((result = cress_queue_get(&parcels, &parcel)) == 0)
		printf("%s: %s\n", (char *)name, (char *)parcel);
	printf("%s: %s\n", (char *)name, verdict(result));
	return NULL;
}

static void in_order(void)
{
	cress_t *producer, *consumer;

	puts("-- what is left is consumed");
	cress_queue_init(&parcels, CRESS_QUEUE_FIFO, 3, NULL);
	producer = cress_spawn(produce, "producer");
	cress_yield();
	printf("dropped: %d\n", (int)cress_queue_shutdown(&parcels, 0));
	consumer = cress_spawn(consume, "consumer");
	cress_join(producer, NULL);
	cress_join(consumer, NULL);
	cress_queue_fini(&parcels);
}

static void at_once(void)
{
	cress_t *producer, *consumer;

	puts("-- what is left is dropped");
	cress_queue_init(&parcels, CRESS_QUEUE_FIFO, 3, NULL);
	producer = cress_spawn(produce, "producer");
	cress_yield();
	printf("dropped: %d\n", (int)cress_queue_shutdown(&parcels, 1));
	consumer = cress_spawn(consume, "consumer");
	cress_join(producer, NULL);
	cress_join(consumer, NULL);
	cress_queue_fini(&parcels);
}

static int body(void *arg)
{
	(void)arg;
	in_order();
	at_once();
	return 0;
}

int main(void)
{
	return cress_run(body, NULL);
}
