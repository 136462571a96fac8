/* SPDX-License-Identifier: MIT */
/* What a group knows of the iterators that work in it. */
#ifndef CRESS_SYNC_IMAP_H
#define CRESS_SYNC_IMAP_H

struct cress_group_impl;

/* The group closes, all members are dead: iterators end here. */
void cress_imaps_detach(struct cress_group_impl *g);

#endif
