/* SPDX-License-Identifier: MIT */
/*
 * Reading requests: what the parser makes of good and of bad ones. This is
 * the test that another parser behind request.h has to pass. Each request is
 * given whole, and again cut in two at every byte.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

static struct request_parser *parser;

static int make_parser(void **state)
{
	(void)state;
	parser = request_parser_new();
	return parser == NULL ? -1 : 0;
}

static int free_parser(void **state)
{
	(void)state;
	request_parser_free(parser);
	return 0;
}

/* Read a request that comes in two pieces; the second one moves the first. */
static int parse_cut(const char *input, size_t cut, size_t *parsed,
		     struct request *request)
{
	static char moved[4 * REQUEST_HEAD_MAX];
	size_t size = strlen(input);

	request_parser_reset(parser);
	*parsed = 0;
	int status = request_parse(parser, input, cut, parsed, request);
	if (status != 0 || cut == size)
		return status;
	assert_int_equal(*parsed, cut);
	memcpy(moved, input, size);
	return request_parse(parser, moved, size, parsed, request);
}

static int parse(const char *input, struct request *request)
{
	size_t size = strlen(input), parsed, parsed_whole;
	int whole = parse_cut(input, size, &parsed_whole, request);

	for (size_t cut = 0; cut < size; cut++) {
		assert_int_equal(parse_cut(input, cut, &parsed, request),
				 whole);
		if (whole == 200)
			assert_int_equal(parsed, parsed_whole);
	}
	return whole;
}

static int status_of(const char *input)
{
	struct request request;

	return parse(input, &request);
}

static void expect_text(struct text text, const char *string)
{
	assert_non_null(text.data);
	assert_int_equal(text.size, strlen(string));
	assert_memory_equal(text.data, string, text.size);
}

static void a_request_is_read_wherever_it_is_cut(void **state)
{
	struct request request;

	(void)state;
	assert_int_equal(parse("GET /a/b?c=d&e HTTP/1.1\r\n"
			       "hOST: example\r\n"
			       "X-Other: nothing\r\n"
			       "Range:\t bytes=1-2 \t\r\n"
			       "If-None-Match:\r\n\r\n", &request), 200);
	assert_int_equal(request.method, METHOD_GET);
	assert_true(request.keep_alive);
	assert_false(request.is_http_1_0);
	expect_text(request.path, "/a/b");
	expect_text(request.query, "c=d&e");
	expect_text(request.headers[HEADER_HOST], "example");
	expect_text(request.headers[HEADER_RANGE], "bytes=1-2");
	expect_text(request.headers[HEADER_IF_NONE_MATCH], "");
	assert_null(request.headers[HEADER_IF_RANGE].data);
}

static void the_next_request_is_left_alone(void **state)
{
	const char *two = "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n"
			  "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n";
	struct request request;
	size_t first, second = 0;

	(void)state;
	assert_int_equal(parse_cut(two, strlen(two), &first, &request), 200);
	assert_int_equal(request.method, METHOD_HEAD);
	assert_int_equal(first, 29);
	request_parser_reset(parser);
	assert_int_equal(request_parse(parser, two + first,
				       strlen(two) - first, &second,
				       &request), 200);
	assert_int_equal(request.method, METHOD_GET);
	expect_text(request.path, "/2");
	assert_int_equal(first + second, strlen(two));
}

static void the_connection_stays_as_the_version_says(void **state)
{
	struct request request;

	(void)state;
	parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n",
	      &request);
	assert_false(request.keep_alive);
	assert_int_equal(parse("GET / HTTP/1.0\r\n\r\n", &request), 200);
	assert_false(request.keep_alive);
	assert_true(request.is_http_1_0);
	parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &request);
	assert_true(request.keep_alive);
}

static void a_target_may_be_a_whole_url(void **state)
{
	struct request request;

	(void)state;
	parse("GET http://a.b:1/c?d HTTP/1.1\r\nHost: a.b:1\r\n\r\n",
	      &request);
	expect_text(request.path, "/c");
	expect_text(request.query, "d");
	parse("GET http://a.b HTTP/1.1\r\nHost: a.b\r\n\r\n", &request);
	expect_text(request.path, "/");
	parse("GET //evil/ HTTP/1.1\r\nHost: a\r\n\r\n", &request);
	expect_text(request.path, "//evil/");
	parse("GET http://a?b/c HTTP/1.1\r\nHost: a\r\n\r\n", &request);
	expect_text(request.path, "/");
	expect_text(request.query, "b/c");
	parse("GET /a#b?c HTTP/1.1\r\nHost: a\r\n\r\n", &request);
	expect_text(request.path, "/a");
	assert_int_equal(status_of("GET ftp://a/b HTTP/1.1\r\nHost: a\r\n"
				   "\r\n"), 400);
	assert_int_equal(status_of("GET http:///b HTTP/1.1\r\nHost: a\r\n"
				   "\r\n"), 400);
}

