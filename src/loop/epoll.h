/* SPDX-License-Identifier: MIT */
/*
 * The descriptor that a foreign loop polls. It is an epoll of our own, and in
 * it lies the epoll of libev, which libev may replace by another at any time.
 */
#ifndef CRESS_LOOP_EPOLL_H
#define CRESS_LOOP_EPOLL_H

/*
 * The epoll descriptor of this process that watches `member`, a descriptor
 * that no other one watches. -1 with errno ENOTSUP if there is none.
 */
int cress_epoll_of(int member);

/* An epoll that is readable when `inner` is. Returns it, or -1 with errno. */
int cress_epoll_around(int inner);

/* Let `outer` follow this one, now that the one before is closed. 0 or -1. */
int cress_epoll_follow(int outer, int inner);

/*
 * In a child of fork(): make it an empty one of the child's own. Returns the
 * number, which stays, or -1 if it had to be closed.
 */
int cress_epoll_renew(int outer);

#endif
