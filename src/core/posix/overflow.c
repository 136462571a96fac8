/* SPDX-License-Identifier: MIT */
/*
 * The report of a stack overflow: a SIGSEGV handler that looks whether the
 * fault lies in the guard of the current coroutine, says so in one line, and
 * lets the process die of the signal. It is nobody's business otherwise: the
 * handler is installed only over the default one, and the alternate stack only
 * in a thread that has none.
 */
#include "core/guard.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/coroutine.h"
#include "core/memory.h"
#include "core/symbol.h"

/* Room for the handler, the look-up of a name and snprintf() in every libc. */
#define SIGNAL_STACK_SIZE (64 * 1024)

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void report(const cress_t *c, const char *address)
{
	const void *entry = (const void *)(uintptr_t)c->fn;
	char symbol[96], line[384];
	int length;

	cress_symbol_name(entry, symbol, sizeof symbol);
	length = snprintf(
		line, sizeof line,
		"cress: stack overflow in coroutine \"%.64s\": entry %p "
		"(%s), stack of %zu bytes with a guard of %zu, fault at "
		"%p\n", cress_label(c), entry, symbol,
		c->stack_size, cress_guard_size(), (const void *)address);
	if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
		return;
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	struct cress_thread *thread = cress_thread_self;
	const cress_t *c = thread == NULL ? NULL : thread->current;
	const char *address = info->si_addr;

	(void)context;
	if (c != NULL && c->stack != NULL && !c->own_stack &&
	    !(c->kind & CRESS_KIND_MAIN) &&
	    !(c->attributes & CRESS_NO_OVERFLOW_REPORT) &&
	    address >= c->stack && address < c->stack + cress_guard_size())
		report(c, address);
	/* The instruction runs again when this returns, and kills. */
	sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
	if (info->si_code <= 0)
		raise(signal);
}

static void install(void)
{
	struct sigaction action = {0}, old;

	if (sigaction(SIGSEGV, NULL, &old) != 0 ||
	    old.sa_flags & SA_SIGINFO || old.sa_handler != SIG_DFL)
		return;
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, NULL);
}

void cress_overflow_arm(struct cress_thread *thread)
{
	stack_t stack = {.ss_size = SIGNAL_STACK_SIZE};
	stack_t old;

	thread->overflow_armed = 1;
	pthread_once(&once, install);
	if (sigaltstack(NULL, &old) != 0 || !(old.ss_flags & SS_DISABLE))
		return;
	stack.ss_sp = cress_map(SIGNAL_STACK_SIZE);
	if (stack.ss_sp == NULL)
		return;
	if (sigaltstack(&stack, NULL) != 0)
		cress_unmap(stack.ss_sp, SIGNAL_STACK_SIZE);
	else
		thread->signal_stack = stack.ss_sp;
}

void cress_overflow_disarm(struct cress_thread *thread)
{
	stack_t none = {.ss_flags = SS_DISABLE};
	stack_t old;

	if (thread->signal_stack == NULL)
		return;
	if (sigaltstack(NULL, &old) == 0 && old.ss_sp == thread->signal_stack)
		sigaltstack(&none, NULL);
	cress_unmap(thread->signal_stack, SIGNAL_STACK_SIZE);
	thread->signal_stack = NULL;
}
