/* SPDX-License-Identifier: MIT */
/*
 * See libc.h. The processor's system.h knows how a program starts and how it
 * calls the kernel; the numbers of the calls are those that Linux gives to all
 * processors of late.
 */
#include "libc.h"

#include <stdalign.h>
#include <stdarg.h>
#include <system.h>

#define AT_PAGESZ 6

enum {
	NR_DUP3 = 24,
	NR_OPENAT = 56,
	NR_WRITE = 64,
	NR_EXIT_GROUP = 94,
	NR_WAITID = 95,
	NR_KILL = 129,
	NR_RT_SIGACTION = 134,
	NR_GETPID = 172,
	NR_CLONE = 220,
	NR_MMAP = 222,
	NR_MPROTECT = 226,
	NR_PRLIMIT64 = 261,
};

static char **environment;
static unsigned long page_size;

int main(int argc, char **argv);

/* The stack begins with arguments, environment, and facts in pairs. */
__asm__(".text\n.globl _start\n_start:\n" SYSTEM_START);

__attribute__((used)) void system_start(long *stack)
{
	char **arguments = (char **)(stack + 1);

	environment = arguments + stack[0] + 1;
	char **end = environment;

	while (*end != NULL)
		end++;
	for (unsigned long *fact = (unsigned long *)(end + 1); fact[0] != 0;
	     fact += 2)
		if (fact[0] == AT_PAGESZ)
			page_size = fact[1];
	_exit(main((int)stack[0], arguments));
}

static long call(long number, long a, long b, long c, long d)
{
	return system_call(number, a, b, c, d, 0, 0);
}

void _exit(int status)
{
	for (;;)
		call(NR_EXIT_GROUP, status, 0, 0, 0);
}

void abort(void)
{
	call(NR_KILL, call(NR_GETPID, 0, 0, 0, 0), SIGABRT, 0, 0);
	for (;;)
		__builtin_trap();
}

pid_t fork(void)
{
	return (pid_t)call(NR_CLONE, SIGCHLD, 0, 0, 0);
}

int open(const char *path, int flags, ...)
{
	const int from_here = -100;

	return (int)call(NR_OPENAT, from_here, (long)path, flags, 0);
}

int dup2(int from, int to)
{
	return (int)call(NR_DUP3, from, to, 0, 0);
}

int setrlimit(int which, const struct rlimit *limit)
{
	return (int)call(NR_PRLIMIT64, 0, which, (long)limit, 0);
}

int sigaction(int number, const struct sigaction *action,
	      struct sigaction *before)
{
	const long mask_size = 8;

	return (int)call(NR_RT_SIGACTION, number, (long)action, (long)before,
			 mask_size);
}

long sysconf(int what)
{
	if (what != _SC_PAGESIZE)
		abort();
	return (long)page_size;
}

int mprotect(void *start, size_t size, int may)
{
	return (int)call(NR_MPROTECT, (long)start, (long)size, may, 0);
}

/* The kernel's siginfo_t of a child. */
struct child_info {
	int number, error, code;
	struct {
		alignas(long) int pid;
		int user, status;
	} child;
	char rest[128];
};

pid_t waitpid(pid_t child, int *status, int options)
{
	const int one = 1, exited = 4;
	struct child_info info;

	(void)options;
	if (call(NR_WAITID, one, child, (long)&info, exited) != 0)
		return -1;
	*status = info.code == 1 ? info.child.status << 8 :
				   info.child.status & 0x7f;
	return info.child.pid;
}

void *malloc(size_t size)
{
	const int read_write = 3, private_anonymous = 0x22;
	unsigned long start = (unsigned long)system_call(
		NR_MMAP, 0, (long)size, read_write, private_anonymous, -1, 0);

	return start > -4096ul ? NULL : (void *)start;
}

