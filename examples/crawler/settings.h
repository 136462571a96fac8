/* SPDX-License-Identifier: MIT */
/*
 * The settings of a crawl, under the names that Scrapy gives them, in lower
 * case. They come from the command line, or from a file with a line
 * `name = value` for each. 0 is no limit wherever a limit is meant.
 */
#ifndef CRAWLER_SETTINGS_H
#define CRAWLER_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

/* So many patterns of each kind can be given. */
#define PATTERNS_MAX 16

/* A setting that may be given several times. */
struct patterns {
	const char *text[PATTERNS_MAX];
	size_t count;
};

struct settings {
	size_t concurrent_requests;
	size_t concurrent_requests_per_domain;
	size_t concurrent_requests_per_ip;	/* instead of per domain */
	double download_delay;			/* seconds, as all times */
	int randomize_download_delay;
	double download_timeout;
	size_t download_maxsize;
	size_t redirect_max_times;
	size_t depth_limit;
	size_t closespider_pagecount;
	const char *user_agent;
	const char *jobdir;			/* a file to go on from */
	struct patterns allow, deny;		/* POSIX ERE */
	int nofollow;				/* obey what pages say of it */

	int robotstxt_obey;
	const char *robotstxt_user_agent;	/* NULL: user_agent */

	int retry_enabled;
	size_t retry_times;
	uint64_t retry_http_codes[10];		/* a bit for each up to 639 */
	double retry_backoff;			/* before the first one */
	double retry_after_max;			/* longer is not waited for */

	int autothrottle_enabled;
	double autothrottle_start_delay;
	double autothrottle_max_delay;
	double autothrottle_target_concurrency;

	size_t circuit_breaker_failures;	/* links in a row; 0: none */
	double circuit_breaker_delay;		/* the first time */
	size_t circuit_breaker_trials;
};

/* What Scrapy has by default, but for what is said in README.md. */
void settings_init(struct settings *settings);

/*
 * The number of the setting `name`, counted from 0, or -1; and its name by the
 * number, NULL behind the last.
 */
int settings_find(const char *name);
const char *settings_name(int number);

/*
 * Set one. The text must stay as long as the settings. Returns 0, or -1 if the
 * value is no good.
 */
int settings_set(struct settings *settings, int number, const char *value);

/*
 * Read a file of settings; `#` begins a comment. Returns 0, or -1: what is
 * wrong was said. Strings of it are kept until the process ends.
 */
int settings_load(struct settings *settings, const char *path);

/* Read a count with an optional K, M or G. Returns 0, or -1. */
int settings_count(const char *text, unsigned long long least,
		   unsigned long long most, unsigned long long *count);

/* Is the HTTP status one to try again on? */
int settings_retries(const struct settings *settings, long status);

#endif