static void a_body_is_dropped(void **state)
{
	struct request request;

	(void)state;
	assert_int_equal(parse("POST / HTTP/1.1\r\nHost: a\r\n"
			       "Content-Length: 3\r\n\r\nabc", &request), 200);
	assert_int_equal(request.method, METHOD_OTHER);
	assert_int_equal(parse("GET /x HTTP/1.1\r\nHost: a\r\n"
			       "Transfer-Encoding: chunked\r\n\r\n"
			       "3;x=y\r\nabc\r\n0\r\nHost: trailer\r\n\r\n",
			       &request), 200);
	expect_text(request.path, "/x");
	expect_text(request.headers[HEADER_HOST], "a");
}

static void a_body_that_is_too_large_is_refused(void **state)
{
	(void)state;
	assert_int_equal(status_of("POST / HTTP/1.1\r\nHost: a\r\n"
				   "Content-Length: 65537\r\n\r\n"), 413);
	assert_int_equal(status_of("POST / HTTP/1.1\r\nHost: a\r\nContent-"
				   "Length: 99999999999999999999999\r\n\r\n"),
			 400);
	assert_int_equal(status_of("PUT / HTTP/1.1\r\nHost: a\r\n"
				   "Expect: 100-continue\r\n"
				   "Content-Length: 5\r\n\r\n"), 405);
	assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\n"
				   "Expect: 100-continue\r\n"
				   "Content-Length: 5\r\n\r\n"), 417);
	assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\n"
				   "Expect: 100-continue\r\n\r\n"), 200);
}

static void bad_syntax_is_400(void **state)
{
	static const char *const requests[] = {
		"\r\n\r\n\x16\x03\x01",
		"G\x01T / HTTP/1.1\r\n",
		"GET  HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1 x\r\n\r\n",
		"GET / HTTQ/1.1\r\nHost: a\r\n\r\n",
		"GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /\r\n\r\n",
		"GET / a HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
		"Content-Length: 2\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
		"Transfer-Encoding: chunked\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n"
		"Transfer-Encoding: chunked, identity\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\n"
		"Transfer-Encoding: chunked\r\n\r\nx\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		if (status_of(requests[i]) != 400)
			fail_msg("%d for %s", status_of(requests[i]),
				 requests[i]);
	}
}

static void a_zero_byte_is_400_anywhere(void **state)
{
	static const char template[] = "GET /a HTTP/1.1\r\nHost: a\r\n"
				       "Other: b\r\nRange: c\r\n\r\n";
	char input[sizeof template];
	struct request request;
	size_t size = sizeof template - 1;

	(void)state;
	/* The library does not look at the very last byte of a head. */
	for (size_t i = 1; i < size - 1; i++) {
		size_t parsed = 0;

		memcpy(input, template, sizeof template);
		input[i] = '\0';
		request_parser_reset(parser);
		int status = request_parse(parser, input, size, &parsed,
					   &request);
		if (status != 400)
			fail_msg("%d for a zero byte at %zu", status, i);
	}
}

static void methods_and_versions_are_told_apart(void **state)
{
	struct request request;

	(void)state;
	assert_int_equal(parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
			       &request), 200);
	assert_int_equal(request.method, METHOD_OTHER);
	assert_int_equal(status_of("BREW / HTTP/1.1\r\n"), 501);
	assert_int_equal(status_of("get / HTTP/1.1\r\n"), 501);
	assert_int_equal(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
}

static void a_head_has_a_limit(void **state)
{
	static char input[REQUEST_HEAD_MAX + 100];
	struct request request;
	size_t parsed;

	(void)state;
	memset(input, 'a', sizeof input - 1);
	memcpy(input, "GET /", 5);
	assert_int_equal(parse_cut(input, sizeof input - 1, &parsed,
				   &request), 414);
	memcpy(input, "GET / HTTP/1.1\r\nHost: ", 22);
	assert_int_equal(parse_cut(input, sizeof input - 1, &parsed,
				   &request), 431);
	memset(input, '\n', sizeof input - 1);
	assert_int_not_equal(parse_cut(input, sizeof input - 1, &parsed,
				       &request), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_wherever_it_is_cut),
		cmocka_unit_test(the_next_request_is_left_alone),
		cmocka_unit_test(the_connection_stays_as_the_version_says),
		cmocka_unit_test(a_target_may_be_a_whole_url),
		cmocka_unit_test(a_body_is_dropped),
		cmocka_unit_test(a_body_that_is_too_large_is_refused),
		cmocka_unit_test(bad_syntax_is_400),
		cmocka_unit_test(a_zero_byte_is_400_anywhere),
		cmocka_unit_test(methods_and_versions_are_told_apart),
		cmocka_unit_test(a_head_has_a_limit),
	};

	return cmocka_run_group_tests(tests, make_parser, free_parser);
}
