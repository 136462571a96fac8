/* SPDX-License-Identifier: MIT */
/*
 * What a processor provides: a context, and four ways to leave it for another.
 * arch/README.md has the contract, the pictures and the porting guide. The
 * build puts the folder of one processor on the include path for frame.h.
 */
#ifndef CRESS_ARCH_SWITCH_H
#define CRESS_ARCH_SWITCH_H

#include <frame.h>

/* Where it will touch its stack first, for a prefetch: a guess, no more. */
static inline const void *
arch_context_stack(const struct arch_context *context)
{
	return (const void *)context->sp;
}

/*
 * The target and the value come first, in the registers in which the caller of
 * cress_switch() has handed them over.
 *
 * Save the caller in `from`, continue `to`, and make `value` the result of the
 * call that `to` was saved in, or the argument of its main function. Each of
 * the two keeps its floating-point control words.
 */
void *cress_arch_switch(struct arch_context *to, void *value,
			struct arch_context *from);

/* What assemblers call a function of C: some formats put a _ before it. */
#define ARCH_SYMBOL(name) ARCH_STRING(__USER_LABEL_PREFIX__) #name
#define ARCH_STRING(text) ARCH_QUOTED(text)
#define ARCH_QUOTED(text) #text

/*
 * cress_arch_switch() for callers that return the value as an int, which every
 * ABI has in the same register: a conversion would stand between the switch
 * and the caller's return, and so cost it the jump that ends it.
 */
int cress_arch_switch_to_int(struct arch_context *to, void *value,
			     struct arch_context *from)
	__asm__(ARCH_SYMBOL(cress_arch_switch));

/* The same, but the control words stay as they are. */
void *cress_arch_switch_shared(struct arch_context *to, void *value,
			       struct arch_context *from);

/*
 * The same as cress_arch_switch(), but `to` first calls hook(value), and what
 * that returns is the value.
 */
void *cress_arch_switch_on(struct arch_context *to, void *value,
			   struct arch_context *from,
			   void *(*hook)(void *value));

/*
 * Leave a coroutine that has ended for `to`, and never return; `from` is mere
 * scratch memory. It is not declared so, because what is would be called and
 * not jumped to: reached by jumps alone from the coroutine's main function on,
 * it is foreseen to go on in the call that started the coroutine.
 */
void cress_arch_switch_last(struct arch_context *to, void *value,
			    struct arch_context *from);

#endif
