/* SPDX-License-Identifier: MIT */
/*
 * Shadow stacks of x86-64 (CET). switch.S has the registers, arch/README.md
 * the reasons.
 */
.macro TAKE_SHADOW pointer			/* below it there is a token */
	rstorssp -8(\pointer)
	saveprevssp				/* one for the other side */
.endm

/* With one all go on by a ret, so its pointer lies in the place of ip. */
.macro SHADOW
	xor	%eax, %eax
	rdsspq	%rax				/* 0 stays if there is none */
	test	%rax, %rax
	je	4f
	mov	8(%rdi), %r10
	mov	%rax, 8(%rdx)
	TAKE_SHADOW %r10
4:
.endm

/*
 * The hook of the first switch returns to the entry, so that address must be on
 * the new shadow stack too; and only a call puts one there. So the entry begins
 * with one, which comes to BEGIN_SHADOW, and cress_arch_shadow_init() goes
 * there.
 */
.macro SHADOW_INIT
FUNCTION(cress_arch_shadow_init)
	BRANCH_TARGET
	rdsspq	%rax
	TAKE_SHADOW %rsi
	mov	8(%rdi), %r10			/* behind the call */
	sub	$(5), %r10
	IF_GUARDED(notrack jmp, jmp) *%r10	/* it is no branch target */
END(cress_arch_shadow_init)
.endm

.macro BEGIN_SHADOW
	add	$(8), %rsp			/* the other function's rest */
	rdsspq	%rcx
	mov	%rcx, 8(%rdi)
	TAKE_SHADOW %rax
	ret
.endm
