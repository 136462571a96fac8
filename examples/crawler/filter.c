/* SPDX-License-Identifier: MIT */
/*
 * Patterns are compiled once. A URL is escaped by then: it has ASCII only.
 */
#include "filter.h"

#include <stdio.h>

/* Compile the patterns of one kind; `*count` are good in any case. */
static int compile(regex_t *compiled, size_t *count,
		   const struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		int error = regcomp(&compiled[i], patterns->text[i],
				    REG_EXTENDED | REG_NOSUB);

		if (error != 0) {
			char why[100];

			regerror(error, &compiled[i], why, sizeof why);
			fprintf(stderr, "crawler: the pattern \"%s\": %s\n",
				patterns->text[i], why);
			return -1;
		}
		*count = i + 1;
	}
	return 0;
}

int filter_init(struct filter *filter, const struct settings *settings)
{
	filter->allow_count = 0;
	filter->deny_count = 0;
	return compile(filter->allow, &filter->allow_count,
		       &settings->allow) ||
			       compile(filter->deny, &filter->deny_count,
				       &settings->deny) ?
		       -1 :
		       0;
}

static int any_matches(const regex_t *compiled, size_t count, const char *url)
{
	for (size_t i = 0; i < count; i++)
		if (regexec(&compiled[i], url, 0, NULL, 0) == 0)
			return 1;
	return 0;
}

int filter_passes(const struct filter *filter, const char *url)
{
	if (filter->allow_count > 0 &&
	    !any_matches(filter->allow, filter->allow_count, url))
		return 0;
	return !any_matches(filter->deny, filter->deny_count, url);
}

void filter_free(struct filter *filter)
{
	while (filter->allow_count > 0)
		regfree(&filter->allow[--filter->allow_count]);
	while (filter->deny_count > 0)
		regfree(&filter->deny[--filter->deny_count]);
}
