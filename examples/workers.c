/* SPDX-License-Identifier: MIT */
/*
 * A pool of workers at a bounded queue. Whoever brings more work than they can
 * do waits until there is room: nothing piles up, and nobody counts anything.
 *
 * cress_queue_join() waits for the work, not for the workers. They go home
 * when the queue is shut down and empty.
 */
#include <stdio.h>
#include <cress.h>

#define WORKERS 3
#define JOBS 8
#define ROOM 2

struct job {
	int number;
	int square;
};

struct worker {
	double pace;		/* seconds for a job */
	int done;
	cress_t *coroutine;
};

static cress_queue_t jobs;

static void *work(void *arg)
{
	struct worker *me = arg;
	void *next;

	while (cress_queue_get(&jobs, &next) == 0) {
		struct job *job = next;

		cress_sleep(me->pace);
		job->square = job->number * job->number;
		me->done++;
		cress_queue_task_done(&jobs);
	}
	return NULL;
}

/* Each put waits while the queue is full. */
static void bring(struct job *all)
{
	for (int i = 0; i < JOBS; i++) {
		all[i].number = i + 1;
		cress_queue_put(&jobs, &all[i]);
	}
	printf("brought, and %d at most still wait\n", ROOM);
}

static int body(void *arg)
{
	struct worker workers[WORKERS] = {
		{.pace = 0.001}, {.pace = 0.002}, {.pace = 0.004}};
	struct job all[JOBS] = {{0, 0}};
	int done = 0;

	(void)arg;
	if (cress_queue_init(&jobs, CRESS_QUEUE_FIFO, ROOM, NULL) != 0)
		return 1;
	for (int i = 0; i < WORKERS; i++)
		workers[i].coroutine = cress_spawn(work, &workers[i]);
	bring(all);
	cress_queue_join(&jobs);
	for (int i = 0; i < JOBS; i++)
		printf("%d squared is %d\n", all[i].number, all[i].square);

	cress_queue_shutdown(&jobs, 0);
	for (int i = 0; i < WORKERS; i++) {
		cress_join(workers[i].coroutine, NULL);
		done += workers[i].done;
	}
	printf("%d workers went home, %d jobs were done\n", WORKERS, done);
	return cress_queue_fini(&jobs);
}

int main(void)
{
	return cress_run(body, NULL);
}
