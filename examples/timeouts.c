/* SPDX-License-Identifier: MIT */
/*
 * Scopes: the one way to bound a wait, and the one way to cancel.
 *
 * A scope has a deadline or none. When it is over, the call that its coroutine
 * is parked in fails, and every later one, until the scope is closed. What
 * cress_scope_close() returns tells whether this scope was the cause; errno
 * cannot tell it, since an outer scope uses the same numbers.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <cress.h>

/* A pipe that nobody writes to: to read from it waits for ever. */
static int silence[2];

static const char *verdict(int closed)
{
	return closed == ETIMEDOUT ? "timed out"
	       : closed == ECANCELED ? "cancelled" : "not to blame";
}

static ssize_t read_silence(void)
{
	char byte;

	return cress_read(silence[0], &byte, 1);
}

static void one_deadline(void)
{
	cress_scope_t limit;

	cress_scope_open(&limit, 0.01);
	read_silence();
	printf("one deadline: %s\n", verdict(cress_scope_close(&limit)));
}

/* The tighter deadline is the outer one, so it is the outer one's fault. */
static void nested(void)
{
	cress_scope_t outer, inner;

	cress_scope_open(&outer, 0.01);
	cress_scope_open(&inner, 60);
	read_silence();
	printf("inner scope: %s\n", verdict(cress_scope_close(&inner)));
	printf("outer scope: %s\n", verdict(cress_scope_close(&outer)));
}

static void *cancel(void *scope)
{
	cress_scope_cancel(scope);
	return NULL;
}

/* Any coroutine of the thread may cancel a scope. */
static void cancelled_by_another(void)
{
	cress_scope_t scope;

	cress_scope_open(&scope, INFINITY);
	cress_go(cancel, &scope);
	read_silence();
	printf("another's switch: %s\n", verdict(cress_scope_close(&scope)));
}

/*
 * A killed coroutine parks no more, except in a shield. A shield should have a
 * deadline of its own, or nothing could end what it protects.
 */
static void *worker(void *arg)
{
	cress_scope_t shield;

	(void)arg;
	if (read_silence() < 0)
		printf("worker: killed, and %s\n",
		       cress_sleep(0) < 0 ? "parks no more" : "goes on");

	cress_scope_open(&shield, 1);
	cress_scope_shield(&shield);
	printf("worker: tidies up, %s\n",
	       cress_sleep(0.005) < 0 ? "disturbed" : "undisturbed");
	printf("worker's shield: %s\n", verdict(cress_scope_close(&shield)));
	return NULL;
}

static int body(void *arg)
{
	(void)arg;
	if (cress_pipe2(silence, 0) < 0)
		return 1;
	one_deadline();
	nested();
	cancelled_by_another();

	cress_t *victim = cress_spawn(worker, NULL);
	cress_yield();
	cress_kill(victim, 0);
	printf("worker ended: %d\n", cress_join(victim, NULL));

	cress_close(silence[0]);
	cress_close(silence[1]);
	return 0;
}

int main(void)
{
	return cress_run(body, NULL);
}
