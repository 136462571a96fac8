/* SPDX-License-Identifier: MIT */
/*
 * The parts of the crawler that need no server: URLs, links, the set and the
 * frontier.
 */
#include "frontier.h"
#include "hosts.h"
#include "links.h"
#include "plain.h"
#include "set.h"
#include "url.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *href;
	const char *url;	/* NULL: not one to visit */
} resolutions[] = {
	{"", "http://host/a/b/c.html?q=1"},
	{"#part", "http://host/a/b/c.html?q=1"},
	{"d.html#part", "http://host/a/b/d.html"},
	{" \n./d\n.html ", "http://host/a/b/d.html"},
	{"../d.html", "http://host/a/d.html"},
	{"../../../../d.html", "http://host/d.html"},
	{".", "http://host/a/b/"},
	{"/d", "http://host/d"},
	{"?n=2", "http://host/a/b/c.html?n=2"},
	{"d e.html", "http://host/a/b/d%20e.html"},
	{"d%20e.html", "http://host/a/b/d%20e.html"},
	{"\xc3\xa9.html", "http://host/a/b/%c3%a9.html"},
	{"./x:y.html", "http://host/a/b/x:y.html"},
	{"d?a/../b", "http://host/a/b/d?a/../b"},
	{"//Other/x", "http://other/x"},
	{"HTTP://HOST:80/d", "http://host/d"},
	{"https://host:443", "https://host/"},
	{"http:d.html", "http://host/a/b/d.html"},
	{"HTTP:/d.html", "http://host/d.html"},
	{"http:", "http://host/a/b/c.html?q=1"},
	{"http://host:8080/d", "http://host:8080/d"},
	{"mailto:me@host", NULL},
	{"javascript:go()", NULL},
	{"x:y.html", NULL},
	{"http://", NULL},
	{"http://[bad/", NULL},
	{"http://a b/", NULL},
};

static void a_link_is_resolved_into_one_spelling(void **state)
{
	struct url_base *base = url_base("http://host/a/b/c.html?q=1");

	(void)state;
	for (size_t i = 0; i < sizeof resolutions / sizeof *resolutions; i++) {
		char *url;

		url_resolve(base, resolutions[i].href, &url);
		if (resolutions[i].url == NULL)
			assert_null(url);
		else
			assert_string_equal(url, resolutions[i].url);
		free(url);
	}
	url_base_free(base);
}

/* A link of a few bytes that mean much, or the site's own origin before it. */
static void draw_link(char *href, size_t size)
{
	static const char bytes[] = "ab./?#=&-_~%:/.";
	size_t used = rand() % 8 == 0 ?
			      (size_t)sprintf(href, "http://host/") :
			      0;
	size_t length = used + (size_t)rand() % (size - used - 1);

	while (used < length)
		href[used++] = bytes[(size_t)rand() % (sizeof bytes - 1)];
	href[used] = '\0';
}

static void a_plain_link_is_resolved_as_the_library_would(void **state)
{
	static const char *const bases[] = {"http://host/a/b/c.html?q=/x",
					    "http://host/", "http://host/a/?q"};
	size_t plain = 0;

	(void)state;
	srand(1);
	for (size_t i = 0; i < 30000; i++) {
		/* White space around a link makes it none that is plain. */
		char href[32] = " ", *ours, *theirs = NULL;
		const char *base = bases[i % 3];

		draw_link(href + 1, i % 2 ? 16 : 31);
		ours = plain_resolve(base, href + 1);
		struct url_base *handle = url_base(base);
		url_resolve(handle, href, &theirs);
		if (ours != NULL && ++plain > 0)
			assert_string_equal(ours, theirs);
		url_base_free(handle);
		free(ours);
		free(theirs);
	}
	assert_in_range(plain, 1000, 30000);
}

static void what_a_user_types_is_read_as_a_url(void **state)
{
	char *url = url_from_user("Local:8080/a b#part");

	(void)state;
	assert_string_equal(url, "http://local:8080/a%20b");
	free(url);
	assert_null(url_from_user("ftp://local/"));
	assert_null(url_from_user("/etc/hosts"));
}

static void hosts_are_let_in_without_port_and_user(void **state)
{
	struct hosts hosts = {.names = {.count = 0}};

	(void)state;
	assert_false(hosts_have(&hosts, "http://a/"));
	hosts_add(&hosts, "http://a/x");
	hosts_add(&hosts, "http://me:pass@b?x@c");
	hosts_add(&hosts, "http://[::1]:80/");
	hosts_add(&hosts, "https://a:90/");
	assert_int_equal(hosts.names.count, 3);
	assert_true(hosts_have(&hosts, "https://a:90/"));
	assert_true(hosts_have(&hosts, "http://b"));
	assert_true(hosts_have(&hosts, "http://me@[::1]/"));
	assert_false(hosts_have(&hosts, "http://ab/"));
	assert_false(hosts_have(&hosts, "http://c/"));
	assert_false(hosts_have(&hosts, "http://[::2]/"));
	hosts_free(&hosts);
}

