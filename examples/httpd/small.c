/* SPDX-License-Identifier: MIT */
/*
 * Small files become entries of the cache, and are sent from there, even the
 * first time. Packing is left to a worker, since it computes for milliseconds.
 * Only a few are packed at a time: a crowd that asks for the same file before
 * it is kept gets it as it is, which every client can read.
 */
#include "small.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cress.h>
#include "cache.h"
#include "gzip.h"
#include "mime.h"
#include "stored.h"

#define PACKING_MAX 4

/* A body in memory. */
struct body {
	char *data;
	size_t size;
	int is_packed;
};

/* What a worker is to pack, and where to. */
struct packing {
	const char *in;
	size_t size;
	char *out;
	size_t room;
};

static void *pack_in_worker(void *arg)
{
	struct packing *packing = arg;

	return (void *)gzip_compress(packing->in, packing->size, packing->out,
				     packing->room);
}

/* Replace a body by its packed form, if that is smaller and can be made. */
static void pack(struct body *body)
{
	static int under_way;
	char *out = under_way < PACKING_MAX ? malloc(body->size) : NULL;
	struct packing packing = {body->data, body->size, out, body->size - 1};
	void *made = NULL;

	if (out == NULL)
		return;
	under_way++;
	int result = cress_offload(pack_in_worker, &packing, &made);
	under_way--;
	if (result < 0 || made == NULL) {
		free(out);
		return;
	}
	free(body->data);
	body->data = out;
	body->size = (size_t)made;
	body->is_packed = 1;
}

static int read_body(int fd, size_t size, struct body *body)
{
	body->size = size;
	body->is_packed = 0;
	body->data = malloc(size > 0 ? size : 1);
	if (body->data == NULL)
		return -1;
	/* A file that has become shorter meanwhile is not sent. */
	if (size == 0 ||
	    cress_read_full(fd, body->data, size) == (ssize_t)size)
		return 0;
	free(body->data);
	return -1;
}

static int send_body(struct client *client, const struct request *request,
		     const struct found *file, const struct form *form,
		     const struct body *body, time_t now)
{
	const struct found *packed = form->has_packed ? &form->packed : NULL;
	struct entry_plan plan = {
		.path = request->path,
		.name = file->name,
		.stat = &file->stat,
		.packed_name = packed != NULL ? packed->name : NULL,
		.packed_stat = packed != NULL ? &packed->stat : NULL,
		.type = mime_type(file->name),
		.encoding = body->is_packed ? "gzip" : NULL,
		.field = client->site->field,
		.varies = form->varies,
		.wants_gzip = form->wants_gzip,
		.body_size = body->size,
	};
	struct entry *entry = entry_new(&plan, now);

	if (entry == NULL)
		return -1;
	memcpy(entry_body(entry), body->data, body->size);
	/* What was asked for packed, and could not be just now, may be later */
	if (body->size <= CACHE_BODY_MAX &&
	    (!form->wants_gzip || !form->varies || body->is_packed ||
	     body->size < PACK_MIN))
		cache_keep(client->site->cache, entry);
	int result = stored_send(client, request, entry);
	entry_release(entry);
	return result;
}

static int may_pack(const struct form *form, size_t size)
{
	return form->varies && form->wants_gzip && !form->has_packed &&
	       gzip_is_there() && size >= PACK_MIN && size <= PACK_MAX;
}

int small_send(struct client *client, const struct request *request,
	       const struct found *file, const struct form *form, time_t now)
{
	const struct found *from = form->has_packed ? &form->packed : file;
	size_t size = (size_t)from->stat.st_size;
	int packs = may_pack(form, size);
	struct body body;

	if (from->stat.st_size > CACHE_BODY_MAX && !packs)
		return 1;
	if (read_body(from->fd, size, &body) < 0)
		return -1;
	if (form->has_packed)
		body.is_packed = 1;
	else if (packs)
		pack(&body);
	int result = send_body(client, request, file, form, &body, now);
	free(body.data);
	return result;
}
