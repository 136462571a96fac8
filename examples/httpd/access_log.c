/* SPDX-License-Identifier: MIT */
/*
 * The access log. Lines go into one buffer while the other is being written,
 * so nobody waits for the disk. If both are full, because the disk is slower
 * than the clients, lines are dropped and counted; the log says how many.
 */
#include "access_log.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cress.h>

#define BUFFER_SIZE (64 * 1024)

/* A field of a line takes so much at most, escapes included. */
#define FIELD_MAX 2048
#define LINE_MAX_SIZE (3 * FIELD_MAX + 256)

/* So long a line may stay in memory. */
#define FLUSH_SECONDS 1.0

/* Who reads the log may be as slow at the end before the rest is lost. */
#define FLUSH_LIMIT 5.0

struct access_log {
	int fd;
	cress_t *flusher;
	int is_asleep;
	cress_scope_t nap;		/* of the flusher, when it sleeps */
	uint64_t dropped;
	size_t size;			/* of what is in buffers[current] */
	int current;
	time_t last;			/* the second that `date` tells */
	char date[32];
	char buffers[2][BUFFER_SIZE];
};

/* Write what was collected. Only one at a time does it: it parks. */
static void flush(struct access_log *log)
{
	cress_scope_t shield;

	if (cress_scope_open(&shield, FLUSH_LIMIT) < 0)
		return;
	cress_scope_shield(&shield);
	while (log->size > 0) {
		const char *data = log->buffers[log->current];
		size_t size = log->size;

		log->current = !log->current;
		log->size = 0;
		if (cress_write_all(log->fd, data, size) != (ssize_t)size) {
			perror("httpd: access log");
			break;
		}
	}
	cress_scope_close(&shield);
	if (log->dropped > 0) {
		fprintf(stderr, "httpd: %" PRIu64 " lines of the access log "
				"were dropped\n", log->dropped);
		log->dropped = 0;
	}
}

/* Sleep, but wake when a buffer is half full; -1 if the log is closed. */
static int nap(struct access_log *log)
{
	if (cress_scope_open(&log->nap, FLUSH_SECONDS) < 0)
		return -1;
	log->is_asleep = 1;
	cress_sleep(INFINITY);
	log->is_asleep = 0;
	return cress_scope_close(&log->nap) != 0 ? 0 : -1;
}

static void *flush_often(void *arg)
{
	while (nap(arg) == 0)
		flush(arg);
	return NULL;
}

struct access_log *access_log_open(const char *name)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC;
	struct access_log *log = malloc(sizeof *log);

	if (log == NULL)
		return NULL;
	memset(log, 0, offsetof(struct access_log, buffers));
	log->last = -1;
	log->fd = strcmp(name, "-") == 0 ? STDOUT_FILENO
					 : open(name, flags, 0644);
	if (log->fd >= 0)
		log->flusher = cress_spawn(flush_often, log);
	if (log->flusher != NULL)
		return log;
	if (log->fd > STDOUT_FILENO)
		close(log->fd);
	free(log);
	return NULL;
}

void access_log_close(struct access_log *log)
{
	if (log == NULL)
		return;
	cress_kill(log->flusher, 0);
	cress_join(log->flusher, NULL);
	flush(log);
	if (log->fd > STDOUT_FILENO)
		close(log->fd);
	free(log);
}

static char *put(char *at, const char *data, size_t size)
{
	memcpy(at, data, size);
	return at + size;
}

/* Nothing that a client sends may look like another field, or another line. */
static char *put_field(char *at, struct text text)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *end = at + FIELD_MAX - 4;

	if (text.size == 0)
		*at++ = '-';
	for (size_t i = 0; i < text.size && at < end; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c >= ' ' && c != '"' && c != '\\' && c < 0x7f) {
			*at++ = (char)c;
			continue;
		}
		at = put(at, "\\x", 2);
		*at++ = digits[c >> 4];
		*at++ = digits[c & 15];
	}
	return at;
}

static char *put_number(char *at, uint64_t number)
{
	char digits[20];
	size_t size = 0;

	do
		digits[sizeof digits - ++size] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	return put(at, digits + sizeof digits - size, size);
}

static const char *date_now(struct access_log *log)
{
	time_t now = time(NULL);
	struct tm parts;

	if (now == log->last)
		return log->date;
	log->last = now;
	if (localtime_r(&now, &parts) == NULL ||
	    strftime(log->date, sizeof log->date, "%d/%b/%Y:%H:%M:%S %z",
		     &parts) == 0)
		strcpy(log->date, "-");
	return log->date;
}

static struct text header_of(const struct request *request, enum header header)
{
	return request != NULL ? request->headers[header]
			       : (struct text){NULL, 0};
}

void access_log_add(struct access_log *log, const struct client *client,
		    const char *peer, const struct request *request,
		    struct text line)
{
	const char *date = date_now(log);

	if (BUFFER_SIZE - log->size < LINE_MAX_SIZE) {
		log->dropped++;
		return;
	}
	char *start = log->buffers[log->current], *at = start + log->size;
	at = put(at, peer, strlen(peer));
	at = put(at, " - - [", 6);
	at = put(at, date, strlen(date));
	at = put(at, "] \"", 3);
	at = put_field(at, request != NULL ? request->line : line);
	at = put(at, "\" ", 2);
	at = put_number(at, (uint64_t)client->status);
	*at++ = ' ';
	at = put_number(at, client->sent > client->head
				    ? client->sent - client->head
				    : 0);
	at = put(at, " \"", 2);
	at = put_field(at, header_of(request, HEADER_REFERER));
	at = put(at, "\" \"", 3);
	at = put_field(at, header_of(request, HEADER_USER_AGENT));
	at = put(at, "\"\n", 2);
	log->size = (size_t)(at - start);
	/* The writer has memory and time of its own. */
	if (log->size > BUFFER_SIZE / 2 && log->is_asleep)
		cress_scope_cancel(&log->nap);
}
