/* SPDX-License-Identifier: MIT */
/*
 * kit.c's children where there is no fork(): the program runs itself anew,
 * with the place of the function in the program as its argument. What ends a
 * process there is an exception, which is told as the signal of the same
 * meaning.
 */
#ifndef TESTS_ARCH_KIT_WINDOWS_H
#define TESTS_ARCH_KIT_WINDOWS_H

#include <windows.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIT_CHILD "child:"

static uintptr_t kit_program(void)
{
	return (uintptr_t)GetModuleHandleA(NULL);
}

static LPTOP_LEVEL_EXCEPTION_FILTER kit_former_filter;

/* Nobody is to be asked what to do about an end, and no debugger. */
static LONG WINAPI kit_end_by(EXCEPTION_POINTERS *exception)
{
	DWORD code = exception->ExceptionRecord->ExceptionCode;

	/* Those of C++ come back to their thrower, which calls terminate. */
	if ((code & 0x20ffffff) == 0x20474343 && kit_former_filter != NULL)
		return kit_former_filter(exception);
	TerminateProcess(GetCurrentProcess(), code);
	return EXCEPTION_CONTINUE_SEARCH;
}

/* The program begins; perhaps as the child that its argument asks for. */
static void kit_begin(const char *argument)
{
	void (*run)(void *argument);

	SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
	kit_former_filter = SetUnhandledExceptionFilter(kit_end_by);
	if (argument == NULL ||
	    strncmp(argument, KIT_CHILD, strlen(KIT_CHILD)) != 0)
		return;
	run = (void (*)(void *))(kit_program() +
		strtoul(argument + strlen(KIT_CHILD), NULL, 16));
	run(NULL);
	exit(0);
}

static int kit_signal_of_status(DWORD status)
{
	switch (status) {
	case 0:
		return 0;
	case 3:				/* what abort() exits with */
		return SIGABRT;
	case EXCEPTION_ILLEGAL_INSTRUCTION:
		return SIGILL;
	case EXCEPTION_BREAKPOINT:
		return SIGTRAP;
	default:
		return SIGSEGV;
	}
}

/* The argument must be NULL: nothing but the program is the same. */
int kit_signal_of(void (*run)(void *argument), void *argument)
{
	STARTUPINFOA start = { .cb = sizeof(start),
			       .dwFlags = STARTF_USESTDHANDLES };
	char program[MAX_PATH], line[MAX_PATH + 32];
	PROCESS_INFORMATION child;
	DWORD status = 0;

	if (argument != NULL ||
	    GetModuleFileNameA(NULL, program, sizeof(program)) == 0)
		abort();
	snprintf(line, sizeof(line), "\"%s\" " KIT_CHILD "%lx", program,
		 (unsigned long)((uintptr_t)run - kit_program()));
	if (!CreateProcessA(program, line, NULL, NULL, FALSE, 0, NULL, NULL,
			    &start, &child))
		abort();
	WaitForSingleObject(child.hProcess, INFINITE);
	GetExitCodeProcess(child.hProcess, &status);
	CloseHandle(child.hThread);
	CloseHandle(child.hProcess);
	return kit_signal_of_status(status);
}

#endif
