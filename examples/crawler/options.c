/* SPDX-License-Identifier: MIT */
/*
 * The command line, read with getopt_long(). A number is taken only if all of
 * it can be read and it lies in its bounds.
 */
#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: crawler [OPTION]... [URL]...\n"
	"Visit every page that can be reached from the URLs on their hosts,\n"
	"and report the broken links.\n"
	"\n"
	"  -c, --concurrency N    requests at the same time (64)\n"
	"  -d, --depth N          at most N steps from the URLs (no limit)\n"
	"  -n, --pages N          visit at most N pages (no limit)\n"
	"  -t, --timeout SECONDS  for a whole request (10)\n"
	"  -b, --max-bytes N      of one page; with K, M or G (16M)\n"
	"  -R, --redirects N      at most N in a row (10)\n"
	"  -a, --any-host         follow links to other hosts\n"
	"  -r, --resources        check images, scripts and <link>s, too\n"
	"  -i, --input FILE       start at the URLs of a file, too, one a\n"
	"                         line; - is standard input\n"
	"  -f, --fetch-only       look for no links: fetch the URLs given\n"
	"  -l, --list FILE        write every page visited, one a line\n"
	"  -B, --broken FILE      write every broken link: the reason, the\n"
	"                         link and a page it is on, with tabs between\n"
	"  -o, --output FILE      write a line of JSON for every link\n"
	"  -s NAME=VALUE          set one of the settings below\n"
	"  -S, --settings FILE    take settings from a file\n"
	"  -h, --help             show this\n"
	"\n"
	"The settings, each also as --NAME VALUE, mean what they mean to\n"
	"Scrapy; README.md says more. -c is for sites of one's own: so many\n"
	"requests may go to one host, too.\n";

static const char usage_end[] =
	"\n"
	"Exit status: 0 no broken links, 1 broken links, 2 not started,\n"
	"130 ended by Ctrl-C.\n";

/* The value that getopt_long() gives for the first setting. */
#define SETTINGS_FROM 1000

/* More coroutines than that would only wait for each other. */
#define REQUESTS_MAX 100000

static const struct option own_options[] = {
	{"concurrency", required_argument, NULL, 'c'},
	{"depth", required_argument, NULL, 'd'},
	{"pages", required_argument, NULL, 'n'},
	{"timeout", required_argument, NULL, 't'},
	{"max-bytes", required_argument, NULL, 'b'},
	{"redirects", required_argument, NULL, 'R'},
	{"any-host", no_argument, NULL, 'a'},
	{"resources", no_argument, NULL, 'r'},
	{"input", required_argument, NULL, 'i'},
	{"fetch-only", no_argument, NULL, 'f'},
	{"list", required_argument, NULL, 'l'},
	{"broken", required_argument, NULL, 'B'},
	{"output", required_argument, NULL, 'o'},
	{"settings", required_argument, NULL, 'S'},
	{"help", no_argument, NULL, 'h'},
};

#define OWN_OPTIONS (sizeof own_options / sizeof *own_options)

/* Room for ours, the settings, and the end. */
static struct option long_options[OWN_OPTIONS + 100];

/* Each setting is a long option, too. */
static void list_options(void)
{
	struct option *next = long_options + OWN_OPTIONS;

	memcpy(long_options, own_options, sizeof own_options);
	for (int i = 0; settings_name(i) != NULL; i++)
		*next++ = (struct option){settings_name(i), required_argument,
					  NULL, SETTINGS_FROM + i};
}

static void print_usage(FILE *file)
{
	fputs(usage, file);
	for (int i = 0; settings_name(i) != NULL; i++)
		fprintf(file, "  %s\n", settings_name(i));
	fputs(usage_end, file);
}

/* NAME=VALUE */
static int assign(struct settings *settings, char *text)
{
	char *value = strchr(text, '=');

	if (value == NULL)
		return -1;
	*value = '\0';
	int number = settings_find(text);
	*value++ = '=';
	return number < 0 ? -1 : settings_set(settings, number, value);
}

