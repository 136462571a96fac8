/* SPDX-License-Identifier: MIT */
/*
 * See libc.h. Also what compilers call by themselves: these functions, and on
 * a machine of 32 bits the division of longer numbers.
 */
#include "libc.h"

#include <system.h>

void __clear_cache(void *first, void *last);
void __riscv_flush_icache(void *first, void *last, unsigned long how);
uint64_t __udivdi3(uint64_t number, uint64_t by);
uint64_t __umoddi3(uint64_t number, uint64_t by);

void *memcpy(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

void *memmove(void *to, const void *from, size_t size)
{
	volatile char *target = to;
	const char *source = from;

	if ((uintptr_t)to < (uintptr_t)from)
		for (size_t i = 0; i < size; i++)
			target[i] = source[i];
	else
		for (size_t i = size; i > 0; i--)
			target[i - 1] = source[i - 1];
	return to;
}

void *memset(void *where, int byte, size_t size)
{
	for (volatile char *at = where; size > 0; size--)
		*at++ = (char)byte;
	return where;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *left = a, *right = b;

	for (size_t i = 0; i < size; i++)
		if (left[i] != right[i])
			return left[i] - right[i];
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (*(volatile const char *)(text + length) != '\0')
		length++;
	return length;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size > 0; a++, b++, size--)
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strstr(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text != '\0'; text++)
		if (strncmp(text, part, length) == 0)
			return (char *)text;
	return NULL;
}

/* Code was changed: the processor is to read it again. */
void __clear_cache(void *first, void *last)
{
	(void)first;
	(void)last;
	SYSTEM_READ_CODE();
}

void __riscv_flush_icache(void *first, void *last, unsigned long how)
{
	(void)how;
	__clear_cache(first, last);
}

/* Bit by bit, as on paper. */
static uint64_t divide(uint64_t number, uint64_t by, uint64_t *rest)
{
	uint64_t quotient = 0;

	*rest = 0;
	for (int bit = 63; bit >= 0; bit--) {
		*rest = *rest << 1 | (number >> bit & 1);
		if (*rest >= by) {
			*rest -= by;
			quotient |= (uint64_t)1 << bit;
		}
	}
	return quotient;
}

uint64_t __udivdi3(uint64_t number, uint64_t by)
{
	uint64_t rest;

	return divide(number, by, &rest);
}

uint64_t __umoddi3(uint64_t number, uint64_t by)
{
	uint64_t rest;

	divide(number, by, &rest);
	return rest;
}
