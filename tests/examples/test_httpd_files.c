/* SPDX-License-Identifier: MIT */
/*
 * The parts of the HTTP server that find files and describe them: names, the
 * way into the root, ranges, types, validators, heads. None of them needs a
 * client; what clients see of them all together is tested in httpd.py.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime.h"
#include "path.h"
#include "range.h"
#include "reply.h"
#include "root.h"
#include "validator.h"

static struct text text(const char *string)
{
	return (struct text){string, string != NULL ? strlen(string) : 0};
}

static void expect_name(const char *path, const char *name, int is_directory)
{
	char decoded[64];
	int ends_in_slash = -1;

	assert_int_equal(path_decode(text(path), decoded, sizeof decoded,
				     &ends_in_slash), 0);
	assert_string_equal(decoded, name);
	assert_int_equal(ends_in_slash, is_directory);
}

static void expect_refusal(struct text path, int status)
{
	char decoded[64];
	int ends_in_slash;

	assert_int_equal(path_decode(path, decoded, sizeof decoded,
				     &ends_in_slash), status);
}

static void a_path_becomes_a_relative_name(void **state)
{
	(void)state;
	expect_name("/", ".", 1);
	expect_name("/a", "a", 0);
	expect_name("/a/", "a", 1);
	expect_name("//a//b", "a/b", 0);
	expect_name("/./a/./b/.", "a/b", 1);
	expect_name("/a/../b", "b", 0);
	expect_name("/a/b/..", "a", 1);
	expect_name("/a/..", ".", 1);
	expect_name("/...", "...", 0);
	expect_name("/..a/b..", "..a/b..", 0);
}

static void escapes_are_resolved_once(void **state)
{
	(void)state;
	expect_name("/%61%2Fb", "a/b", 0);
	expect_name("/a%20b", "a b", 0);
	expect_name("/%252e%252e/a", "%2e%2e/a", 0);
	expect_name("/%c3%A4", "\xc3\xa4", 0);
	expect_name("/a+b", "a+b", 0);
	expect_refusal(text("/%"), 400);
	expect_refusal(text("/%4"), 400);
	expect_refusal(text("/%4g"), 400);
	expect_refusal(text("/%-1"), 400);
	expect_refusal(text("/a%00b"), 400);
	expect_refusal((struct text){"/a\0b", 4}, 400);
}

static void a_path_that_climbs_out_is_refused(void **state)
{
	static const char *const paths[] = {
		"/..", "/../", "/../a", "/a/../..", "/a/../../b", "/./..",
		"/%2e%2e/a", "/%2e%2e%2fa", "/.%2e/a", "/a/..%2f..%2fb",
		"/a//../..", "/..%2F",
	};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		expect_refusal(text(paths[i]), 400);
}

static void a_path_must_fit_the_room(void **state)
{
	char path[64] = "/", decoded[64];
	int ends_in_slash;

	(void)state;
	memset(path + 1, 'a', 20);
	assert_int_equal(path_decode(text(path), decoded, 20, &ends_in_slash),
			 414);
	assert_int_equal(path_decode(text(path), decoded, 22, &ends_in_slash),
			 0);
	assert_int_equal(strlen(decoded), 20);
}

static void a_name_becomes_a_path_again(void **state)
{
	char out[PATH_ENCODED(16)];

	(void)state;
	assert_int_equal(path_encode("a b/\xc3\xa4", out), 14);
	assert_string_equal(out, "/a%20b/%C3%A4/");
	path_encode(".", out);
	assert_string_equal(out, "/");
	path_encode("\n\"?#%", out);
	assert_string_equal(out, "/%0A%22%3F%23%25/");
}

static void expect_part(const char *header, uint64_t size, uint64_t first,
			uint64_t last)
{
	uint64_t got_first, got_last;

	assert_int_equal(range_parse(text(header), size, &got_first,
				     &got_last), RANGE_PART);
	assert_int_equal(got_first, first);
	assert_int_equal(got_last, last);
}

static void expect_range(const char *header, uint64_t size, enum range range)
{
	uint64_t first, last;

	assert_int_equal(range_parse(text(header), size, &first, &last),
			 range);
}

static void a_single_range_is_understood(void **state)
{
	(void)state;
	expect_part("bytes=0-0", 10, 0, 0);
	expect_part("bytes=2-5", 10, 2, 5);
	expect_part("bytes=2-", 10, 2, 9);
	expect_part("bytes=9-100", 10, 9, 9);
	expect_part("bytes=-3", 10, 7, 9);
	expect_part("bytes=-30", 10, 0, 9);
	expect_part("Bytes= 1-2 ", 10, 1, 2);
	expect_part("bytes=1-99999999999999999999999", 10, 1, 9);
	expect_part("bytes=5000000000-5000000001", 6000000000, 5000000000,
		    5000000001);
}

static void a_range_behind_the_end_cannot_be_satisfied(void **state)
{
	(void)state;
	expect_range("bytes=10-", 10, RANGE_OUTSIDE);
	expect_range("bytes=10-20", 10, RANGE_OUTSIDE);
	expect_range("bytes=-0", 10, RANGE_OUTSIDE);
	expect_range("bytes=0-", 0, RANGE_OUTSIDE);
	expect_range("bytes=99999999999999999999999-", 10, RANGE_OUTSIDE);
}

static void what_is_no_single_range_is_ignored(void **state)
{
	static const char *const headers[] = {
		NULL, "", "bytes", "bytes=", "bytes=-", "bytes=a-b",
		"bytes=1", "bytes=5-2", "bytes=1-2,4-5", "bytes=1-2x",
		"lines=1-2", "bytes=--1", "bytes=1 -2", "bytes=0x1-2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		expect_range(headers[i], 10, RANGE_NONE);
}

static void types_follow_the_last_suffix(void **state)
{
	(void)state;
	assert_string_equal(mime_type("index.html"), "text/html");
	assert_string_equal(mime_type("a/b.CSS"), "text/css");
	assert_string_equal(mime_type("a.tar.gz"), "application/gzip");
	assert_string_equal(mime_type("a.html/b"), "application/octet-stream");
	assert_string_equal(mime_type(".html"), "application/octet-stream");
	assert_string_equal(mime_type("html"), "application/octet-stream");
	assert_string_equal(mime_type("a."), "application/octet-stream");
}

static void dates_look_as_the_standard_says(void **state)
{
	char date[HTTP_DATE_SIZE];

	(void)state;
	http_date(784111777, date);
	assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
	http_date(0, date);
	assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 GMT");
}

static struct validator some_validator(void)
{
	struct stat file = {.st_size = 255};
	struct validator validator;

	file.st_mtim.tv_sec = 784111777;
	validator_make(&validator, &file);
	return validator;
}

static int is_known(enum header header, const char *value)
{
	struct validator validator = some_validator();
	struct request request = {0};

	request.headers[header] = text(value);
	return validator_is_known(&validator, &request);
}

static void a_client_that_has_the_file_is_recognised(void **state)
{
	struct validator validator = some_validator();
	char list[128];

	(void)state;
	snprintf(list, sizeof list, "\"x\", W/%s, \"y\"", validator.tag);
	assert_true(is_known(HEADER_IF_NONE_MATCH, list));
	assert_true(is_known(HEADER_IF_NONE_MATCH, "*"));
	assert_false(is_known(HEADER_IF_NONE_MATCH, "\"ff\""));
	assert_false(is_known(HEADER_IF_NONE_MATCH, ""));
	assert_true(is_known(HEADER_IF_MODIFIED_SINCE, validator.date));
	assert_true(is_known(HEADER_IF_MODIFIED_SINCE,
			     "Sun, 06 Nov 1994 08:49:38 GMT"));
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE,
			      "Sun, 06 Nov 1994 08:49:36 GMT"));
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE, "yesterday"));
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE, NULL));
}

/* RFC 9110, section 5.6.7: whoever reads dates reads all three forms. */
static void dates_of_the_old_forms_are_read(void **state)
{
	(void)state;
	assert_true(is_known(HEADER_IF_MODIFIED_SINCE,
			     "Sunday, 06-Nov-94 08:49:37 GMT"));
	assert_true(is_known(HEADER_IF_MODIFIED_SINCE,
			     "Sun Nov  6 08:49:37 1994"));
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE,
			      "Sunday, 06-Nov-94 08:49:36 GMT"));
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE,
			      "Sun Nov  6 08:49:36 1994"));
	/* Two digits are never more than fifty years ahead. */
	assert_false(is_known(HEADER_IF_MODIFIED_SINCE,
			      "Thursday, 06-Nov-80 08:49:37 GMT"));
	assert_true(is_known(HEADER_IF_MODIFIED_SINCE,
			     "Friday, 06-Nov-26 08:49:37 GMT"));
}