/* Also "inf" can be read: no limit. */
static int read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end == text || *end != '\0' || !(*seconds > 0) ? -1 : 0;
}

/* Take the name of a file. Returns -1 for an option that has none. */
static int take_file(struct options *options, int option, const char *name)
{
	switch (option) {
	case 'i':
		options->input = name;
		return 0;
	case 'l':
		options->list = name;
		return 0;
	case 'B':
		options->broken = name;
		return 0;
	case 'o':
		options->output = name;
		return 0;
	default:
		return -1;
	}
}

/* Take one option with its argument. Returns 0, or -1 if it is no good. */
static int take(struct options *options, int option, char *argument)
{
	struct settings *settings = &options->settings;
	unsigned long long count = 0;
	int failed = 0;

	if (option >= SETTINGS_FROM)
		return settings_set(settings, option - SETTINGS_FROM,
				    argument);
	switch (option) {
	case 'c':
		failed = settings_count(argument, 1, REQUESTS_MAX, &count);
		settings->concurrent_requests = (size_t)count;
		settings->concurrent_requests_per_domain = (size_t)count;
		break;
	case 'd':
		failed = settings_count(argument, 0, UINT_MAX - 1, &count);
		options->depth = (unsigned)count;
		break;
	case 'n':
		failed = settings_count(argument, 1, SIZE_MAX, &count);
		settings->closespider_pagecount = (size_t)count;
		break;
	case 't':
		failed = read_seconds(argument, &settings->download_timeout);
		break;
	case 'b':
		failed = settings_count(argument, 1, LLONG_MAX, &count);
		settings->download_maxsize = (size_t)count;
		break;
	case 'R':
		failed = settings_count(argument, 0, 1000, &count);
		settings->redirect_max_times = (size_t)count;
		break;
	case 'a':
		options->any_host = 1;
		break;
	case 'r':
		options->resources = 1;
		break;
	case 'f':
		options->fetch_only = 1;
		break;
	case 's':
		return assign(settings, argument);
	case 'S':
		return settings_load(settings, argument);
	default:
		failed = take_file(options, option, argument);
	}
	return failed;
}

/* What follows from all of them together. */
static int finish(struct options *options)
{
	struct settings *settings = &options->settings;

	if (settings->concurrent_requests < 1 ||
	    settings->concurrent_requests > REQUESTS_MAX) {
		fprintf(stderr, "crawler: concurrent_requests is 1 to %d\n",
			REQUESTS_MAX);
		return STATUS_USAGE;
	}
	/* Scrapy's 0 is no limit; that of --depth is the first pages only. */
	if (options->depth == UINT_MAX && settings->depth_limit > 0 &&
	    settings->depth_limit < UINT_MAX)
		options->depth = (unsigned)settings->depth_limit;
	options->pages = settings->closespider_pagecount;
	return -1;
}

/* An option was no good; getopt_long() says so itself for those unknown. */
static int complain(int option)
{
	if (option >= SETTINGS_FROM)
		fprintf(stderr, "crawler: --%s cannot be \"%s\"\n",
			settings_name(option - SETTINGS_FROM), optarg);
	else if (option != '?')
		fprintf(stderr, "crawler: -%c cannot be \"%s\"\n", option,
			optarg);
	fputs("Try \"crawler --help\".\n", stderr);
	return STATUS_USAGE;
}

int options_read(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){.depth = UINT_MAX};
	settings_init(&options->settings);
	list_options();
	while ((option = getopt_long(argc, argv, "c:d:n:t:b:R:ari:fl:B:o:s:S:h",
				     long_options, NULL)) != -1) {
		if (option == 'h') {
			print_usage(stdout);
			return STATUS_FINE;
		}
		if (take(options, option, optarg))
			return complain(option);
	}
	options->urls = argv + optind;
	if (optind < argc || options->input != NULL)
		return finish(options);
	print_usage(stderr);
	return STATUS_USAGE;
}
