/* SPDX-License-Identifier: MIT */
/*
 * Settings by a table: a name, what kind of value it has, and where that is.
 * A value is taken only if all of it can be read and it lies in its bounds.
 */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum kind {
	COUNT,			/* size_t, with K, M or G */
	SECONDS,		/* double */
	NUMBER,			/* double, more than 0 */
	FLAG,			/* int */
	TEXT,
	CODES,			/* a list of HTTP statuses */
	PATTERNS
};

#define SETTING(kind, name) {#name, kind, offsetof(struct settings, name)}

static const struct setting {
	const char *name;
	enum kind kind;
	size_t offset;
} table[] = {
	SETTING(COUNT, concurrent_requests),
	SETTING(COUNT, concurrent_requests_per_domain),
	SETTING(COUNT, concurrent_requests_per_ip),
	SETTING(SECONDS, download_delay),
	SETTING(FLAG, randomize_download_delay),
	SETTING(NUMBER, download_timeout),
	SETTING(COUNT, download_maxsize),
	SETTING(COUNT, redirect_max_times),
	SETTING(COUNT, depth_limit),
	SETTING(COUNT, closespider_pagecount),
	SETTING(TEXT, user_agent),
	SETTING(TEXT, jobdir),
	SETTING(PATTERNS, allow),
	SETTING(PATTERNS, deny),
	SETTING(FLAG, nofollow),
	SETTING(FLAG, robotstxt_obey),
	SETTING(TEXT, robotstxt_user_agent),
	SETTING(FLAG, retry_enabled),
	SETTING(COUNT, retry_times),
	SETTING(CODES, retry_http_codes),
	SETTING(SECONDS, retry_backoff),
	SETTING(SECONDS, retry_after_max),
	SETTING(FLAG, autothrottle_enabled),
	SETTING(SECONDS, autothrottle_start_delay),
	SETTING(SECONDS, autothrottle_max_delay),
	SETTING(NUMBER, autothrottle_target_concurrency),
	SETTING(COUNT, circuit_breaker_failures),
	SETTING(SECONDS, circuit_breaker_delay),
	SETTING(COUNT, circuit_breaker_trials),
};

#define COUNT_OF_SETTINGS ((int)(sizeof table / sizeof *table))

int settings_count(const char *text, unsigned long long least,
		   unsigned long long most, unsigned long long *count)
{
	static const char suffixes[] = "KMG";
	unsigned shift = 0;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	*count = strtoull(text, &end, 10);
	if (errno != 0)
		return -1;
	const char *suffix = *end != '\0' ? strchr(suffixes, *end) : NULL;
	if (suffix != NULL) {
		shift = 10 * (unsigned)(suffix - suffixes + 1);
		end++;
	}
	if (*end != '\0' || *count > most >> shift)
		return -1;
	*count <<= shift;
	return *count < least ? -1 : 0;
}

static int read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end == text || *end != '\0' || !(*seconds >= 0) ? -1 : 0;
}

static int read_flag(const char *text, int *flag)
{
	*flag = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
	return *flag || strcasecmp(text, "false") == 0 ||
			       strcmp(text, "0") == 0 ?
		       0 :
		       -1;
}

/* "500, 503"; brackets around it may stay, as in a settings.py. */
static int read_codes(const char *text, uint64_t *codes)
{
	static const char between[] = "[], ";

	memset(codes, 0, sizeof((struct settings *)0)->retry_http_codes);
	for (text += strspn(text, between); *text != '\0';
	     text += strspn(text, between)) {
		char *end;
		unsigned long code = strtoul(text, &end, 10);

		if (end == text || code < 100 || code > 599)
			return -1;
		codes[code / 64] |= (uint64_t)1 << code % 64;
		text = end;
	}
	return 0;
}

static int add_pattern(const char *text, struct patterns *patterns)
{
	if (patterns->count == PATTERNS_MAX)
		return -1;
	patterns->text[patterns->count++] = text;
	return 0;
}

int settings_set(struct settings *settings, int number, const char *value)
{
	const struct setting *setting = &table[number];
	void *place = (char *)settings + setting->offset;
	unsigned long long count;

	switch (setting->kind) {
	case COUNT:
		if (settings_count(value, 0, LLONG_MAX, &count))
			return -1;
		*(size_t *)place = (size_t)count;
		return 0;
	case SECONDS:
		return read_seconds(value, place);
	case NUMBER:
		return read_seconds(value, place) || *(double *)place <= 0 ?
			       -1 :
			       0;
	case FLAG:
		return read_flag(value, place);
	case TEXT:
		*(const char **)place = value;
		return 0;
	case CODES:
		return read_codes(value, place);
	default:
		return add_pattern(value, place);
	}
}

const char *settings_name(int number)
{
	return number < COUNT_OF_SETTINGS ? table[number].name : NULL;
}

int settings_find(const char *name)
{
	for (int i = 0; i < COUNT_OF_SETTINGS; i++)
		if (strcasecmp(name, table[i].name) == 0)
			return i;
	return -1;
}

/* Cut white space off both ends of a text, and quotes that are around it. */
static char *trim(char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	char *end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	if (end - text >= 2 && (*text == '"' || *text == '\'') &&
	    end[-1] == *text) {
		end[-1] = '\0';
		text++;
	}
	return text;
}

/* Take one line of a file. Returns 0, or -1 if it is no good. */
static int take_line(struct settings *settings, char *line)
{
	char *comment = line[0] == '#' ? line : strstr(line, " #");

	if (comment != NULL)
		*comment = '\0';
	char *value = strchr(line, '=');
	if (value == NULL)
		return *trim(line) == '\0' ? 0 : -1;
	*value++ = '\0';
	int number = settings_find(trim(line));
	char *copy = number < 0 ? NULL : strdup(trim(value));
	return copy == NULL ? -1 : settings_set(settings, number, copy);
}

int settings_load(struct settings *settings, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	int number = 0;
	int failed = 0;

	if (file == NULL) {
		fprintf(stderr, "crawler: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while (!failed && fgets(line, sizeof line, file) != NULL) {
		number++;
		failed = take_line(settings, line);
	}
	if (failed)
		fprintf(stderr, "crawler: %s:%d: this is no setting\n", path,
			number);
	fclose(file);
	return failed;
}

int settings_retries(const struct settings *settings, long status)
{
	if (status < 100 || status > 599)
		return 0;
	return settings->retry_http_codes[status / 64] >> status % 64 & 1;
}

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.concurrent_requests = 64,
		.concurrent_requests_per_domain = 8,
		.randomize_download_delay = 1,
		.download_timeout = 10,
		.download_maxsize = 16 << 20,
		.redirect_max_times = 10,
		.user_agent = "cress-crawler/0.1",
		.robotstxt_obey = 1,
		.retry_enabled = 1,
		.retry_times = 2,
		.retry_backoff = 0.5,
		.retry_after_max = 60,
		.autothrottle_start_delay = 5,
		.autothrottle_max_delay = 60,
		.autothrottle_target_concurrency = 1,
		.circuit_breaker_failures = 10,
		.circuit_breaker_delay = 1,
		.circuit_breaker_trials = 3,
	};
	read_codes("500 502 503 504 522 524 408 429",
		   settings->retry_http_codes);
}