static void if_range_must_name_this_very_version(void **state)
{
	struct validator validator = some_validator();
	struct request request = {0};

	(void)state;
	assert_true(validator_allows_range(&validator, &request));
	request.headers[HEADER_IF_RANGE] = text(validator.tag);
	assert_true(validator_allows_range(&validator, &request));
	request.headers[HEADER_IF_RANGE] = text(validator.date);
	assert_true(validator_allows_range(&validator, &request));
	request.headers[HEADER_IF_RANGE] = text("\"other\"");
	assert_false(validator_allows_range(&validator, &request));
	request.headers[HEADER_IF_RANGE] =
		text("Sun, 06 Nov 1994 08:49:38 GMT");
	assert_false(validator_allows_range(&validator, &request));
}

static void a_head_that_does_not_fit_is_not_cut(void **state)
{
	struct reply reply = {.status = 404, .has_length = 1, .length = 7};
	char out[256];

	(void)state;
	size_t size = reply_head(&reply, 0, out, sizeof out);
	assert_string_equal(out, "HTTP/1.1 404 Not Found\r\n"
				 "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
				 "Connection: close\r\n"
				 "Content-Length: 7\r\n\r\n");
	assert_int_equal(size, strlen(out));
	assert_int_equal(reply_head(&reply, 0, out, size), 0);
	assert_int_equal(reply_head(&reply, 0, out, size + 1), size);
}

