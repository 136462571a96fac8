/* SPDX-License-Identifier: MIT */
/*
 * Entries: small files in memory, as complete answers.
 *
 * The head and the body of the usual answer lie in one piece, so that one send
 * is all it takes. An entry is counted: who sends from it holds a reference,
 * and may park meanwhile, because only the date in its head ever changes.
 */
#ifndef HTTPD_ENTRY_H
#define HTTPD_ENTRY_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include "request.h"
#include "validator.h"

/* A file that an entry was made of, and how it looked then. */
struct source {
	char *name;		/* relative to the root; NULL: there is none */
	struct stat stat;
};

/* A head, in which the date is kept up. */
struct head {
	char *data;
	size_t size;
	size_t date;		/* where the date stands in it */
};

struct entry {
	struct entry *next;		/* in its bucket of the cache */
	struct entry *newer, *older;	/* in the order of their last use */
	uint32_t hash;
	unsigned references;
	struct text path;		/* as it stands in requests */
	int varies;			/* there are two, for `wants_gzip` */
	int wants_gzip;
	time_t dated;			/* the date in the heads */
	time_t made, checked;		/* when it was like its files */
	struct source file, packed;	/* `packed`: the .gz beside it */
	struct validator validator;
	struct head head;		/* of the 200; the body is behind it */
	struct head known;		/* of the 304 */
	size_t body_size;
	size_t room;			/* all that it takes */
	char memory[];
};

/* What an entry is to be made of. Texts are copied. */
struct entry_plan {
	struct text path;
	const char *name;
	const struct stat *stat;
	const char *packed_name;	/* NULL: none */
	const struct stat *packed_stat;
	const char *type;
	const char *encoding;		/* of the body, or NULL */
	const char *field;		/* see site.h */
	int varies, wants_gzip;
	size_t body_size;
};

/*
 * Make an entry with one reference, its body still to be filled in, at
 * entry_body(). Returns NULL if there is no memory.
 */
struct entry *entry_new(const struct entry_plan *plan, time_t now);

void entry_retain(struct entry *entry);

/* Drop a reference; the last one frees it. */
void entry_release(struct entry *entry);

/* Where its body is. */
char *entry_body(const struct entry *entry);

/* Bring the date in its heads up to `now`. */
void entry_date(struct entry *entry, time_t now);

/*
 * Are its files under `root` still what they were? The names are walked anew,
 * as for a client: whatever happened on the way to them counts.
 */
int entry_is_fresh(const struct entry *entry, int root);

#endif
