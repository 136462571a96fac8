/* SPDX-License-Identifier: MIT */
/*
 * The parts of the HTTP server that keep and pack answers: which encoding a
 * client wants, the entries of the cache, its bound, and compression.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cache.h"
#include "encoding.h"
#include "gzip.h"
#include "listing.h"
#include "root.h"

static struct text text(const char *string)
{
	return (struct text){string, string != NULL ? strlen(string) : 0};
}

static void gzip_must_be_named_and_not_be_worth_less_than_nothing(void **state)
{
	static const char *const wanted[] = {
		"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.001", "*",
		"gzip ; q=1.0", "identity;q=0.5, gzip;q=0.5", "gzip;Q=0.9",
		"\t gzip\t,", "*;q=0.1", "identity;q=0, *",
	};
	static const char *const unwanted[] = {
		NULL, "", "identity", "br", "gzip;q=0", "gzip;q=0.000",
		"gzip;q=x", "gzip;p=1", "gzipped", "*;q=0", "gzip;q=0, *",
		"identity, gzip;q=0.5", ",,,", ";", "gzip;q=",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		assert_true(encoding_wants_gzip(text(wanted[i])));
	for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
		assert_false(encoding_wants_gzip(text(unwanted[i])));
	assert_true(encoding_is_worth_it("text/html"));
	assert_true(encoding_is_worth_it("image/svg+xml"));
	assert_false(encoding_is_worth_it("image/png"));
}

static void what_is_packed_is_packed_whole_or_not_at_all(void **state)
{
	char in[4096], out[4096];

	(void)state;
	if (!gzip_is_there())
		skip();
	memset(in, 'x', sizeof in);
	size_t size = gzip_compress(in, sizeof in, out, sizeof out);
	assert_in_range(size, 20, 100);
	assert_memory_equal(out, "\x1f\x8b", 2);
	assert_int_equal(gzip_compress(in, sizeof in, out, size), size);
	assert_int_equal(gzip_compress(in, sizeof in, out, size - 1), 0);
}

static char folder[] = "/tmp/cress-cache-XXXXXX";
static int root;

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) < 0)
		return -1;
	root = root_open(folder);
	return root < 0 ? -1 : 0;
}

static int remove_folder(void **state)
{
	(void)state;
	close(root);
	unlink("file");
	return rmdir(folder);
}

static void write_file(const char *data)
{
	int fd = open("file", O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, strlen(data)), strlen(data));
	close(fd);
}

/* An entry for `path`, made of the file `delay` seconds after its change. */
static struct entry *make(const char *path, int delay, size_t body_size)
{
	struct stat status;

	assert_int_equal(stat("file", &status), 0);
	struct entry_plan plan = {
		.path = text(path),
		.name = "file",
		.stat = &status,
		.type = "text/plain",
		.body_size = body_size,
	};
	struct entry *entry = entry_new(&plan, status.st_ctim.tv_sec + delay);
	assert_non_null(entry);
	memset(entry_body(entry), 'b', body_size);
	return entry;
}

static struct entry *find(struct cache *cache, const char *path, time_t now)
{
	return cache_find(cache, text(path), 0, now);
}

static void an_entry_is_found_until_its_file_changes(void **state)
{
	struct cache *cache = cache_new(root, 1 << 20);

	(void)state;
	write_file("one");
	struct entry *entry = make("/a", 10, 3);
	time_t now = entry->made;
	cache_keep(cache, entry);
	entry_release(entry);
	assert_ptr_equal(find(cache, "/a", now), entry);
	assert_null(find(cache, "/b", now));
	assert_ptr_equal(find(cache, "/a", now + 1), entry);
	/* Within a second it is believed; after that the file is asked. */
	write_file("three");
	assert_ptr_equal(find(cache, "/a", now + 1), entry);
	assert_null(find(cache, "/a", now + 2));
	assert_int_equal(cache_size(cache), 0);
	cache_free(cache);
}

static void an_entry_of_a_file_just_written_is_believed_for_a_second(
	void **state)
{
	struct cache *cache = cache_new(root, 1 << 20);

	(void)state;
	write_file("one");
	struct entry *entry = make("/a", 1, 3);
	time_t now = entry->made;
	cache_keep(cache, entry);
	entry_release(entry);
	assert_ptr_equal(find(cache, "/a", now), entry);
	assert_null(find(cache, "/a", now + 1));
	cache_free(cache);
}

static void those_not_used_for_longest_make_room(void **state)
{
	struct cache *cache = cache_new(root, 64 * 1024);
	char path[16];

	(void)state;
	write_file("one");
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof path, "/%d", i);
		struct entry *entry = make(path, 10, 8000);
		time_t now = entry->made;
		cache_keep(cache, entry);
		entry_release(entry);
		assert_in_range(cache_size(cache), 8000, 64 * 1024);
		/* What is asked for again and again stays. */
		assert_non_null(find(cache, "/0", now));
		assert_non_null(find(cache, path, now));
	}
	assert_null(find(cache, "/50", time(NULL)));
	cache_free(cache);
}

static void an_entry_in_use_outlives_the_cache(void **state)
{
	struct cache *cache = cache_new(root, 64 * 1024);

	(void)state;
	write_file("one");
	struct entry *entry = make("/a", 10, 5);
	cache_keep(cache, entry);
	cache_free(cache);
	assert_memory_equal(entry_body(entry), "bbbbb", 5);
	entry_release(entry);
}

static void what_does_not_fit_is_not_kept(void **state)
{
	struct cache *cache = cache_new(root, 1000);

	(void)state;
	write_file("one");
	struct entry *entry = make("/a", 10, 1000);
	cache_keep(cache, entry);
	assert_int_equal(cache_size(cache), 0);
	entry_release(entry);
	cache_free(cache);
}

static void the_date_in_a_head_is_kept_up(void **state)
{
	struct entry *entry;

	(void)state;
	write_file("one");
	entry = make("/a", 10, 3);
	entry_date(entry, 784111777);
	assert_memory_equal(entry->head.data,
			    "HTTP/1.1 200 OK\r\n"
			    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 54);
	assert_non_null(strstr(entry->known.data, "304 Not Modified\r\n"
				"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
	entry_release(entry);
}

static void a_listing_names_what_is_there(void **state)
{
	size_t size;
	int fd = open(folder, O_RDONLY | O_DIRECTORY);

	(void)state;
	write_file("one");
	char *page = listing_make(fd, "a<b", &size);
	assert_non_null(page);
	assert_int_equal(strlen(page), size);
	assert_non_null(strstr(page, "<title>a&#60;b</title>"));
	assert_non_null(strstr(page, "<a href=\"./file\">file</a>"));
	free(page);
	close(fd);
	assert_null(listing_make(-1, "", &size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		gzip_must_be_named_and_not_be_worth_less_than_nothing),
		cmocka_unit_test(what_is_packed_is_packed_whole_or_not_at_all),
		cmocka_unit_test(an_entry_is_found_until_its_file_changes),
		cmocka_unit_test(
		an_entry_of_a_file_just_written_is_believed_for_a_second),
		cmocka_unit_test(those_not_used_for_longest_make_room),
		cmocka_unit_test(an_entry_in_use_outlives_the_cache),
		cmocka_unit_test(what_does_not_fit_is_not_kept),
		cmocka_unit_test(the_date_in_a_head_is_kept_up),
		cmocka_unit_test(a_listing_names_what_is_there),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
