/* SPDX-License-Identifier: MIT */
/* One lock and a count; and libc's calls in front of it. */
#include "cancel/gate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "io/syscalls.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static int is_open, waiting;
static long lists;
static struct cress_syscalls kernel;

static void set(int open)
{
	pthread_mutex_lock(&lock);
	is_open = open;
	pthread_cond_broadcast(&opened);
	pthread_mutex_unlock(&lock);
}

void gate_shut(void)
{
	set(0);
}

void gate_open(void)
{
	set(1);
}

void gate_pass(void)
{
	pthread_mutex_lock(&lock);
	waiting++;
	while (!is_open)
		pthread_cond_wait(&opened, &lock);
	waiting--;
	pthread_mutex_unlock(&lock);
}

int gate_waiting(void)
{
	pthread_mutex_lock(&lock);
	int count = waiting;

	pthread_mutex_unlock(&lock);
	return count;
}

long gate_lists(void)
{
	return __atomic_load_n(&lists, __ATOMIC_RELAXED);
}

/* In the place of libc's. */
int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **result)
{
	struct sockaddr_in *address;
	struct addrinfo *info;

	if (hints != NULL && hints->ai_flags & AI_NUMERICHOST)
		return EAI_NONAME;
	if (node != NULL && strncmp(node, "slow", 4) == 0)
		gate_pass();
	info = calloc(1, sizeof(*info));
	address = calloc(1, sizeof(*address));
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address->sin_port = htons((uint16_t)atoi(service));
	info->ai_family = AF_INET;
	info->ai_socktype = SOCK_STREAM;
	info->ai_addr = (struct sockaddr *)address;
	info->ai_addrlen = sizeof(*address);
	*result = info;
	__atomic_add_fetch(&lists, 1, __ATOMIC_RELAXED);
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	free(list->ai_addr);
	free(list);
	__atomic_sub_fetch(&lists, 1, __ATOMIC_RELAXED);
}

static ssize_t refuse(int fd, const struct iovec *iov, int count, off_t offset,
		      int flags)
{
	(void)fd;
	(void)iov;
	(void)count;
	(void)offset;
	(void)flags;
	errno = EAGAIN;
	return -1;
}

static ssize_t read_slowly(int fd, const struct iovec *iov, int count)
{
	gate_pass();
	return kernel.readv(fd, iov, count);
}

static ssize_t write_slowly(int fd, const struct iovec *iov, int count)
{
	gate_pass();
	return kernel.writev(fd, iov, count);
}

void gate_before_files(int on)
{
	if (!on) {
		cress_syscalls = kernel;
		return;
	}
	kernel = cress_syscalls;
	cress_syscalls.preadv2 = refuse;
	cress_syscalls.pwritev2 = refuse;
	cress_syscalls.readv = read_slowly;
	cress_syscalls.writev = write_slowly;
}
