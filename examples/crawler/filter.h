/* SPDX-License-Identifier: MIT */
/*
 * The filter: which links are followed, by the `allow` and `deny` patterns of
 * the settings. They are POSIX extended regular expressions that are looked
 * for anywhere in the whole URL. A link passes if one of `allow` matches, or
 * there is none, and none of `deny` does.
 */
#ifndef CRAWLER_FILTER_H
#define CRAWLER_FILTER_H

#include "settings.h"

#include <regex.h>

/* All zero lets everything pass. */
struct filter {
	regex_t allow[PATTERNS_MAX];
	regex_t deny[PATTERNS_MAX];
	size_t allow_count, deny_count;
};

/* Read the patterns. Returns 0, or -1: what is wrong with one was said. */
int filter_init(struct filter *filter, const struct settings *settings);

int filter_passes(const struct filter *filter, const char *url);

void filter_free(struct filter *filter);

#endif
