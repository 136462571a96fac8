/* SPDX-License-Identifier: MIT */
/*
 * robots.txt: groups, rules and their order, by RFC 9309.
 */
#include "robots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int allows(const char *text, const char *target)
{
	struct robots *robots = robots_parse(text, strlen(text), "bot/1.0");
	int allowed = robots_allow(robots, target);

	robots_free(robots);
	return allowed;
}

/* A pattern, a target, and whether the pattern matches it. */
static const struct {
	const char *pattern;
	const char *target;
	int matches;
} patterns[] = {
	{"/", "/any", 1},
	{"/fish", "/fish.html", 1},
	{"/fish", "/Fish", 0},
	{"/fish", "/catfish", 0},
	{"/fish/", "/fish", 0},
	{"/*.php", "/folder/a.php?x", 1},
	{"/*.php$", "/a.php", 1},
	{"/*.php$", "/a.php?x", 0},
	{"/*.php$", "/a.php.php", 1},
	{"/fish*", "/fish", 1},
	{"/fish*.php", "/fish/x.php", 1},
	{"/fish*.php", "/fis.php", 0},
	{"*a*b*c$", "/a/b/b/c", 1},
	{"/$", "/", 1},
	{"/$", "/a", 0},
	{"/a$b", "/a$b", 1},
	{"/?", "/?q", 1},
	{"/%7Ejoe", "/~joe/", 1},
	{"/~joe", "/%7ejoe/", 1},
	{"/a%2fb", "/a%2Fb", 1},
	{"/a%2fb", "/a/b", 0},
	{"/%2A", "/x", 0},
	{"/\xc3\xa9", "/%C3%A9", 1},
	{"/%", "/%", 1},
};

static void a_pattern_matches_the_beginning_of_a_target(void **state)
{
	char text[100];

	(void)state;
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		snprintf(text, sizeof text, "User-agent: *\nDisallow: %s\n",
			 patterns[i].pattern);
		if (allows(text, patterns[i].target) == patterns[i].matches)
			fail_msg("%s and %s", patterns[i].pattern,
				 patterns[i].target);
	}
}

static void the_longest_pattern_decides_and_of_equals_allow(void **state)
{
	const char *text = "User-agent: *\nDisallow: /a\nAllow: /a/b\n"
			   "Disallow: /a/b/c\nAllow: /x\nDisallow: /x\n"
			   "Disallow: /y\nAllow: /y\n";

	(void)state;
	assert_false(allows(text, "/a/x"));
	assert_true(allows(text, "/a/b"));
	assert_false(allows(text, "/a/b/c"));
	assert_true(allows(text, "/x"));
	assert_true(allows(text, "/y"));
	assert_true(allows(text, "/other"));
}

static void the_groups_that_name_the_robot_hold_all_together(void **state)
{
	const char *text = "User-agent: *\nDisallow: /\n\n"
			   "user-AGENT : BOT\nDisallow: /a\n"
			   "User-agent: other\nDisallow: /b\n"
			   "User-agent: x\nUser-agent: bot/2\nDisallow: /c\n";

	(void)state;
	assert_false(allows(text, "/a"));
	assert_true(allows(text, "/b"));
	assert_false(allows(text, "/c"));
}

static void a_robot_without_a_group_has_that_of_the_star(void **state)
{
	const char *text = "User-agent: botanist\nDisallow: /a\n"
			   "User-agent: *\nDisallow: /b\n";

	(void)state;
	assert_true(allows(text, "/a"));
	assert_false(allows(text, "/b"));
	assert_true(allows("User-agent: other\nDisallow: /\n", "/a"));
	assert_true(allows("", "/a"));
}

static void what_cannot_be_read_is_skipped(void **state)
{
	(void)state;
	assert_false(allows("\xef\xbb\xbfUser-agent:*\r\rDisallow:/a # no\r"
			    "nonsense\rSitemap: http://x/\r",
			    "/a"));
	assert_true(allows("User-agent: *\nDisallow:\n", "/a"));
	assert_true(allows("Disallow: /a\n", "/a"));
	assert_true(allows("<html>User-agent: *\nDisallow: /a\n", "/a"));
	/* A line that is no rule does not end the list of robots. */
	assert_false(allows("User-agent: bot\nSitemap: x\nUser-agent: z\n"
			    "Disallow: /a\n",
			    "/a"));
	assert_true(allows("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

static void the_delay_is_that_of_the_group(void **state)
{
	const char *text = "User-agent: *\nCrawl-delay: 9\n"
			   "User-agent: bot\nCrawl-delay: 2.5\n"
			   "Crawl-delay: soon\n";
	struct robots *robots = robots_parse(text, strlen(text), "bot");

	(void)state;
	assert_true(robots->delay == 2.5);
	robots_free(robots);
}

static void many_stars_take_no_time(void **state)
{
	char text[3000] = "User-agent: *\nDisallow: /";
	char target[3000] = "/";

	(void)state;
	for (int i = 0; i < 400; i++)
		strcat(text, "*a");
	memset(target + 1, 'a', 2000);
	strcat(text, "b\n");
	assert_true(allows(text, target));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_matches_the_beginning_of_a_target),
		cmocka_unit_test(
			the_longest_pattern_decides_and_of_equals_allow),
		cmocka_unit_test(
			the_groups_that_name_the_robot_hold_all_together),
		cmocka_unit_test(a_robot_without_a_group_has_that_of_the_star),
		cmocka_unit_test(what_cannot_be_read_is_skipped),
		cmocka_unit_test(the_delay_is_that_of_the_group),
		cmocka_unit_test(many_stars_take_no_time),
	};

	return cmocka_run_group_tests_name("robots", tests, NULL, NULL);
}