/* A folder with a file, a folder, and links that lead to all sorts of places */
static char folder[] = "/tmp/cress-httpd-XXXXXX";

static const char *const folder_names[] = {"in", "up", "out", "deep/file",
					   "deep", "loop"};

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) < 0 ||
	    mkdir("deep", 0700) < 0)
		return -1;
	close(open("deep/file", O_CREAT | O_WRONLY, 0600));
	return symlink("deep/file", "in") || symlink("../..", "up") ||
	       symlink("/etc/passwd", "out") || symlink("loop", "loop");
}

static int remove_folder(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof folder_names / sizeof *folder_names; i++)
		remove(folder_names[i]);
	return rmdir(folder);
}

typedef int opener(int root, const char *name);

static void expect_opened(opener *open_file, int root, const char *name)
{
	int fd = open_file(root, name);

	assert_true(fd >= 0);
	close(fd);
}

static void expect_error(opener *open_file, int root, const char *name,
			 int error)
{
	assert_int_equal(open_file(root, name), -1);
	assert_int_equal(errno, error);
}

static void nothing_outside_the_root_is_opened(void **state)
{
	static opener *const openers[] = {root_file, root_file_checked};
	int root = root_open(folder);

	(void)state;
	assert_true(root >= 0);
	for (int i = 0; i < 2; i++) {
		expect_opened(openers[i], root, "deep/file");
		expect_opened(openers[i], root, "in");
		expect_opened(openers[i], root, ".");
		expect_error(openers[i], root, "out", EXDEV);
		expect_error(openers[i], root, "up", EXDEV);
		expect_error(openers[i], root, "up/etc/passwd", EXDEV);
		expect_error(openers[i], root, "loop", ELOOP);
		expect_error(openers[i], root, "none", ENOENT);
		expect_error(openers[i], root, "in/none", ENOTDIR);
	}
	close(root);
}

static void a_folder_with_a_longer_name_is_another_one(void **state)
{
	int root;

	(void)state;
	assert_int_equal(mkdir("dee", 0700), 0);
	assert_int_equal(symlink("../deep/file", "dee/link"), 0);
	root = root_open("dee");
	expect_error(root_file, root, "link", EXDEV);
	expect_error(root_file_checked, root, "link", EXDEV);
	close(root);
	unlink("dee/link");
	rmdir("dee");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_becomes_a_relative_name),
		cmocka_unit_test(escapes_are_resolved_once),
		cmocka_unit_test(a_path_that_climbs_out_is_refused),
		cmocka_unit_test(a_path_must_fit_the_room),
		cmocka_unit_test(a_name_becomes_a_path_again),
		cmocka_unit_test(a_single_range_is_understood),
		cmocka_unit_test(a_range_behind_the_end_cannot_be_satisfied),
		cmocka_unit_test(what_is_no_single_range_is_ignored),
		cmocka_unit_test(types_follow_the_last_suffix),
		cmocka_unit_test(dates_look_as_the_standard_says),
		cmocka_unit_test(a_client_that_has_the_file_is_recognised),
		cmocka_unit_test(dates_of_the_old_forms_are_read),
		cmocka_unit_test(if_range_must_name_this_very_version),
		cmocka_unit_test(a_head_that_does_not_fit_is_not_cut),
		cmocka_unit_test(nothing_outside_the_root_is_opened),
		cmocka_unit_test(a_folder_with_a_longer_name_is_another_one),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
