/* SPDX-License-Identifier: MIT */
/*
 * Shadow stacks. Where there is none, nothing is asked of the kernel; where
 * there is one, each coroutine has its own. The latter is made by software in
 * children, which step through the library one instruction after the other.
 */
#include "support/child.h"
#include "support/environment.h"
#include "support/suite.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cress/coroutine.h>
#include <cress/stack.h>

#include "shadow.h"

#define ROUNDS 4	/* each instruction is a signal */

static struct child child;

__attribute__((noinline)) static unsigned dive(int depth, cress_t *to)
{
	unsigned got;

	if (depth == 0)
		return (unsigned)as_number(cress_switch(to, as_value(1)));
	got = dive(depth - 1, to);
	return got + 1;
}

static void *wander(void *to)
{
	unsigned sum = 0;

	for (int i = 0; i < ROUNDS && cress_error() == 0; i++)
		sum += dive(i % 3, to);
	return cress_error() == 0 ? as_value(sum) : cress_fail(cress_error());
}

/* Start `count` coroutines, go through all in turn until they have ended. */
static void run_some(int count)
{
	cress_t *all[8];

	for (int i = 0; i < count; i++)
		all[i] = cress_new(wander, NULL);
	for (int round = 0; round <= ROUNDS; round++)
		for (int i = 0; i < count; i++)
			cress_switch(all[i], cress_current());
	for (int i = 0; i < count; i++) {
		child_check(cress_is_dead(all[i]));
		cress_release(all[i]);
	}
}

/* map_shadow_stack and arch_prctl, which turns shadow stacks on, kill. */
static void forbid_shadow_stacks(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SHADOW_MAP, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof rules / sizeof rules[0], rules};

	child_check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	child_check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

static void run_in_peace(void *arg)
{
	(void)arg;
	forbid_shadow_stacks();
	run_some(8);
}

static void ask_for_one(void *arg)
{
	(void)arg;
	forbid_shadow_stacks();
	syscall(SHADOW_MAP, 0, 4096, SHADOW_SET_TOKEN);
}

/* R11 */
static void without_one_no_system_call_asks_for_any(void **state)
{
	(void)state;

	child_run(&child, run_in_peace, NULL);
	assert_true(child_exited(&child, 0));

	child_run(&child, ask_for_one, NULL);
	assert_int_equal(child.signal, SIGSYS);
}

static void run_with_one(void *arg)
{
	shadow_begin();
	run_some(as_number(arg));
	shadow_end();
	child_check(shadow_counts.returns > 100);
	child_check(shadow_counts.mapped == (unsigned long)as_number(arg));
	child_check(shadow_counts.unmapped == shadow_counts.mapped);
}

/* R11 */
static void each_has_its_own_from_start_to_end(void **state)
{
	(void)state;

	child_run(&child, run_with_one, as_value(3));

	assert_true(child_exited(&child, 0));
}

static void throw_with_one(void *arg)
{
	cress_t *thrown_at, *dropped;

	(void)arg;
	shadow_begin();
	thrown_at = cress_new(wander, NULL);
	dropped = cress_new(wander, NULL);
	cress_switch(thrown_at, cress_current());
	cress_switch(dropped, cress_current());
	cress_throw(thrown_at, EIO);
	child_check(cress_error() == EIO);
	cress_release(dropped);
	shadow_end();
	child_check(cress_is_dead(thrown_at));
	child_check(shadow_counts.unmapped == 2);
}

/* R11 */
static void errors_end_coroutines_there_too(void **state)
{
	(void)state;

	child_run(&child, throw_with_one, NULL);

	assert_true(child_exited(&child, 0));
}

static void *be_refused(void *arg)
{
	cress_t *c;
	void *got;

	shadow_begin();
	run_some(1);
	c = cress_new(wander, NULL);
	shadow_refused = 1;
	got = cress_switch(c, cress_current());
	child_check(got == NULL && cress_error() == ENOMEM);
	child_check(shadow_counts.mapped == 1);
	got = cress_switch(c, cress_current());
	shadow_end();
	child_check(got == as_value(1) && shadow_counts.mapped == 2);
	return arg;
}

static void refuse_one(void *arg)
{
	be_refused(arg);
}

/* R11 R17 */
static void one_that_gets_none_may_be_started_later(void **state)
{
	(void)state;

	child_run(&child, refuse_one, NULL);

	assert_true(child_exited(&child, 0));
}

static void leave_one_suspended(void *arg)
{
	unsigned char resident;
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, be_refused, NULL);
	pthread_join(thread, NULL);
	child_check(mincore(shadow_counts.last_mapped, 4096, &resident) == -1);
	child_check(errno == ENOMEM);
}

/* R11 */
static void those_of_the_suspended_go_with_their_thread(void **state)
{
	(void)state;

	child_run(&child, leave_one_suspended, NULL);

	assert_true(child_exited(&child, 0));
}

int main(void)
{
	const struct CMUnitTest short_ones[] = {
		cmocka_unit_test(without_one_no_system_call_asks_for_any),
	};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_one_no_system_call_asks_for_any),
		cmocka_unit_test(each_has_its_own_from_start_to_end),
		cmocka_unit_test(errors_end_coroutines_there_too),
		cmocka_unit_test(one_that_gets_none_may_be_started_later),
		cmocka_unit_test(those_of_the_suspended_go_with_their_thread),
	};

	if (environment_is_valgrind() || environment_is_qemu()) {
		environment_say("not run", "no stepping, no filters");
		return 77;
	}
	if (environment_is_sanitized()) {
		environment_say("only the first", "too many instructions");
		return cmocka_run_group_tests(short_ones, NULL, NULL);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
