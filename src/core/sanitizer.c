/* SPDX-License-Identifier: MIT */
/*
 * Address, memory, thread and leak sanitizers, valgrind, and the C++ exception
 * globals.
 *
 * The ordinary library carries all of it: the sanitizers' functions are weak
 * references, which are NULL unless the program was built with one, and
 * valgrind's requests are instructions that do nothing outside it. A weak
 * reference must have default visibility, or the linker binds it to NULL.
 */
#include "core/sanitizer.h"

#include <stddef.h>

#ifdef CRESS_HAVE_VALGRIND
#include <valgrind/memcheck.h>
#else
#define VALGRIND_STACK_REGISTER(low, high) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void)(id))
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_MAKE_MEM_DEFINED(low, size) ((void)(low), (void)(size))
#endif

#define WEAK __attribute__((weak, visibility("default")))

WEAK void __sanitizer_start_switch_fiber(void **fake, const void *low,
					 size_t size);
WEAK void __sanitizer_finish_switch_fiber(void *fake, const void **low,
					  size_t *size);
WEAK void __asan_unpoison_memory_region(const volatile void *low, size_t size);
WEAK void __msan_start_switch_fiber(const void *low, size_t size);
WEAK void __msan_finish_switch_fiber(const void **low, size_t *size);
WEAK void __msan_unpoison(const volatile void *low, size_t size);
WEAK void __lsan_register_root_region(const void *low, size_t size);
WEAK void __lsan_unregister_root_region(const void *low, size_t size);
WEAK void *__tsan_get_current_fiber(void);
WEAK void *__tsan_create_fiber(unsigned flags);
WEAK void __tsan_destroy_fiber(void *fiber);
WEAK void __tsan_switch_to_fiber(void *fiber, unsigned flags);

WEAK struct cress_exceptions *__cxa_get_globals(void);

int cress_sanitizer_watches;

void cress_sanitizer_thread(struct cress_thread *thread)
{
	int follows = __sanitizer_start_switch_fiber != NULL ||
		      __msan_start_switch_fiber != NULL ||
		      __tsan_get_current_fiber != NULL;

	if (follows || __lsan_register_root_region != NULL ||
	    RUNNING_ON_VALGRIND)
		__atomic_store_n(&cress_sanitizer_watches, 1, __ATOMIC_RELAXED);
	if (follows)
		cress_thread_slow(thread, CRESS_SLOW_SANITIZER, 1);
	if (__tsan_get_current_fiber != NULL)
		thread->main.sanitizer = __tsan_get_current_fiber();
	if (__cxa_get_globals != NULL) {
		thread->exceptions = __cxa_get_globals();
		cress_thread_slow(thread, CRESS_SLOW_CXX, 1);
	}
}

void cress_swap_exceptions(struct cress_thread *thread, cress_t *from,
			   cress_t *to)
{
	struct cress_exceptions *globals = thread->exceptions;

	from->exceptions = *globals;
	*globals = to->exceptions;
	to->exceptions = (struct cress_exceptions){0};
}

/*
 * ASan and MSan know a main coroutine's stack, and we learn its bounds when it
 * is left, in cress_sanitizer_arrive() of its successor.
 */
void cress_sanitizer_leave(cress_t *from, cress_t *to)
{
	if (__sanitizer_start_switch_fiber != NULL)
		__sanitizer_start_switch_fiber(
			from->state == CRESS_DEAD ? NULL : &from->sanitizer,
			to->stack, to->stack_size);
	if (__msan_start_switch_fiber != NULL)
		__msan_start_switch_fiber(to->stack, to->stack_size);
	if (__tsan_switch_to_fiber != NULL)
		__tsan_switch_to_fiber(to->sanitizer, 0);
}

void cress_sanitizer_arrive(cress_t *current, cress_t *dying)
{
	cress_t *from = current->thread->trace_from;
	const void *low = NULL;
	size_t size = 0;

	if (__sanitizer_finish_switch_fiber != NULL) {
		__sanitizer_finish_switch_fiber(current->sanitizer, &low,
						&size);
		current->sanitizer = NULL;
	}
	if (__msan_finish_switch_fiber != NULL)
		__msan_finish_switch_fiber(&low, &size);
	if (low != NULL && from->kind & CRESS_KIND_MAIN) {
		if (from->stack == NULL)
			cress_sanitizer_root(low, size);
		from->stack = (char *)low;
		from->stack_size = size;
	}
	if (dying != NULL && __tsan_destroy_fiber != NULL &&
	    dying->sanitizer != NULL) {
		__tsan_destroy_fiber(dying->sanitizer);
		dying->sanitizer = NULL;
	}
}

void cress_sanitizer_stack_taken(cress_t *c, char *low, char *top)
{
	size_t size = (size_t)(top - low);

	c->valgrind_id = (uint32_t)VALGRIND_STACK_REGISTER(low, top);
	if (__asan_unpoison_memory_region != NULL)
		__asan_unpoison_memory_region(low, size);
	if (__msan_unpoison != NULL)
		__msan_unpoison(low, size);
	if (__lsan_register_root_region != NULL)
		__lsan_register_root_region(low, size);
	if (__tsan_create_fiber != NULL)
		c->sanitizer = __tsan_create_fiber(0);
}

void cress_sanitizer_stack_given(cress_t *c, char *low, char *top)
{
	VALGRIND_STACK_DEREGISTER(c->valgrind_id);
	if (__lsan_unregister_root_region != NULL)
		__lsan_unregister_root_region(low, (size_t)(top - low));
}

void cress_sanitizer_root(const void *low, size_t size)
{
	if (__lsan_register_root_region != NULL)
		__lsan_register_root_region(low, size);
}

void cress_sanitizer_unroot(const void *low, size_t size)
{
	if (__lsan_unregister_root_region != NULL)
		__lsan_unregister_root_region(low, size);
}

/* The marks of frames that never returned would outlive their stack. */
void cress_sanitizer_unmap(const void *low, size_t size)
{
	if (__asan_unpoison_memory_region != NULL)
		__asan_unpoison_memory_region(low, size);
}

void cress_sanitizer_written(const void *low, size_t size)
{
	if (__msan_unpoison != NULL)
		__msan_unpoison(low, size);
}

void cress_sanitizer_expose(const void *low, size_t size)
{
	VALGRIND_MAKE_MEM_DEFINED(low, size);
	cress_sanitizer_written(low, size);
}
