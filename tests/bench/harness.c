/* SPDX-License-Identifier: MIT */
/*
 * The measured programs' side of the driver's protocol, see harness.h. The
 * number of operations in a slice is found before the first one, such that a
 * slice is long against the clock and short against the mood of the machine.
 */
#include "harness.h"

#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Seconds of processor time that a slice shall take. */
#define SLICE 0.03

void bench_clear_fp(void)
{
	feclearexcept(FE_ALL_EXCEPT);
}

double bench_cpu(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double bench_resident(int pid)
{
	char path[64], line[256];
	long kib, sum = 0;

	snprintf(path, sizeof(path),
		 pid ? "/proc/%d/status" : "/proc/self/status", pid);
	FILE *status = fopen(path, "r");
	if (status == NULL) {
		perror(path);
		exit(1);
	}
	while (fgets(line, sizeof(line), status) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1 ||
		    sscanf(line, "VmPTE: %ld", &kib) == 1)
			sum += kib;
	fclose(status);
	return (double)sum * 1024;
}

unsigned bench_nap(long i)
{
	/* The factor is prime and no divisor: a permutation, well spread. */
	return (unsigned)(i * 7919 % BENCH_SLEEPERS);
}

int bench_is(char **argv, const char *bench, const char *name)
{
	if (argv[1] == NULL || argv[2] == NULL || strcmp(argv[1], bench) != 0)
		return 0;
	return name == NULL || strcmp(argv[2], name) == 0;
}

int bench_unknown(char **argv)
{
	fprintf(stderr, "%s: no such bench and case\n", argv[0]);
	return 2;
}

/* The driver's next line, read past stdio: nothing may be read ahead. */
static int asked(void)
{
	char byte;

	do {
		if (read(STDIN_FILENO, &byte, 1) != 1)
			return 0;
	} while (byte != '\n');
	return 1;
}

static void say(const char *line)
{
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		exit(1);
}

int bench_figures(bench_figure *figure)
{
	char line[64];

	say("ready\n");
	while (asked()) {
		bench_clear_fp();
		snprintf(line, sizeof(line), "%.6f\n", figure());
		say(line);
	}
	return 0;
}

static bench_slice *timed;
static long count;

static double seconds(long n, long *done)
{
	double start = bench_cpu();
	/* After the arithmetic on the clock, which makes a flag dirty. */
	bench_clear_fp();
	*done = timed(n);
	return bench_cpu() - start;
}

static double nanoseconds(void)
{
	long done;
	double cost = seconds(count, &done);

	return cost / (double)done * 1e9;
}

int bench_time(bench_slice *slice)
{
	long done;

	timed = slice;
	for (count = 1; seconds(count, &done) < SLICE; count *= 2)
		;
	return bench_figures(nanoseconds);
}
