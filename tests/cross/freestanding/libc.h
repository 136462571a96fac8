/* SPDX-License-Identifier: MIT */
/*
 * The part of the C library that the proof kit uses, for processors that there
 * is a compiler and an emulator for, but no library. run.sh lets the names of
 * the usual headers lead here.
 */
#ifndef TESTS_CROSS_LIBC_H
#define TESTS_CROSS_LIBC_H

#include <stddef.h>
#include <stdint.h>

/* <string.h> */
void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *where, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t size);
char *strstr(const char *text, const char *part);

/* <stdio.h>: nothing is ever buffered. */
#define stdout NULL
#define _IOLBF 0
#define fflush(stream) ((void)(stream))
#define setvbuf(stream, buffer, mode, size) ((void)(stream))

int printf(const char *format, ...);
int snprintf(char *text, size_t size, const char *format, ...);

/* <stdlib.h>: memory is never freed. */
void *malloc(size_t size);
char *getenv(const char *name);
unsigned long strtoul(const char *text, char **end, int base);
void abort(void) __attribute__((noreturn));

/* <unistd.h>, <fcntl.h> */
typedef int pid_t;

#define STDERR_FILENO 2
#define O_WRONLY 1
#define _SC_PAGESIZE 30

pid_t fork(void);
int open(const char *path, int flags, ...);
int dup2(int from, int to);
long sysconf(int what);
void _exit(int status) __attribute__((noreturn));

/* <signal.h>, <sys/wait.h>, <sys/resource.h> */
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGCHLD 17
#define WIFSIGNALED(status) (((status) & 0x7f) != 0)
#define WTERMSIG(status) ((status) & 0x7f)
#define RLIMIT_CORE 4

struct rlimit {
	uint64_t now, most;
};

typedef struct siginfo siginfo_t;

struct sigaction {
	void (*sa_sigaction)(int number, siginfo_t *info, void *context);
	unsigned long sa_flags, mask[2];
};

#define SA_SIGINFO 4

int sigaction(int number, const struct sigaction *action,
	      struct sigaction *before);
pid_t waitpid(pid_t child, int *status, int options);
int setrlimit(int which, const struct rlimit *limit);

/* <sys/mman.h> */
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4

int mprotect(void *start, size_t size, int may);

/* <ucontext.h>: the frame of a signal, with the processor's registers. */
typedef struct {
	unsigned long flags;
	void *link;
	struct {
		void *start;
		int flags;
		size_t size;
	} stack;
	char mask[128];
	unsigned long registers[33] __attribute__((aligned(16)));
} ucontext_t;

/* <execinfo.h>: in tests/arch/unwinder. */
int backtrace(void **buffer, int most);

#endif
