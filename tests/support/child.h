/* SPDX-License-Identifier: MIT */
/*
 * Run a function in a child process that may crash, and keep how it ended and
 * what it wrote. The child is a fork: a test of what the library sets up once
 * per process calls the library in children only, and each finds it untouched.
 */
#ifndef TESTS_SUPPORT_CHILD_H
#define TESTS_SUPPORT_CHILD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct child {
	int status;		/* its exit status, or -1: a signal ended it */
	int signal;		/* the signal that ended it, or 0 */
	size_t said;		/* bytes in text */
	char text[65536];	/* its standard output and error, NUL at end */
};

/*
 * Run `fn(arg)` in a child and wait for its end. A child that returns exits
 * with status 0. Signal dispositions are those from before cmocka started. A
 * child that hangs is killed after a minute: its signal is then SIGALRM.
 */
void child_run(struct child *child, void (*fn)(void *arg), void *arg);

/* Leave the child with status 1 and a line if the condition does not hold. */
#define child_check(condition) \
	((condition) ? (void)0 : child_fail(#condition, __FILE__, __LINE__))
void child_fail(const char *condition, const char *file, int line);

/* Did it write this? */
int child_said(const struct child *child, const char *text);

/*
 * Did it exit with this status? Did it die of SIGSEGV, or of a sanitizer's
 * report of one? If not, what became of it is printed.
 */
int child_exited(const struct child *child, int status);
int child_crashed(const struct child *child);

#ifdef __cplusplus
}
#endif

#endif