static const char page[] =
	"<html><head><meta charset=utf-8><base href=sub/></head>"
	"<!-- <a href=comment> --><script>'<a href=script>'</script>"
	"<a href=\"a?x=1&amp;y=&#50;\">a</a><A HREF=b\n><img src=i>"
	"<meta http-equiv=refresh content='3; url=r'><iframe src=f>";

static const char found_in_page[] =
	"2 sub/, 0 a?x=1&y=2, 0 b, 1 i, 0 r, 0 f, ";

static void links_are_found_whatever_the_pieces(void **state)
{
	size_t size = sizeof page - 1;

	(void)state;
	for (size_t step = 1; step <= size; step += 7) {
		struct links links = {.parser = NULL};
		const struct link_found *link = NULL;
		char text[200] = "";

		for (size_t at = 0; at < size; at += step) {
			size_t rest = size - at;

			links_feed(&links, "", page + at,
				   rest < step ? rest : step);
		}
		assert_int_equal(links_finish(&links), 0);
		while ((link = links_next(&links, link)) != NULL) {
			size_t used = strlen(text);

			snprintf(text + used, sizeof text - used, "%d %s, ",
				 (int)link->use, link->href);
		}
		assert_string_equal(text, found_in_page);
		links_free(&links);
	}
}

static void a_set_finds_what_was_added_and_nothing_else(void **state)
{
	enum { COUNT = 5000 };
	static struct set_item items[COUNT];
	static char keys[COUNT][8];
	struct set set = {.slots = NULL};

	(void)state;
	assert_null(set_find(&set, "0"));
	for (int i = 0; i < COUNT; i++) {
		snprintf(keys[i], sizeof keys[i], "%d", i);
		items[i].key = keys[i];
		assert_int_equal(set_add(&set, &items[i]), 0);
	}
	for (int i = 0; i < COUNT; i++)
		assert_ptr_equal(set_find(&set, keys[i]), &items[i]);
	assert_null(set_find(&set, "5000"));
	set_free(&set);
}

static void redirects_in_a_circle_are_broken_at_its_end(void **state)
{
	struct settings settings;
	struct frontier frontier;

	(void)state;
	settings_init(&settings);
	frontier_init(&frontier, &settings, 0, UINT_MAX);
	frontier_add(&frontier, "a", NULL, 0, 1);
	struct link *a = frontier_take(&frontier);
	frontier_redirected(&frontier, a, "b", 10);
	struct link *b = frontier_take(&frontier);
	assert_string_equal(b->url, "b");
	frontier_redirected(&frontier, b, "a", 10);

	assert_null(frontier_take(&frontier));
	assert_string_equal(frontier_reason(a, LINK_BROKEN), "redirect loop");
	assert_string_equal(frontier_reason(b, LINK_BROKEN), "redirect loop");
	frontier_free(&frontier);
}

static void mentions_go_when_a_link_is_fine(void **state)
{
	struct settings settings;
	struct frontier frontier;

	(void)state;
	settings_init(&settings);
	frontier_init(&frontier, &settings, 0, UINT_MAX);
	frontier_add(&frontier, "page", NULL, 0, 1);
	struct link *start = frontier_take(&frontier);
	frontier_add(&frontier, "a", start, 1, 1);
	frontier_add(&frontier, "a", start, 1, 1);
	struct link *a = frontier_take(&frontier);
	assert_non_null(a->mentions);
	assert_null(a->mentions->next);

	frontier_fine(&frontier, a);
	frontier_add(&frontier, "a", start, 1, 1);
	assert_null(a->mentions);
	frontier_free(&frontier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_is_resolved_into_one_spelling),
		cmocka_unit_test(a_plain_link_is_resolved_as_the_library_would),
		cmocka_unit_test(what_a_user_types_is_read_as_a_url),
		cmocka_unit_test(hosts_are_let_in_without_port_and_user),
		cmocka_unit_test(links_are_found_whatever_the_pieces),
		cmocka_unit_test(a_set_finds_what_was_added_and_nothing_else),
		cmocka_unit_test(redirects_in_a_circle_are_broken_at_its_end),
		cmocka_unit_test(mentions_go_when_a_link_is_fine),
	};

	return cmocka_run_group_tests_name("crawler parts", tests, NULL, NULL);
}
