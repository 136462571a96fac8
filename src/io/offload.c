/* SPDX-License-Identifier: MIT */
/*
 * The worker threads, one pool for the process, and the way back.
 *
 * One lock guards the queue, every job's state and the lists of finished jobs.
 * A worker tells a hub under that lock that a job is done, and a hub takes back
 * its list under it before it goes: so a notification never meets a dead hub.
 */
#include "io/offload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "core/memory.h"
#include "io/fd.h"
#include "wait/report.h"

#include <cress/offload.h>

#define DEFAULT_WORKERS 4
#define MOST_WORKERS 256
#define WORKER_STACK ((size_t)256 * 1024)

static struct {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_cond_t done;	/* a hub has no job any more */
	struct cress_job *first, *last;
	int limit;
	int workers;
	int idle;
	int waiting;		/* jobs in the queue */
	int forks;		/* so many generations from the first process */
} pool = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.work = PTHREAD_COND_INITIALIZER,
	.done = PTHREAD_COND_INITIALIZER,
	.limit = DEFAULT_WORKERS,
};

/* What a hub knows of its jobs: hub->io. */
struct finished {
	struct cress_job *first;
	size_t pending;		/* jobs that are queued or run */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int forks_watched;

static struct cress_job *take_job(void)
{
	struct cress_job *job = pool.first;

	if (job != NULL) {
		pool.first = job->next;
		if (pool.first == NULL)
			pool.last = NULL;
		job->state = CRESS_JOB_RUNNING;
		pool.waiting--;
	}
	return job;
}

static void put_job(struct cress_job *job)
{
	job->next = NULL;
	job->state = CRESS_JOB_WAITING;
	if (pool.last != NULL)
		pool.last->next = job;
	else
		pool.first = job;
	pool.last = job;
	pool.waiting++;
}

/* Take a job out of the queue before a worker does. */
static void remove_job(struct cress_job *job)
{
	struct cress_job **link = &pool.first;
	struct cress_job *before = NULL;

	while (*link != job) {
		before = *link;
		link = &before->next;
	}
	*link = job->next;
	pool.waiting--;
	if (pool.last == job)
		pool.last = before;
}

/* Called with the lock held; returns with it held. */
static void finish(struct cress_job *job)
{
	struct cress_hub *hub = job->hub;
	struct finished *finished;

	job->state = CRESS_JOB_DONE;
	if (hub == NULL) {
		pthread_mutex_unlock(&pool.lock);
		job->abandon(job);
		pthread_mutex_lock(&pool.lock);
		return;
	}
	finished = hub->io;
	job->next = finished->first;
	finished->first = job;
	hub->driver->notify(hub);
	if (--finished->pending == 0)
		pthread_cond_broadcast(&pool.done);
}

static void *worker(void *arg)
{
	struct cress_job *job;
	int forks;

	pthread_mutex_lock(&pool.lock);
	forks = pool.forks;
	while (pool.workers <= pool.limit) {
		job = take_job();
		if (job == NULL) {
			pool.idle++;
			pthread_cond_wait(&pool.work, &pool.lock);
			pool.idle--;
			continue;
		}
		pthread_mutex_unlock(&pool.lock);
		job->run(job);
		pthread_mutex_lock(&pool.lock);
		/* It has forked, and in the child nobody waits for it. */
		if (forks != pool.forks)
			break;
		finish(job);
	}
	if (forks == pool.forks)
		pool.workers--;
	pthread_mutex_unlock(&pool.lock);
	return arg;
}

/* One more worker, without the signals of the program; the lock is held. */
static int add_worker(void)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attr, worker, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (error == 0)
		pool.workers++;
	return error;
}

static void on_notified(struct cress_hub *hub)
{
	struct finished *finished = hub->io;
	struct cress_job *job, *next;

	pthread_mutex_lock(&pool.lock);
	job = finished->first;
	finished->first = NULL;
	pthread_mutex_unlock(&pool.lock);
	for (; job != NULL; job = next) {
		next = job->next;
		cress_wake(hub, &job->waiter);
	}
}

/*
 * A thread may end while its coroutines wait for jobs: those that run on their
 * stacks must end first.
 */
static void on_closing(struct cress_hub *hub)
{
	struct finished *finished = hub->io;
	struct cress_job *job, *next;

	pthread_mutex_lock(&pool.lock);
	while (finished->pending != 0)
		pthread_cond_wait(&pool.done, &pool.lock);
	pthread_mutex_unlock(&pool.lock);
	for (job = finished->first; job != NULL; job = next) {
		next = job->next;
		if (job->abandon != NULL)
			job->abandon(job);
	}
	hub->driver->expect_notify(hub, 0);
	cress_free(hub->io);
	hub->io = NULL;
}

/* Once it runs, the caller stays, unless the job can do without it. */
static int refuse_job(struct cress_waiter *waiter, int error)
{
	struct cress_job *job = waiter->object;
	int stays;

	pthread_mutex_lock(&pool.lock);
	stays = job->state == CRESS_JOB_DONE ||
		(job->state == CRESS_JOB_RUNNING && job->abandon == NULL);
	pthread_mutex_unlock(&pool.lock);
	if (stays && job->keeps)
		return CRESS_WAIT_KEPT;
	if (stays && job->error == 0)
		job->error = error == CRESS_EXIT ? ECANCELED : error;
	return stays;
}

