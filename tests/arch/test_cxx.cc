// SPDX-License-Identifier: MIT
/*
 * C++ exceptions on a stack of ours. They may be thrown and caught on any
 * stack, and a catch block may switch away. They must not cross a switch: the
 * entry has no caller, so one that nobody catches ends the process.
 *
 * Exceptions being handled are chained per thread. The layer above the switch
 * gives each coroutine a chain of its own; here the test does it.
 */
#include "kit.h"

#include <csignal>
#include <cstring>
#include <cxxabi.h>
#include <stdexcept>
#include <string>

extern "C" {
#include <switch.h>
}

namespace
{

struct arch_context root, other;

/* What __cxa_get_globals() points to: caught ones, and how many fly. */
struct chain {
	void *caught;
	unsigned int flying;
};

void *switch_to(arch_context *from, arch_context *to, void *value)
{
	chain saved;
	void *globals = abi::__cxa_get_globals();

	std::memcpy(&saved, globals, sizeof(saved));
	std::memset(globals, 0, sizeof(saved));
	value = cress_arch_switch(to, value, from);
	std::memcpy(globals, &saved, sizeof(saved));
	return value;
}

int destroyed;

struct guard {
	~guard()
	{
		destroyed++;
	}
};

__attribute__((noinline)) void throw_from(int depth)
{
	guard here;

	if (depth == 0)
		throw std::runtime_error("from below");
	throw_from(depth - 1);
	kit_check(!"reached");
}

void begin(void (*main)(void *))
{
	arch_context_init(&other, kit_stack_top(), main);
	arch_context_init_fp(&other);
}

void catch_own(void *value)
{
	for (int round = 0; round < 100; round++) {
		std::string text;

		destroyed = 0;
		try {
			throw_from(20);
		} catch (const std::runtime_error &error) {
			text = error.what();
		}
		kit_check(text == "from below");
		kit_check(destroyed == 21);
	}
	switch_to(&other, &root, value);
}

/* R31 */
void exceptions_are_thrown_and_caught_on_a_new_stack()
{
	begin(catch_own);
	kit_check(switch_to(&root, &other, &other) == &other);
}

void switch_in_catch(void *value)
{
	for (int round = 0;; round++) {
		try {
			throw round;
		} catch (int caught) {
			value = switch_to(&other, &root, value);
			kit_check(caught == round);
			kit_check(std::current_exception() != nullptr);
		}
		kit_check(std::current_exception() == nullptr);
		value = switch_to(&other, &root, value);
	}
}

/* R31 */
void both_sides_may_be_inside_a_catch_block()
{
	begin(switch_in_catch);
	for (int round = 0; round < 100; round++) {
		try {
			throw std::string("outer");
		} catch (const std::string &caught) {
			switch_to(&root, &other, nullptr);
			kit_check(caught == "outer");
		}
		kit_check(std::current_exception() == nullptr);
		kit_check(std::uncaught_exceptions() == 0);
		switch_to(&root, &other, nullptr);
	}
}

void *throw_and_catch(void *value)
{
	try {
		throw_from(3);
	} catch (const std::runtime_error &) {
		return static_cast<char *>(value) + 1;
	}
	return value;
}

void give_back(void *value)
{
	for (;;)
		value = switch_to(&other, &root, value);
}

/* R31 */
void a_hook_may_throw_and_catch()
{
	char values[2];

	begin(give_back);
	kit_check(cress_arch_switch_on(&other, values, &root,
				       throw_and_catch) == values + 1);
	kit_check(cress_arch_switch_on(&other, values, &root,
				       throw_and_catch) == values + 1);
}

void throw_out(void *)
{
	throw_from(2);
}

/* The handler around the switch must not be found. */
void let_one_escape(void *)
{
	begin(throw_out);
	try {
		cress_arch_switch(&other, nullptr, &root);
	} catch (...) {
	}
}

/* R31 */
void an_exception_that_leaves_the_stack_ends_the_process()
{
	kit_check(kit_signal_of(let_one_escape, nullptr) == SIGABRT);
}

} // namespace

int main(int argc, char **argv)
{
	const kit_test tests[] = {
		KIT_TEST(exceptions_are_thrown_and_caught_on_a_new_stack, 201),
		KIT_TEST(both_sides_may_be_inside_a_catch_block, 500),
		KIT_TEST(a_hook_may_throw_and_catch, 2),
		KIT_TEST(an_exception_that_leaves_the_stack_ends_the_process,
			 1),
	};

	return kit_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
