/* SPDX-License-Identifier: MIT */
/*
 * Entries. All that belongs to one lies in one piece of memory: the struct,
 * the head and the body of its answer, the head of the 304, and the names.
 *
 * That a file has not changed is told by its number, size and times. A file
 * that is written twice within the grain of the kernel's clock looks the same,
 * so an entry that was made right after the last change is not believed.
 */
#include "entry.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "reply.h"
#include "root.h"

#define HEAD_ROOM 1024
#define DATE "\r\nDate: "

/* The grain of the clocks of file systems, generously: FAT has 2 s. */
#define GRAIN 2

static struct reply reply_of(const struct entry_plan *plan,
			     const struct validator *validator, int status)
{
	struct reply reply = {
		.status = status,
		.keep_alive = 1,
		.validator = validator,
		.varies = plan->varies,
		.field = plan->field,
	};

	if (status == 304)
		return reply;
	reply.type = plan->type;
	reply.encoding = plan->encoding;
	reply.has_length = 1;
	reply.length = plan->body_size;
	return reply;
}

/* Write a head to `text`. Its size is 0 if it does not fit. */
static struct head make_head(const struct reply *reply, time_t now, char *text)
{
	struct head head = {text, 0, 0};

	head.size = reply_head(reply, now, text, HEAD_ROOM);
	if (head.size > 0)
		head.date = (size_t)(strstr(text, DATE) - text) +
			    sizeof DATE - 1;
	return head;
}

/* Copy `size` bytes to `*at` with a zero behind them, and move on. */
static char *put(char **at, const char *data, size_t size)
{
	char *here = *at;

	memcpy(here, data, size);
	here[size] = '\0';
	*at += size + 1;
	return here;
}

static void put_source(char **at, struct source *source, const char *name,
		       const struct stat *stat)
{
	source->name = name != NULL ? put(at, name, strlen(name)) : NULL;
	if (name != NULL)
		source->stat = *stat;
}

static size_t length(const char *name)
{
	return name != NULL ? strlen(name) + 1 : 0;
}

struct entry *entry_new(const struct entry_plan *plan, time_t now)
{
	char head_text[HEAD_ROOM], known_text[HEAD_ROOM];
	struct validator validator;

	validator_make(&validator, plan->stat);
	if (plan->encoding != NULL)
		validator_mark(&validator);
	struct reply whole = reply_of(plan, &validator, 200);
	struct reply nothing = reply_of(plan, &validator, 304);
	struct head head = make_head(&whole, now, head_text);
	struct head known = make_head(&nothing, now, known_text);
	if (head.size == 0 || known.size == 0)
		return NULL;
	size_t room = sizeof(struct entry) + head.size + plan->body_size +
		      known.size + plan->path.size + 2 + length(plan->name) +
		      length(plan->packed_name);
	struct entry *entry = calloc(1, room);
	if (entry == NULL)
		return NULL;

	char *at = entry->memory + head.size + plan->body_size;
	memcpy(entry->memory, head.data, head.size);
	head.data = entry->memory;
	known.data = put(&at, known.data, known.size);
	entry->path.data = put(&at, plan->path.data, plan->path.size);
	entry->path.size = plan->path.size;
	put_source(&at, &entry->file, plan->name, plan->stat);
	put_source(&at, &entry->packed, plan->packed_name, plan->packed_stat);
	entry->head = head;
	entry->known = known;
	entry->references = 1;
	entry->varies = plan->varies;
	entry->wants_gzip = plan->wants_gzip;
	entry->dated = entry->made = entry->checked = now;
	entry->validator = validator;
	entry->body_size = plan->body_size;
	entry->room = room;
	return entry;
}

void entry_retain(struct entry *entry)
{
	entry->references++;
}

void entry_release(struct entry *entry)
{
	if (--entry->references == 0)
		free(entry);
}

char *entry_body(const struct entry *entry)
{
	return entry->head.data + entry->head.size;
}

void entry_date(struct entry *entry, time_t now)
{
	const char *date = reply_date(now);

	memcpy(entry->head.data + entry->head.date, date, HTTP_DATE_SIZE - 1);
	memcpy(entry->known.data + entry->known.date, date,
	       HTTP_DATE_SIZE - 1);
	entry->dated = now;
}

static int is_same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static int is_same(const struct source *source, time_t made, int root)
{
	const struct stat *old = &source->stat;
	struct stat new;

	if (source->name == NULL)
		return 1;
	if (made - old->st_mtim.tv_sec < GRAIN ||
	    made - old->st_ctim.tv_sec < GRAIN)
		return 0;
	int fd = root_file(root, source->name);
	if (fd < 0)
		return 0;
	int result = fstat(fd, &new);
	close(fd);
	return result == 0 && new.st_dev == old->st_dev &&
	       new.st_ino == old->st_ino && new.st_size == old->st_size &&
	       is_same_time(new.st_mtim, old->st_mtim) &&
	       is_same_time(new.st_ctim, old->st_ctim);
}

int entry_is_fresh(const struct entry *entry, int root)
{
	return is_same(&entry->file, entry->made, root) &&
	       is_same(&entry->packed, entry->made, root);
}