static void unlink_job(struct cress_waiter *waiter)
{
	struct cress_job *job = waiter->object;
	void (*abandon)(struct cress_job *job) = NULL;

	pthread_mutex_lock(&pool.lock);
	if (job->state == CRESS_JOB_WAITING)
		remove_job(job);
	if (job->state != CRESS_JOB_RUNNING)
		abandon = job->abandon;
	((struct finished *)job->hub->io)->pending--;
	job->hub = NULL;
	pthread_mutex_unlock(&pool.lock);
	if (abandon != NULL)
		abandon(job);
}

static void describe_job(const struct cress_waiter *waiter, char *line,
			 size_t size)
{
	const struct cress_job *job = waiter->object;

	snprintf(line, size, "%s in a worker thread", job->what);
}

static const struct cress_wait_kind worker_thread = {
	.what = "a worker thread",
	.outside = 1,
	.unlink = unlink_job,
	.refuse = refuse_job,
	.describe = describe_job,
};

static void before_fork(void)
{
	pthread_mutex_lock(&pool.lock);
}

static void after_fork(void)
{
	pthread_mutex_unlock(&pool.lock);
}

/*
 * The workers have stayed in the parent, with the jobs. What was done already
 * is collected as ever; whoever waits for the rest is told.
 */
static void in_child(void)
{
	struct cress_thread *thread = cress_thread_self;
	cress_t *c = NULL;

	pool.first = pool.last = NULL;
	pool.workers = pool.idle = pool.waiting = 0;
	pool.forks++;
	pthread_cond_init(&pool.work, NULL);
	pthread_cond_init(&pool.done, NULL);
	pthread_mutex_unlock(&pool.lock);
	if (thread == NULL || thread->hub == NULL)
		return;
	while ((c = cress_next_waiter(thread, c)) != NULL) {
		struct cress_job *job = c->waiter->object;

		if (c->waiter->kind != &worker_thread ||
		    job->state == CRESS_JOB_DONE)
			continue;
		job->state = CRESS_JOB_LOST;
		cress_interrupt(thread->hub, c, ESRCH);
	}
}

static void watch_forks(void)
{
	forks_watched = pthread_atfork(before_fork, after_fork, in_child) == 0;
}

/* The first job of a hub: make the way back. */
static int connect_hub(struct cress_hub *hub)
{
	struct finished *finished;

	if (hub->io != NULL)
		return hub->driver->expect_notify(hub, 1);
	pthread_once(&once, watch_forks);
	if (!forks_watched) {
		errno = ENOMEM;
		return -1;
	}
	finished = cress_alloc(sizeof *finished);
	if (finished == NULL)
		return -1;
	if (hub->driver->expect_notify(hub, 1) != 0) {
		cress_free(finished);
		return -1;
	}
	hub->io = finished;
	hub->notified = on_notified;
	hub->closing = on_closing;
	return 0;
}

static int submit(struct cress_job *job)
{
	int error = 0;

	pthread_mutex_lock(&pool.lock);
	/* One that is idle may have been signalled for an earlier job. */
	if (pool.waiting >= pool.idle && pool.workers < pool.limit)
		error = add_worker();
	if (pool.workers == 0) {
		pthread_mutex_unlock(&pool.lock);
		errno = error;
		return -1;
	}
	put_job(job);
	((struct finished *)job->hub->io)->pending++;
	pthread_cond_signal(&pool.work);
	pthread_mutex_unlock(&pool.lock);
	return 0;
}

int cress_job_run(struct cress_job *job)
{
	struct cress_hub *hub = cress_wait_begin();

	if (hub == NULL || connect_hub(hub) != 0)
		goto refused;
	job->waiter = (struct cress_waiter){.kind = &worker_thread,
					    .object = job};
	job->waiter.coroutine = hub->thread->current;
	job->hub = hub;
	job->error = 0;
	if (submit(job) != 0)
		goto refused;
	if (cress_park(hub, &job->waiter) != 0)
		return -1;
	return 0;

refused:
	if (job->abandon != NULL)
		job->abandon(job);
	return -1;
}

struct call {
	struct cress_job job;
	cress_fn *fn;
	void *arg;
	void *value;
	int error;
};

static void run_call(struct cress_job *job)
{
	struct call *call = (struct call *)job;

	errno = 0;
	call->value = call->fn(call->arg);
	call->error = errno;
}

int cress_offload(cress_fn *fn, void *arg, void **value)
{
	struct call call = {
		.job = {.run = run_call, .what = "a function"},
		.fn = fn,
		.arg = arg,
	};

	if (fn == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (cress_job_run(&call.job) != 0)
		return -1;
	if (value != NULL)
		*value = call.value;
	errno = call.job.error != 0 ? call.job.error : call.error;
	return call.job.error != 0 ? -1 : 0;
}

int cress_offload_limit(int workers)
{
	if (workers < 1 || workers > MOST_WORKERS) {
		errno = EINVAL;
		return -1;
	}
	pthread_mutex_lock(&pool.lock);
	pool.limit = workers;
	pthread_cond_broadcast(&pool.work);
	pthread_mutex_unlock(&pool.lock);
	return 0;
}
