/* SPDX-License-Identifier: MIT */
/*
 * The bare switch of arch, without the coroutines above it: out of line, with
 * the floating-point control words exchanged. It is linked from the static
 * library, because nobody outside may call it. On x86-64 there are programs
 * for other forms of it in the same loops; FORM says which this is:
 *
 *   CALLED         the library's, or a switch.S that always returns or jumps
 *   SHARED         shipped, for sides that share their control words
 *   PUSHED         registers on the stack, control words always reloaded
 *   INLINE         in the place of the call; the compiler keeps what is live
 *   INLINE_SHARED  the same without the control words
 */
#include "../harness.h"

#include <arch/switch.h>
#include <stddef.h>
#include <stdint.h>

#define CALLED 1
#define SHARED 2
#define PUSHED 3
#define INLINE 4
#define INLINE_SHARED 5

/*
 * A side is its context; the other side's lies beside it. Each starts a cache
 * line, as in the library's control blocks. So the state is one pointer, in a
 * register, as it is for the peers.
 */
struct side {
	struct arch_context context;
} __attribute__((aligned(128)));

_Static_assert(sizeof(struct side) == 128, "the other side is one bit away");

static struct side sides[2] __attribute__((aligned(256)));

typedef struct side *side_t;

#if FORM == PUSHED
/* Save into *from, go on at to. */
void form_pushed(void *to, void **from);

__asm__(".text; .p2align 6\n"
	"form_pushed:\n\t"
	"push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15\n\t"
	"lea -8(%rsp), %rsp; stmxcsr (%rsp); fnstcw 4(%rsp)\n\t"
	"mov %rsp, (%rsi); mov %rdi, %rsp\n\t"
	"ldmxcsr (%rsp); fldcw 4(%rsp); lea 8(%rsp), %rsp\n\t"
	"pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp\n\t"
	"ret");
#endif

#if FORM == INLINE
#define EXCHANGE_FP \
	"stmxcsr 64(%1); fnstcw 68(%1)\n\t" \
	"mov 64(%1), %%eax; xor 64(%0), %%eax; test $0xffc0, %%eax\n\t" \
	"jne 3f; movzwl 68(%1), %%eax; cmp 68(%0), %%ax; jne 3f\n\t" \
	"2:\n\t" \
	".subsection 1; 3: ldmxcsr 64(%0); fldcw 68(%0); jmp 2b; .previous\n\t"
#else
#define EXCHANGE_FP
#endif

static inline side_t hop(side_t side)
{
	side_t other = (side_t)((uintptr_t)side ^ sizeof *side);

#if FORM == CALLED
	cress_arch_switch(&other->context, NULL, &side->context);
#elif FORM == SHARED
	cress_arch_switch_shared(&other->context, NULL, &side->context);
#elif FORM == PUSHED
	form_pushed((void *)other->context.sp, (void **)&side->context.sp);
#else
	/* Who comes back finds its own side where the other had its target. */
	__asm__ volatile("mov 0(%0), %%r8; mov 8(%0), %%r10\n\t"
			 "lea 1f(%%rip), %%rax; mov %%rax, 8(%1)\n\t"
			 "mov %%rsp, 0(%1); mov %%rbp, 24(%1)\n\t"
			 EXCHANGE_FP
			 "mov %%r8, %%rsp; mov 24(%0), %%rbp; jmp *%%r10\n"
			 "1:"
			 : "+D"(other), "+S"(side)
			 :
			 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10",
			   "r11", "r12", "r13", "r14", "r15", "memory", "cc");
	side = other;
#endif
	return side;
}

#include "../shapes.h"

#define STACK (128 * 1024)
#define COLOUR 64

static char stack[STACK] __attribute__((aligned(4096)));

static void far_side(void *value)
{
	(void)value;
	shape->far(&sides[1], LONG_MAX);
}

/* The other side begins at once in `main`, by whatever form comes to it. */
static void begin(struct arch_context *context, void (*main)(void *value))
{
	uint64_t *top = (uint64_t *)(stack + STACK - COLOUR);

#if FORM == CALLED || FORM == SHARED
	arch_context_init(context, top, main);
#elif FORM == PUSHED
	/* Its own return address is never used, but aligns the stack. */
	top[-2] = (uint64_t)main;
	for (int i = 3; i <= 9; i++)
		top[-i] = 0;
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1"
			 : "=m"(*(uint32_t *)&top[-9]),
			   "=m"(*((uint16_t *)&top[-9] + 2)));
	context->sp = (uint64_t)&top[-9];
#else
	context->sp = (uint64_t)&top[-1];
	context->ip = (uint64_t)main;
	context->rbp = 0;
#endif
}

static long raw(long n)
{
	shape->near(&sides[0], n);
	return 2 * n;
}

int main(int argc, char **argv)
{
	if (argc != 3 || !shape_choose(argv))
		return bench_unknown(argv);
	bench_clear_fp();
	arch_context_init_fp(&sides[1].context);
	begin(&sides[1].context, far_side);
	return bench_time(raw);
}
