/* SPDX-License-Identifier: MIT */
/*
 * What the measured programs share. Each is started by the driver with a bench
 * and a case as arguments, on a processor chosen by it, and then obeys one
 * protocol: it prints "ready" when it is set up, and for every line that it
 * reads from standard input it measures one slice and prints one number; at
 * end of file it ends. Between slices it blocks in read(2), the whole process,
 * so that nothing of it runs while the others are measured.
 *
 * Costs are processor time of the process. Before every slice the sticky
 * floating-point flags are cleared, because loading dirty ones is slow and
 * would measure whoever computed last.
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Do about `n` operations, and return how many were really done. */
typedef long bench_slice(long n);

/* Measure once, in the unit of the row. */
typedef double bench_figure(void);

/* How many coroutines the benches memory and sleep use. */
#define BENCH_PARKED 1000000
#define BENCH_SLEEPERS 100000

/* Answer the driver with nanoseconds for each operation, until end of file. */
int bench_time(bench_slice *slice);

/* Answer the driver with what `figure` returns, until end of file. */
int bench_figures(bench_figure *figure);

/* Clear the sticky flags; call it also before contexts are made. */
void bench_clear_fp(void);

/* Processor time of this process, in seconds. */
double bench_cpu(void);

/* Resident memory and page tables of a process (0: this one), in bytes. */
double bench_resident(int pid);

/* How long sleeper `i` sleeps, in microseconds: 0 to 99,999, each once. */
unsigned bench_nap(long i);

/* Do the arguments ask for this bench? `name` NULL: for any case of it. */
int bench_is(char **argv, const char *bench, const char *name);

/* Say that the arguments are not known, and return the exit status. */
int bench_unknown(char **argv);

#ifdef __cplusplus
}
#endif

#endif
