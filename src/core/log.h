/* SPDX-License-Identifier: MIT */
/* Messages of the library, by way of the log function of runtime.h. */
#ifndef CRESS_CORE_LOG_H
#define CRESS_CORE_LOG_H

#include <cress/coroutine.h>

/* Log one line; keeps errno. */
void cress_log(int level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Write one line to standard error and abort the process. */
_Noreturn void cress_fatal(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
