/* SPDX-License-Identifier: MIT */
/*
 * How another thread makes a loop wake up: an event descriptor, which works in
 * whatever loop it is watched, the kernel's included.
 */
#ifndef CRESS_LOOP_NOTICE_H
#define CRESS_LOOP_NOTICE_H

#include <stdatomic.h>

struct cress_notice {
	int fd;			/* -1: not open */
	_Atomic int given;	/* and not taken yet */
};

/* 0, or -1 with errno. Nothing if it is open. */
int cress_notice_open(struct cress_notice *notice);
void cress_notice_close(struct cress_notice *notice);

/* Make it readable. Any thread. */
void cress_notice_give(struct cress_notice *notice);

/* Make it unreadable; what is given from now on makes it readable again. */
void cress_notice_take(struct cress_notice *notice);

/*
 * In a child of fork(): no longer the one that the parent has, but readable
 * and of the same number. 0, or -1 with errno, and it is closed.
 */
int cress_notice_renew(struct cress_notice *notice);

#endif
