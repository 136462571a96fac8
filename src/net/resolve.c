/* SPDX-License-Identifier: MIT */
/*
 * Names, by getaddrinfo() in a worker thread. The job has copies of all that it
 * reads, so that whoever asked may leave before the answer.
 */
#include <cress/net.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "core/memory.h"
#include "io/offload.h"
#include "io/syscalls.h"

struct lookup {
	struct cress_job job;
	char *node, *service;
	struct addrinfo hints;
	int has_hints;
	struct addrinfo *result;
	int code;
	int error;		/* errno, with EAI_SYSTEM */
};

static void run_lookup(struct cress_job *job)
{
	struct lookup *lookup = (struct lookup *)job;

	lookup->code = getaddrinfo(lookup->node, lookup->service,
				   lookup->has_hints ? &lookup->hints : NULL,
				   &lookup->result);
	lookup->error = errno;
}

static void free_lookup(struct cress_job *job)
{
	struct lookup *lookup = (struct lookup *)job;

	if (lookup->result != NULL)
		freeaddrinfo(lookup->result);
	cress_free(lookup->node);
	cress_free(lookup->service);
	cress_free(lookup);
}

/* NULL if there is no memory. */
static struct lookup *make_lookup(const char *node, const char *service,
				  const struct addrinfo *hints)
{
	struct lookup *lookup = cress_alloc(sizeof *lookup);

	if (lookup == NULL)
		return NULL;
	lookup->job.run = run_lookup;
	lookup->job.abandon = free_lookup;
	lookup->job.what = "a name";
	if (node != NULL)
		lookup->node = cress_strdup(node);
	if (service != NULL)
		lookup->service = cress_strdup(service);
	if (hints != NULL) {
		lookup->hints.ai_flags = hints->ai_flags;
		lookup->hints.ai_family = hints->ai_family;
		lookup->hints.ai_socktype = hints->ai_socktype;
		lookup->hints.ai_protocol = hints->ai_protocol;
		lookup->has_hints = 1;
	}
	if ((node != NULL && lookup->node == NULL) ||
	    (service != NULL && lookup->service == NULL)) {
		free_lookup(&lookup->job);
		return NULL;
	}
	return lookup;
}

int cress_getaddrinfo(const char *node, const char *service,
		      const struct addrinfo *hints, struct addrinfo **result)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	struct lookup *lookup;
	int code, error;

	if (calls->getaddrinfo != NULL)
		return calls->getaddrinfo(node, service, hints, result);
	lookup = make_lookup(node, service, hints);
	if (lookup == NULL)
		return EAI_MEMORY;
	if (cress_job_run(&lookup->job) != 0)
		return EAI_SYSTEM;
	code = lookup->code;
	error = lookup->error;
	if (lookup->job.error != 0) {
		code = EAI_SYSTEM;
		error = lookup->job.error;
	} else if (code == 0) {
		*result = lookup->result;
		lookup->result = NULL;
	}
	free_lookup(&lookup->job);
	if (code == EAI_SYSTEM)
		errno = error;
	return code;
}
