/* SPDX-License-Identifier: MIT */
/*
 * The library is compiled for offsets and times of 64 bits. This file is not,
 * as most programs: so it has what these call, and passes it on. On a processor
 * of 64 bits the two are the same.
 */
#include <cress/io.h>

#include <errno.h>
#include <stdint.h>

/* As the other files of the library know them. */
struct wide_time {
	int64_t seconds, microseconds;
};

ssize_t cress_sendfile64(int out, int in, int64_t *offset, size_t count);
int cress_select64(int nfds, fd_set *readfds, fd_set *writefds,
		   fd_set *exceptfds, const struct wide_time *timeout);

#define LARGEST (sizeof(off_t) == sizeof(int64_t) ? INT64_MAX : INT32_MAX)

ssize_t cress_sendfile(int out, int in, off_t *offset, size_t count)
{
	int64_t wide;
	ssize_t sent;

	if (offset == NULL)
		return cress_sendfile64(out, in, NULL, count);
	wide = *offset;
	if (wide == LARGEST && count > 0) {
		errno = EOVERFLOW;
		return -1;
	}
	if (wide >= 0 && count > (uint64_t)(LARGEST - wide))
		count = (size_t)(LARGEST - wide);
	sent = cress_sendfile64(out, in, &wide, count);
	*offset = (off_t)wide;
	return sent;
}

int cress_select(int nfds, fd_set *readfds, fd_set *writefds,
		 fd_set *exceptfds, struct timeval *timeout)
{
	struct wide_time wide;

	if (timeout == NULL)
		return cress_select64(nfds, readfds, writefds, exceptfds,
				      NULL);
	wide.seconds = timeout->tv_sec;
	wide.microseconds = timeout->tv_usec;
	return cress_select64(nfds, readfds, writefds, exceptfds, &wide);
}
