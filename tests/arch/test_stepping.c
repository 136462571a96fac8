/* SPDX-License-Identifier: MIT */
/*
 * In front of every instruction the stack pointer is on one of the stacks: a
 * signal may come there, and the kernel puts the handler's frame where it
 * points. A child is stopped at each instruction of all that a switch can be,
 * from the start of a coroutine to its end. That takes ptrace(), which
 * emulators do not have.
 */
#include "kit.h"

#include <machine.h>

#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <switch.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef machine_stopped_sp

#define ROUNDS 20
#define STACK_SIZE 65536
/* Below the frame that is looked at: what it calls, the C library's too. */
#define DEEP 65536

static struct arch_context thread, coroutine;
static char stack[STACK_SIZE] __attribute__((aligned(4096)));
static uintptr_t thread_frame;

static void *pass_on(void *value)
{
	return value;
}

/* Leave in each way there is; the last one is for good. */
static void coroutine_main(void *value)
{
	cress_arch_switch(&thread, value, &coroutine);
	cress_arch_switch_shared(&thread, value, &coroutine);
	cress_arch_switch_on(&thread, value, &coroutine, pass_on);
	cress_arch_switch_last(&thread, value, &coroutine);
}

static void travel(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		arch_context_init(&coroutine, stack + STACK_SIZE - i * 64,
				  coroutine_main);
		arch_context_init_fp(&coroutine);
		if (i % 2 == 0)
			cress_arch_switch(&coroutine, NULL, &thread);
		else
			cress_arch_switch_on(&coroutine, NULL, &thread,
					     pass_on);
		cress_arch_switch(&coroutine, NULL, &thread);
		cress_arch_switch_shared(&coroutine, NULL, &thread);
		cress_arch_switch_on(&coroutine, NULL, &thread, pass_on);
	}
}

static uintptr_t stopped_sp(pid_t child)
{
	struct user_regs_struct registers;
	struct iovec all = { &registers, sizeof registers };

	if (ptrace(PTRACE_GETREGSET, child, (void *)NT_PRSTATUS, &all) != 0)
		abort();
	return (uintptr_t)machine_stopped_sp(&registers);
}

/* The child when it has stopped; -1 without ptrace(). */
static pid_t start_child(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(KIT_SKIPPED);
		raise(SIGSTOP);
		travel();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return WIFSTOPPED(status) ? child : -1;
}

/* R4, R7 */
static void every_instruction_finds_a_stack(void)
{
	char here;
	int status;
	unsigned long on_thread = 0, on_coroutine = 0;
	pid_t child = kit_is_valgrind() ? -1 : start_child();

	if (child < 0)
		exit(KIT_SKIPPED);
	thread_frame = (uintptr_t)&here;
	for (;;) {
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0 ||
		    waitpid(child, &status, 0) != child)
			abort();
		if (!WIFSTOPPED(status))
			break;
		uintptr_t sp = stopped_sp(child);
		int own = sp - (uintptr_t)stack <= STACK_SIZE;

		kit_check(own || thread_frame - sp <= DEEP);
		on_coroutine += (unsigned long)own;
		on_thread += (unsigned long)!own;
	}

	kit_check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	kit_check(on_thread > ROUNDS * 4 * 10);
	kit_check(on_coroutine > ROUNDS * 4 * 10);
}

int main(int argc, char **argv)
{
	const struct kit_test tests[] = {
		KIT_TEST(every_instruction_finds_a_stack, ROUNDS * 4 * 20),
	};

	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}

#else

int main(void)
{
	return KIT_SKIPPED;
}

#endif
