/* SPDX-License-Identifier: MIT */
/*
 * A simulated network when memory runs out: each request in turn is refused.
 * A call that fails says ENOMEM, has taken nothing, and works when it is tried
 * again; what must not fail arrives all the same.
 */
#include "io/simulation.h"

#include <stdio.h>
#include <string.h>

#include "support/memory.h"

#include <cress/io.h>
#include <cress/net.h>

static size_t refused;
static int has_failed;

static int is_last(int *tries, intmax_t result)
{
	if (result >= 0 || (*tries)++ > 0)
		return 1;
	check_int(errno, ENOMEM);
	check(memory_has_failed());
	return 0;
}

/* Try a call; once more if there was no memory. */
#define TRY(result, call) \
	do { \
		int tries_ = 0; \
		do \
			(result) = (call); \
		while (!is_last(&tries_, (result))); \
		check((result) >= 0); \
	} while (0)

static int dial_and_accept(const char *address, int listener, int ends[2])
{
	TRY(ends[0], cress_dial("tcp", address));
	TRY(ends[1], cress_accept4(listener, NULL, NULL, 0));
	return ends[0] >= 0 && ends[1] >= 0;
}

static void exchange(int from, int to)
{
	unsigned char sent[3000], got[3000];
	size_t done = 0, taken = 0;
	ssize_t n;

	make_bytes(sent, sizeof sent, 3, 0);
	while (done < sizeof sent) {
		TRY(n, cress_write(from, sent + done, sizeof sent - done));
		done += (size_t)n;
		TRY(n, cress_read(to, got + taken, sizeof got - taken));
		taken += (size_t)n;
	}
	while (taken < done) {
		TRY(n, cress_read(to, got + taken, sizeof got - taken));
		taken += (size_t)n;
	}
	check(memcmp(sent, got, sizeof sent) == 0);
}

static void post(void)
{
	char address[CRESS_ADDRESS_MAX], byte = 'x';
	int from, to;
	ssize_t n;

	TRY(to, cress_listen("udp", "127.0.0.1:0", 0));
	check_int(cress_local_address(to, address, sizeof address), 0);
	TRY(from, cress_dial("udp", address));
	TRY(n, cress_send(from, &byte, 1, 0));
	TRY(n, cress_recv(to, &byte, 1, 0));
	check_int(cress_close(from), 0);
	check_int(cress_close(to), 0);
}

static void use_all(void)
{
	char address[CRESS_ADDRESS_MAX], byte;
	int listener, pair[2], ends[2], result;
	ssize_t n;

	memory_fail(refused);
	TRY(listener, cress_listen("tcp", "127.0.0.1:0", 0));
	check_int(cress_local_address(listener, address, sizeof address), 0);
	TRY(result, cress_socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	exchange(pair[0], pair[1]);
	drop(pair);
	TRY(result, cress_pipe2(pair, 0));
	exchange(pair[1], pair[0]);
	drop(pair);
	if (dial_and_accept(address, listener, ends)) {
		exchange(ends[0], ends[1]);
		check_int(cress_close(ends[0]), 0);
		TRY(n, cress_read(ends[1], &byte, 1));
		check_int(n, 0);
		check_int(cress_close(ends[1]), 0);
	}
	check_int(cress_close(listener), 0);
	post();
	has_failed = memory_has_failed();
	memory_fail(0);
}

/* D7, R25 */
static void each_request_may_be_refused(void **state)
{
	struct cress_virtual first = {.now = 0};

	(void)state;
	/* The thread keeps what it takes for its first hub. */
	refused = 0;
	simulate(&first, 0, use_all);
	for (unsigned seed = 0; seed < 6; seed++) {
		refused = 0;
		do {
			struct cress_virtual virtual = {.now = 0};
			size_t blocks = memory_blocks();
			int failures = suite_failures();

			refused++;
			simulate(&virtual, seed, use_all);
			check_int((int)virtual.net.open, 0);
			check_int((intmax_t)memory_blocks(),
				  (intmax_t)blocks);
			if (suite_failures() != failures) {
				fprintf(stderr, "\tseed %u, request %zu\n",
					seed, refused);
				return;
			}
		} while (has_failed && refused < 500);
		assert_in_range(refused, 10, 499);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_request_may_be_refused),
	};

	memory_install();
	cress_current();
	return suite_run(tests);
}
