/* SPDX-License-Identifier: MIT */
/*
 * The file is read before the first request, while nobody minds that the hub
 * waits for it.
 */
#include "start.h"
#include "url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A URL that the user gave: its host may be visited, and it is queued. */
static int add_start(struct crawl *crawl, const char *text)
{
	char *url = url_from_user(text);

	if (url == NULL) {
		fprintf(stderr, "crawler: \"%s\" is no web address\n", text);
		return -1;
	}
	int failed = hosts_add(&crawl->hosts, url) ||
		     frontier_add(&crawl->frontier, url, NULL, 0, 1);
	free(url);
	if (failed)
		perror("crawler");
	return failed ? -1 : 0;
}

/* One a line; empty lines and those that begin with # are none. */
static int add_lines(struct crawl *crawl, FILE *file)
{
	static const char space[] = " \t\r\n";
	char *line = NULL;
	size_t room = 0;
	int failed = 0;

	while (!failed && getline(&line, &room, file) >= 0) {
		char *text = line + strspn(line, space);

		text[strcspn(text, space)] = '\0';
		if (*text != '\0' && *text != '#')
			failed = add_start(crawl, text);
	}
	if (ferror(file)) {
		perror("crawler");
		failed = -1;
	}
	free(line);
	return failed;
}

static int add_file(struct crawl *crawl, const char *path)
{
	int is_standard = strcmp(path, "-") == 0;
	FILE *file = is_standard ? stdin : fopen(path, "r");

	if (file == NULL) {
		fprintf(stderr, "crawler: %s: %s\n", path, strerror(errno));
		return -1;
	}
	int failed = add_lines(crawl, file);
	if (!is_standard)
		fclose(file);
	return failed;
}

int start_urls(struct crawl *crawl)
{
	const struct options *options = crawl->options;

	for (char **url = options->urls; *url != NULL; url++)
		if (add_start(crawl, *url))
			return -1;
	return options->input == NULL ? 0 : add_file(crawl, options->input);
}
