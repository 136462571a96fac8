/* SPDX-License-Identifier: MIT */
/*
 * A robots.txt is read twice: first to learn whether a group names the robot,
 * then to take its rules. A group begins with one or more user-agent lines and
 * has all the lines up to the next user-agent line that follows a rule.
 *
 * Patterns and targets are compared in one spelling: an escape stands for its
 * byte, but for the escapes of `*`, `$`, `/` and `%`, which stay; so a pattern
 * with `%2A` means a star. The length of a pattern is that of this spelling.
 */
#include "robots.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct rule {
	struct rule *next;
	size_t length;
	int allow;
	char pattern[];
};

/* What a line says; `value` is cut out of the line and not ended by a 0. */
struct line {
	const char *key, *value;
	size_t key_length, value_length;
};

/* Where a reader is in the groups of the file. */
struct group {
	const char *agent;
	size_t agent_length;
	int in_agents;		/* the last line was a user-agent line */
	int ours;		/* the group that we are in holds */
	int named;		/* a group names the robot */
};

static int value_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Write a pattern or target in the one spelling; it never gets longer. */
static size_t spell(char *to, const char *from, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		int high = -1, low = -1;

		if (from[i] == '%' && i + 2 < length)
			high = value_of(from[i + 1]);
		if (high >= 0)
			low = value_of(from[i + 2]);
		int byte = high * 16 + low;
		if (high < 0 || low < 0) {
			to[used++] = from[i];
		} else if (byte == 0 || strchr("*$/%", byte) != NULL) {
			to[used++] = '%';
			to[used++] = (char)toupper((unsigned char)from[i + 1]);
			to[used++] = (char)toupper((unsigned char)from[i + 2]);
			i += 2;
		} else {
			to[used++] = (char)byte;
			i += 2;
		}
	}
	to[used] = '\0';
	return used;
}

/* Does the pattern match a beginning of the target? Linear in its stars. */
static int matches(const char *pattern, const char *target)
{
	const char *star = NULL, *again = NULL;

	for (;;) {
		if (*pattern == '\0')
			return 1;
		if (*pattern == '*') {
			star = ++pattern;
			again = target;
		} else if (pattern[0] == '$' && pattern[1] == '\0' &&
			   *target == '\0') {
			return 1;
		} else if (*target != '\0' && *pattern == *target &&
			   !(pattern[0] == '$' && pattern[1] == '\0')) {
			pattern++;
			target++;
		} else if (star != NULL && *again != '\0') {
			pattern = star;
			target = ++again;
		} else {
			return 0;
		}
	}
}

/* Split a line at its colon. Returns 0 if it has none. */
static int split(const char *at, size_t length, struct line *line)
{
	const char *comment = memchr(at, '#', length);
	const char *end = comment != NULL ? comment : at + length;

	while (at < end && isspace((unsigned char)*at))
		at++;
	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	const char *colon = memchr(at, ':', (size_t)(end - at));
	if (colon == NULL)
		return 0;
	line->key = at;
	line->key_length = (size_t)(colon - at);
	while (line->key_length > 0 &&
	       isspace((unsigned char)at[line->key_length - 1]))
		line->key_length--;
	for (colon++; colon < end && isspace((unsigned char)*colon); colon++)
		continue;
	line->value = colon;
	line->value_length = (size_t)(end - colon);
	return 1;
}

static int key_is(const struct line *line, const char *key)
{
	return line->key_length == strlen(key) &&
	       strncasecmp(line->key, key, line->key_length) == 0;
}

/* A product token has letters, `-` and `_`; a version behind it is no part. */
static size_t token_length(const char *text, size_t length)
{
	size_t used = 0;

	while (used < length && (isalpha((unsigned char)text[used]) ||
				 text[used] == '-' || text[used] == '_'))
		used++;
	return used;
}

