/* SPDX-License-Identifier: MIT */
/*
 * The switches on top of getcontext, makecontext and swapcontext.
 *
 * swapcontext() keeps more than the contract asks for: it gives every context a
 * signal mask and floating-point state of its own. Here the mask belongs to
 * the thread, as it does everywhere else in cress, so the target is given the
 * present one first (that, and swapcontext itself, are two system calls). The
 * control words are put right on arrival, when swapcontext is done with them.
 */
#include "../switch.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Only its end counts, but makecontext() wants to hear of a whole stack. */
#define NOMINAL_STACK 4096

/* What the side that goes on does first, on its own stack. */
static void *arrive(struct arch_context *self)
{
	void *(*hook)(void *value) = self->hook;

	fesetenv(&self->arriving);
	self->hook = NULL;
	return hook == NULL ? self->value : hook(self->value);
}

static void *leave(struct arch_context *from, struct arch_context *to,
		   void *value, void *(*hook)(void *value))
{
	to->value = value;
	to->hook = hook;
	pthread_sigmask(SIG_SETMASK, NULL, &to->machine.uc_sigmask);
	if (swapcontext(&from->machine, &to->machine) != 0)
		abort();
	return arrive(from);
}

void *cress_arch_switch_on(struct arch_context *to, void *value,
			   struct arch_context *from,
			   void *(*hook)(void *value))
{
	fegetenv(&from->isolated);
	to->arriving = to->isolated;
	return leave(from, to, value, hook);
}

void *cress_arch_switch(struct arch_context *to, void *value,
			struct arch_context *from)
{
	return cress_arch_switch_on(to, value, from, NULL);
}

void *cress_arch_switch_shared(struct arch_context *to, void *value,
			       struct arch_context *from)
{
	fegetenv(&to->arriving);
	return leave(from, to, value, NULL);
}

void cress_arch_switch_last(struct arch_context *to, void *value,
			    struct arch_context *from)
{
	cress_arch_switch(to, value, from);
	abort();
}

/* makecontext() hands over integers only, so a pointer comes in two halves. */
void cress_arch_entry(unsigned int high, unsigned int low)
{
	struct arch_context *self = (struct arch_context *)
		((uintptr_t)((uint64_t)high << 32 | low));

	self->main(arrive(self));
	abort();
}

void cress_arch_init(struct arch_context *context, void *top,
		     void (*main)(void *value))
{
	uint64_t self = (uintptr_t)context;

	getcontext(&context->machine);
	/* Not every C library makes the alignment right. */
	top = (char *)((uintptr_t)top & ~(uintptr_t)15);
	context->machine.uc_stack.ss_sp = (char *)top - NOMINAL_STACK;
	context->machine.uc_stack.ss_size = NOMINAL_STACK;
	context->machine.uc_link = NULL;
	context->sp = top;
	context->main = main;
	context->hook = NULL;
	makecontext(&context->machine, (void (*)(void))cress_arch_entry, 2,
		    (unsigned int)(self >> 32), (unsigned int)self);
}
