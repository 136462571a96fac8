/* SPDX-License-Identifier: MIT */
/*
 * Small files: read, packed if the client wants that, kept and sent.
 */
#ifndef HTTPD_SMALL_H
#define HTTPD_SMALL_H

#include "find.h"
#include "request.h"

/* Files of these sizes are packed in memory; the others need a .gz beside. */
#define PACK_MIN 256
#define PACK_MAX (128 * 1024)

/*
 * How a file is sent to a client: as it is, or packed. `packed` has a
 * descriptor if it is a file of its own.
 */
struct form {
	int varies;		/* another client may get another form */
	int wants_gzip;
	int has_packed;		/* in `packed` */
	struct found packed;
};

/*
 * Answer with the whole of `file` if it, or its packed form, is small enough.
 * `now` is not later than when the file was looked at. Returns 1 if it is not
 * small, or 0, or -1 if the client is lost.
 */
int small_send(struct client *client, const struct request *request,
	       const struct found *file, const struct form *form, time_t now);

#endif