char *getenv(const char *name)
{
	size_t length = strlen(name);

	for (char **entry = environment; *entry != NULL; entry++)
		if (strncmp(*entry, name, length) == 0 &&
		    (*entry)[length] == '=')
			return *entry + length + 1;
	return NULL;
}

unsigned long strtoul(const char *text, char **end, int base)
{
	unsigned long value = 0;

	if (end != NULL || base != 10)
		abort();
	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (unsigned long)(*text - '0');
	return value;
}

/* Where printf() puts its characters; those without room are only counted. */
struct text {
	char *start;
	size_t size, length;
};

static void put(struct text *text, char c)
{
	if (text->length + 1 < text->size)
		text->start[text->length] = c;
	text->length++;
}

static void put_string(struct text *text, const char *string)
{
	while (*string != '\0')
		put(text, *string++);
}

static void put_number(struct text *text, uint64_t number, unsigned base,
		       int width)
{
	char digits[24];
	int count = 0;

	do
		digits[count++] = "0123456789abcdef"[number % base];
	while ((number /= base) != 0);
	while (width-- > count)
		put(text, '0');
	while (count > 0)
		put(text, digits[--count]);
}

static void put_signed(struct text *text, long number)
{
	if (number < 0)
		put(text, '-');
	put_number(text, number < 0 ? -(uint64_t)number : (uint64_t)number,
		   10, 0);
}

static void put_real(struct text *text, double real, int places)
{
	unsigned long scale = 1;

	for (int i = 0; i < places; i++)
		scale *= 10;
	if (real < 0)
		put(text, '-');
	unsigned long number = (unsigned long)
		((real < 0 ? -real : real) * (double)scale + 0.5);

	put_number(text, number / scale, 10, 0);
	put(text, '.');
	put_number(text, number % scale, 10, places);
}

/* One conversion; what the kit does not use ends the program. */
static const char *put_argument(struct text *text, const char *format,
				va_list *list)
{
	int width = 0, places = 0, longs = 0;

	if (*format == '#') {
		put_string(text, "0x");
		format++;
	}
	for (; *format >= '0' && *format <= '9'; format++)
		width = width * 10 + *format - '0';
	if (*format == '.')
		for (format++; *format >= '0' && *format <= '9'; format++)
			places = places * 10 + *format - '0';
	for (; *format == 'l'; format++)
		longs++;
	if (*format == 's')
		put_string(text, va_arg(*list, const char *));
	else if (*format == 'd' && longs == 0)
		put_signed(text, va_arg(*list, int));
	else if (*format == 'd' && longs == 1)
		put_signed(text, va_arg(*list, long));
	else if (*format == 'u' && longs == 1)
		put_number(text, va_arg(*list, unsigned long), 10, width);
	else if (*format == 'x' && longs == 1)
		put_number(text, va_arg(*list, unsigned long), 16, width);
	else if (*format == 'x' && longs == 2)
		put_number(text, va_arg(*list, unsigned long long), 16, width);
	else if (*format == 'f')
		put_real(text, va_arg(*list, double), places);
	else
		abort();
	return format + 1;
}

static void put_formatted(struct text *text, const char *format,
			  va_list *list)
{
	while (*format != '\0')
		if (*format == '%')
			format = put_argument(text, format + 1, list);
		else
			put(text, *format++);
	if (text->size > 0)
		text->start[text->length < text->size ? text->length :
							text->size - 1] = '\0';
}

int printf(const char *format, ...)
{
	char line[512];
	struct text text = { line, sizeof(line), 0 };
	va_list list;

	va_start(list, format);
	put_formatted(&text, format, &list);
	va_end(list);
	return (int)call(NR_WRITE, 1, (long)line, (long)strlen(line), 0);
}

int snprintf(char *start, size_t size, const char *format, ...)
{
	struct text text = { start, size, 0 };
	va_list list;

	va_start(list, format);
	put_formatted(&text, format, &list);
	va_end(list);
	return (int)text.length;
}