/* A user-agent line: does its group hold for us? */
static void on_agent(struct group *group, const struct line *line, int stars)
{
	size_t length = token_length(line->value, line->value_length);
	int star = line->value_length > 0 && line->value[0] == '*';
	int named = length > 0 && length == group->agent_length &&
		    strncasecmp(line->value, group->agent, length) == 0;

	if (!group->in_agents)
		group->ours = 0;
	group->in_agents = 1;
	group->named |= named;
	group->ours |= stars ? star : named;
}

static void add_rule(struct robots *robots, const struct line *line, int allow)
{
	/* An empty rule says nothing. */
	if (line->value_length == 0)
		return;
	struct rule *rule = malloc(sizeof *rule + line->value_length + 1);
	if (rule == NULL) {
		robots->failed = 1;
		return;
	}
	rule->allow = allow;
	rule->length = spell(rule->pattern, line->value, line->value_length);
	rule->next = robots->rules;
	robots->rules = rule;
}

static void set_delay(struct robots *robots, const struct line *line)
{
	char text[32] = "";
	char *end;

	if (line->value_length >= sizeof text)
		return;
	memcpy(text, line->value, line->value_length);
	double delay = strtod(text, &end);
	if (end != text && *end == '\0' && delay > 0 && delay < 1e6)
		robots->delay = delay;
}

static void on_line(struct robots *robots, struct group *group,
		    const struct line *line, int stars)
{
	if (key_is(line, "user-agent")) {
		on_agent(group, line, stars);
		return;
	}
	int allow = key_is(line, "allow");
	int delay = key_is(line, "crawl-delay");
	if (!allow && !delay && !key_is(line, "disallow"))
		return;		/* Sitemap and the like end no group */
	group->in_agents = 0;
	if (group->ours && delay)
		set_delay(robots, line);
	else if (group->ours)
		add_rule(robots, line, allow);
}

/* Read the file, for the groups of `*` or for those that name the robot. */
static void read_groups(struct robots *robots, struct group *group,
			const char *text, size_t size, int stars)
{
	struct line line;

	while (size > 0) {
		size_t length = 0;

		while (length < size && text[length] != '\n' &&
		       text[length] != '\r')
			length++;
		if (split(text, length, &line))
			on_line(robots, group, &line, stars);
		length += length < size;
		text += length;
		size -= length;
	}
}

struct robots *robots_parse(const char *text, size_t size, const char *agent)
{
	struct group first = {
		.agent = agent,
		.agent_length = token_length(agent, strlen(agent)),
	};
	struct group group = first;
	struct robots *robots = calloc(1, sizeof *robots);

	if (robots == NULL)
		return NULL;
	if (size > ROBOTS_BYTES)
		size = ROBOTS_BYTES;
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		size -= 3;
	}
	read_groups(robots, &group, text, size, 0);
	if (!group.named) {
		group = first;
		read_groups(robots, &group, text, size, 1);
	}
	if (!robots->failed)
		return robots;
	robots_free(robots);
	return NULL;
}

int robots_allow(const struct robots *robots, const char *target)
{
	const struct rule *best = NULL;
	size_t length = strlen(target);
	char *spelt;

	/* This file itself may always be fetched. */
	if (robots->rules == NULL || strcmp(target, "/robots.txt") == 0)
		return 1;
	spelt = malloc(length + 1);
	if (spelt == NULL)
		return 0;
	spell(spelt, target, length);
	for (const struct rule *r = robots->rules; r != NULL; r = r->next) {
		if (best != NULL && (r->length < best->length ||
				     (r->length == best->length && !r->allow)))
			continue;
		if (matches(r->pattern, spelt))
			best = r;
	}
	free(spelt);
	return best == NULL || best->allow;
}

void robots_free(struct robots *robots)
{
	if (robots == NULL)
		return;
	while (robots->rules != NULL) {
		struct rule *rule = robots->rules;

		robots->rules = rule->next;
		free(rule);
	}
	free(robots);
}
