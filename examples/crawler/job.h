/* SPDX-License-Identifier: MIT */
/*
 * The job: a crawl that is written down in a file, and goes on from it.
 */
#ifndef CRAWLER_JOB_H
#define CRAWLER_JOB_H

#include "crawl.h"

/*
 * Open the file that the settings name, if they do, and take up the crawl that
 * is in it. Returns 0, or -1: what is wrong was said.
 */
int job_open(struct crawl *crawl);

/*
 * Write what is left, and close the file. Parks. Returns 0, or -1 if something
 * could not be written.
 */
int job_close(struct crawl *crawl);

#endif
