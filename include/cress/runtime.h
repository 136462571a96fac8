/* SPDX-License-Identifier: MIT */
/*
 * What the library takes from the process: memory and a place for messages.
 * Both have defaults and may be replaced.
 *
 *     static void to_syslog(int level, const char *line, void *context)
 *     {
 *             syslog(level, "%s", line);
 *     }
 *
 *     cress_set_log(to_syslog, NULL);
 */
#ifndef CRESS_RUNTIME_H
#define CRESS_RUNTIME_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Where memory comes from. `alloc` and `free` serve small objects as malloc
 * and free do; `map` and `unmap` serve stacks and slabs: zeroed pages, aligned
 * to the page size, that cost when touched. A function that cannot serve
 * returns NULL, and the call that needed it fails with ENOMEM. All four are
 * called from any thread.
 */
typedef struct cress_allocator {
	void *(*alloc)(size_t size, void *context);
	void (*free)(void *memory, void *context);
	void *(*map)(size_t size, void *context);
	void (*unmap)(void *memory, size_t size, void *context);
	void *context;
	void *reserved[3];	/* must be NULL */
} cress_allocator_t;

/*
 * Replace the allocator; a member that is NULL stands for the default, NULL
 * for all of them. What was allocated before is freed with the new functions:
 * set it before anything else, or only with functions that wrap the default.
 *
 * Returns 0, or -1 with errno EINVAL: only one of a pair is given, or a
 * reserved field is in use. Not while another thread is in the library.
 */
int cress_set_allocator(const cress_allocator_t *allocator);

/* The levels of messages, with the numbers of syslog. */
enum cress_log_level {
	CRESS_LOG_ERROR = 3,
	CRESS_LOG_WARNING = 4
};

/* A log function: gets one line without a newline. It must not park. */
typedef void cress_log_fn(int level, const char *line, void *context);

/*
 * Send the library's messages to `fn`; NULL restores the default, which writes
 * "cress: LINE" to standard error. What is logged: each error that ends a
 * coroutine whose parent is the hub, except that of its own kill or cancel;
 * deadlock reports; errors in forced exits. Not while another thread is in the
 * library.
 */
void cress_set_log(cress_log_fn *fn, void *context);

#ifdef __cplusplus
}
#endif

#endif
