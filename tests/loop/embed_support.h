/* SPDX-License-Identifier: MIT */
/* What the suites about loops of the program's own share. */
#ifndef TESTS_LOOP_EMBED_SUPPORT_H
#define TESTS_LOOP_EMBED_SUPPORT_H

#include <ev.h>

#include "loop/support.h"

/* A loop of the program's own. */
struct ev_loop *make_loop(void);

/*
 * No watcher of the library's is in the loop, nor does it count one too many
 * or too few: it runs as long as a timer of ours takes, and no longer.
 */
#define check_clean(loop) check_clean_at((loop), __FILE__, __LINE__)
void check_clean_at(struct ev_loop *loop, const char *file, int line);

/* Detach, check that the loop is clean, and destroy it. */
void leave_loop(struct ev_loop *loop);

/* Two connected sockets, non-blocking, of nobody's. */
void make_pair(int fds[2]);

/* An entry function: send back what comes, until the end; closes. */
void *echo_in_coroutine(void *fd);

/* The same by the callbacks of a libev watcher, which it frees at the end. */
void echo_by_callback(struct ev_loop *loop, int fd);

#endif
