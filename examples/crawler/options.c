/* SPDX-License-Identifier: MIT */
/*
 * The command line, read with getopt_long(). A number is taken only if all of
 * it can be read and it lies in its bounds.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"Usage: crawler [OPTION]... URL...\n"
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
	"  -l, --list FILE        write every page visited, one a line\n"
	"  -B, --broken FILE      write every broken link: the reason, the\n"
	"                         link and a page it is on, with tabs between\n"
	"  -h, --help             show this\n"
	"\n"
	"Exit status: 0 no broken links, 1 broken links, 2 not started,\n"
	"130 ended by Ctrl-C.\n";

static const struct option long_options[] = {
	{"concurrency", required_argument, NULL, 'c'},
	{"depth", required_argument, NULL, 'd'},
	{"pages", required_argument, NULL, 'n'},
	{"timeout", required_argument, NULL, 't'},
	{"max-bytes", required_argument, NULL, 'b'},
	{"redirects", required_argument, NULL, 'R'},
	{"any-host", no_argument, NULL, 'a'},
	{"resources", no_argument, NULL, 'r'},
	{"list", required_argument, NULL, 'l'},
	{"broken", required_argument, NULL, 'B'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

/* Read a count with an optional K, M or G. Returns 0, or -1. */
static int read_count(const char *text, unsigned long long least,
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

/* Also "inf" can be read: no limit. */
static int read_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	return end == text || *end != '\0' || !(*seconds > 0) ? -1 : 0;
}

/* Take one option with its argument. Returns 0, or -1 if it is no good. */
static int take(struct options *options, int option, const char *argument)
{
	unsigned long long count = 0;
	int failed = 0;

	switch (option) {
	case 'c':
		failed = read_count(argument, 1, 100000, &count);
		options->limits.concurrency = (unsigned)count;
		break;
	case 'd':
		failed = read_count(argument, 0, UINT_MAX - 1, &count);
		options->depth = (unsigned)count;
		break;
	case 'n':
		failed = read_count(argument, 1, SIZE_MAX, &count);
		options->pages = (size_t)count;
		break;
	case 't':
		failed = read_seconds(argument, &options->limits.seconds);
		break;
	case 'b':
		failed = read_count(argument, 1, LLONG_MAX, &count);
		options->limits.bytes = count;
		break;
	case 'R':
		failed = read_count(argument, 0, 1000, &count);
		options->redirects = (unsigned)count;
		break;
	case 'a':
		options->any_host = 1;
		break;
	case 'r':
		options->resources = 1;
		break;
	case 'l':
		options->list = argument;
		break;
	case 'B':
		options->broken = argument;
		break;
	default:
		failed = -1;
	}
	return failed;
}

int options_read(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){
		.limits = {.seconds = 10, .bytes = 16 << 20, .concurrency = 64},
		.depth = UINT_MAX,
		.redirects = 10,
	};
	while ((option = getopt_long(argc, argv, "c:d:n:t:b:R:arl:B:h",
				     long_options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			return STATUS_FINE;
		}
		if (take(options, option, optarg) == 0)
			continue;
		if (option != '?')
			fprintf(stderr, "crawler: -%c cannot be \"%s\"\n",
				option, optarg);
		fputs("Try \"crawler --help\".\n", stderr);
		return STATUS_USAGE;
	}
	options->urls = argv + optind;
	if (optind < argc)
		return -1;
	fputs(usage, stderr);
	return STATUS_USAGE;
}
