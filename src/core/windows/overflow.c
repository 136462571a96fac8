/* SPDX-License-Identifier: MIT */
/*
 * The report of a stack overflow on Windows: a handler of exceptions that looks
 * whether this one is about the guard of the current coroutine, and says so in
 * one line. It handles nothing: whoever else wants the exception gets it, and
 * if nobody does the process dies of it. It runs on what the guard has left of
 * the very stack.
 */
#include "core/guard.h"

#include <pthread.h>
#include <stdio.h>
#include <windows.h>

#include "core/coroutine.h"
#include "core/symbol.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void report(const cress_t *c, const char *address)
{
	const void *entry = (const void *)(uintptr_t)c->fn;
	char symbol[96], line[384];
	DWORD written;
	int length;

	cress_symbol_name(entry, symbol, sizeof symbol);
	length = snprintf(
		line, sizeof line,
		"cress: stack overflow in coroutine \"%.64s\": entry %p "
		"(%s), stack of %zu bytes with a guard of %zu, fault at "
		"%p\n", cress_label(c), entry, symbol,
		c->stack_size, cress_guard_size(), (const void *)address);
	if (length > 0)
		WriteFile(GetStdHandle(STD_ERROR_HANDLE), line, (DWORD)length,
			  &written, NULL);
}

/* Where it was raised, if it is of a kind that a guard raises; or NULL. */
static const char *address_of(const EXCEPTION_RECORD *record)
{
	switch (record->ExceptionCode) {
	case EXCEPTION_STACK_OVERFLOW:
	case EXCEPTION_GUARD_PAGE:
	case EXCEPTION_ACCESS_VIOLATION:
		break;
	default:
		return NULL;
	}
	return record->NumberParameters < 2 ? NULL
		: (const char *)record->ExceptionInformation[1];
}

static LONG CALLBACK on_exception(EXCEPTION_POINTERS *exception)
{
	const char *address = address_of(exception->ExceptionRecord);
	struct cress_thread *thread = cress_thread_self;
	const cress_t *c = thread == NULL ? NULL : thread->current;

	if (c != NULL && c->stack != NULL && !c->own_stack &&
	    !(c->kind & CRESS_KIND_MAIN) &&
	    !(c->attributes & CRESS_NO_OVERFLOW_REPORT) &&
	    address >= c->stack && address < c->stack + cress_guard_size())
		report(c, address);
	return EXCEPTION_CONTINUE_SEARCH;
}

static void install(void)
{
	AddVectoredExceptionHandler(0, on_exception);
}

void cress_overflow_arm(struct cress_thread *thread)
{
	thread->overflow_armed = 1;
	pthread_once(&once, install);
}

/* Of what is installed nothing belongs to a thread. */
void cress_overflow_disarm(struct cress_thread *thread)
{
	(void)thread;
}
