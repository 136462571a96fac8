/* SPDX-License-Identifier: MIT */
/*
 * Guard pages. MADV_GUARD_INSTALL costs no mapping, but its return value cannot
 * be trusted: an emulator may accept it and guard nothing. So one page is tried
 * for real, by a system call that must fail with EFAULT; if it does not, every
 * guard of the process is made by mprotect().
 */
#include "core/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/memory.h"

#include <cress/stack.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static enum cress_guard kind = CRESS_GUARD_MPROTECT;

/* Does writing from the guarded page fail, as reading it would trap? */
static int traps(const char *page)
{
	int fds[2], trapped;

	if (pipe(fds) != 0)
		return 0;
	trapped = write(fds[1], page, 1) == -1 && errno == EFAULT;
	close(fds[0]);
	close(fds[1]);
	return trapped;
}

static void probe(void)
{
	const char *wish = getenv("CRESS_GUARD");
	size_t size = cress_page_size();
	char *page;

	if (wish != NULL && strcmp(wish, "mprotect") == 0)
		return;
	page = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return;
	if (madvise(page, size, MADV_GUARD_INSTALL) == 0 && traps(page))
		kind = CRESS_GUARD_MADVISE;
	munmap(page, size);
}

enum cress_guard cress_stack_guard(void)
{
	int saved = errno;

	pthread_once(&once, probe);
	errno = saved;
	return kind;
}

size_t cress_guard_size(void)
{
	return cress_page_size();
}

int cress_guard_install(char *low)
{
	size_t size = cress_page_size();
	int result;

	if (cress_stack_guard() == CRESS_GUARD_MADVISE)
		result = madvise(low, size, MADV_GUARD_INSTALL);
	else
		result = mprotect(low, size, PROT_NONE);
	if (result != 0 && errno != EAGAIN)
		errno = ENOMEM;
	return result;
}

void cress_guard_discard(char *low, char *high)
{
	int saved = errno;

	madvise(low, (size_t)(high - low), MADV_DONTNEED);
	errno = saved;
}
