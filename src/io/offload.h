/* SPDX-License-Identifier: MIT */
/* Jobs for the worker threads: offload and look-ups are made of them. */
#ifndef CRESS_IO_OFFLOAD_H
#define CRESS_IO_OFFLOAD_H

#include "wait/wait.h"

enum cress_job_state {
	CRESS_JOB_WAITING,	/* for a worker */
	CRESS_JOB_RUNNING,
	CRESS_JOB_DONE,
	CRESS_JOB_LOST		/* this is a child of fork(), without workers */
};

/*
 * A job. The submitter fills in the first group. `abandon`, if not NULL, makes
 * the job one that may outlive its submitter: when the wait for it is
 * interrupted, `abandon` is called once nobody needs it any more, in whatever
 * thread; it frees the job.
 */
struct cress_job {
	void (*run)(struct cress_job *job);
	void (*abandon)(struct cress_job *job);
	const char *what;	/* for reports */
	int keeps;		/* once it runs it succeeds, cancelled or not */

	struct cress_waiter waiter;
	struct cress_hub *hub;	/* NULL: abandoned */
	struct cress_job *next;
	enum cress_job_state state;
	int error;		/* of an interruption that had to wait */
};

/*
 * Have `job` run by a worker, and park until it is done. Returns 0, or -1 with
 * errno: EAGAIN no worker, ENOMEM, or the interruption; then an abandonable job
 * belongs to the pool.
 */
int cress_job_run(struct cress_job *job);

#endif
