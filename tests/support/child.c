/* SPDX-License-Identifier: MIT */
/*
 * Children that may crash. Their output goes through one pipe, which the
 * parent reads to its end before it waits, so a child never blocks on it.
 *
 * cmocka handles SIGSEGV and its kin while a test runs. A handler decides
 * whether the library installs its own, so the child gets back what the
 * process started with: the default, or a sanitizer's handler.
 */
#include "child.h"

#include "environment.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct sigaction original[SIGNALS];

__attribute__((constructor)) static void remember_signals(void)
{
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], NULL, &original[i]);
}

static void become_child(int output, void (*fn)(void *arg), void *arg)
{
	/* A crash is expected here: it need not fill the disk. */
	struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &original[i], NULL);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	close(output);
	alarm(60);

	fn(arg);
	fflush(NULL);
	_exit(0);
}

static void read_all(struct child *child, int input)
{
	size_t room = sizeof(child->text) - 1;

	while (child->said < room) {
		ssize_t n = read(input, child->text + child->said,
				 room - child->said);
		if (n <= 0)
			break;
		child->said += (size_t)n;
	}
	child->text[child->said] = '\0';
}

void child_run(struct child *child, void (*fn)(void *arg), void *arg)
{
	int ends[2];
	int status = 0;

	memset(child, 0, sizeof(*child));
	child->status = -1;
	fflush(NULL);
	if (pipe(ends) != 0)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		become_child(ends[1], fn, arg);
	}
	close(ends[1]);
	if (pid > 0) {
		read_all(child, ends[0]);
		waitpid(pid, &status, 0);
		child->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		child->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	}
	close(ends[0]);
}

void child_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
	fflush(NULL);
	_exit(1);
}

int child_said(const struct child *child, const char *text)
{
	return strstr(child->text, text) != NULL;
}

static int tell(const struct child *child)
{
	fprintf(stderr, "child: status %d, signal %d, it wrote:\n%s\n",
		child->status, child->signal, child->text);
	return 0;
}

int child_exited(const struct child *child, int status)
{
	return child->status == status || tell(child);
}

int child_crashed(const struct child *child)
{
	if (child->signal == SIGSEGV)
		return 1;
	if (child->status > 0 && child_said(child, "Sanitizer"))
		return environment_is_sanitized();
	return tell(child);
}
