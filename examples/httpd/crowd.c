/* SPDX-License-Identifier: MIT */
/*
 * All connections together. That none outlives the server is the business of
 * the group; the list is for those who want to look at the members.
 */
#include "crowd.h"

void crowd_enter(struct crowd *crowd, struct member *member)
{
	member->previous = NULL;
	member->next = crowd->first;
	if (crowd->first != NULL)
		crowd->first->previous = member;
	crowd->first = member;
	member->number = ++crowd->ever;
	crowd->count++;
}

void crowd_leave(struct crowd *crowd, struct member *member)
{
	if (member->previous != NULL)
		member->previous->next = member->next;
	else
		crowd->first = member->next;
	if (member->next != NULL)
		member->next->previous = member->previous;
	crowd->count--;
}

int crowd_is_idle(const struct member *member)
{
	return member->doing == DOING_READ && !member->reader->has_begun;
}

void crowd_end(struct crowd *crowd)
{
	crowd->is_ending = 1;
	for (struct member *m = crowd->first; m != NULL; m = m->next)
		if (crowd_is_idle(m))
			cress_scope_cancel(&m->waiting);
}
