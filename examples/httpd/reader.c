/* SPDX-License-Identifier: MIT */
/*
 * Reading requests. The unread bytes in an own buffer lie from `start` to
 * `end`: the request that is being read, and what was pipelined behind it. A
 * whole head stays in there until its answer is sent.
 *
 * Own buffers are given back when they are empty, and a few of them are kept,
 * so that in the long run nothing is allocated.
 */
#include "reader.h"

#include <stdlib.h>
#include <string.h>
#include <cress.h>

/* Room to read a body, piece by piece, behind the largest head. */
#define SCRATCH 4096

#define SPARES_MAX 64

struct own {
	struct own *next;	/* among the spare ones */
	struct request_parser *parser;
	size_t start, end;
	size_t parsed;		/* from start; of a finished one, its length */
	char in[REQUEST_HEAD_MAX + SCRATCH];
};

static char shared[REQUEST_HEAD_MAX];
static struct request_parser *shared_parser;
static struct own *spares;
static int spare_count;

int reader_open_shared(void)
{
	shared_parser = request_parser_new();
	return shared_parser == NULL ? -1 : 0;
}

static void own_free(struct own *own)
{
	request_parser_free(own->parser);
	free(own);
}

void reader_close_shared(void)
{
	while (spares != NULL) {
		struct own *own = spares;

		spares = own->next;
		own_free(own);
	}
	spare_count = 0;
	request_parser_free(shared_parser);
}

static struct own *own_take(void)
{
	struct own *own = spares;

	if (own != NULL) {
		spares = own->next;
		spare_count--;
	} else {
		own = malloc(sizeof *own);
		struct request_parser *parser = request_parser_new();
		if (own == NULL || parser == NULL) {
			request_parser_free(parser);
			free(own);
			return NULL;
		}
		own->parser = parser;
	}
	own->start = own->end = own->parsed = 0;
	return own;
}

void reader_close(struct reader *reader)
{
	struct own *own = reader->own;

	reader->own = NULL;
	if (own == NULL)
		return;
	if (spare_count == SPARES_MAX) {
		own_free(own);
		return;
	}
	own->next = spares;
	spares = own;
	spare_count++;
}

/* Read at most `room` bytes behind `end`. Returns as recv does. */
static ssize_t receive(struct reader *reader, size_t room)
{
	struct own *own = reader->own;
	ssize_t got = cress_recv(reader->fd, own->in + own->end, room, 0);

	if (got > 0) {
		own->end += (size_t)got;
		reader->has_begun = 1;
	}
	return got;
}

/*
 * Make room behind what is unread: it moves to the front. There it is shorter
 * than REQUEST_HEAD_MAX as long as its head is not complete, and was read in
 * pieces of SCRATCH afterwards: so there is always room for the next piece.
 */
static void compact(struct own *own)
{
	memmove(own->in, own->in + own->start, own->end - own->start);
	own->end -= own->start;
	own->start = 0;
}

static int parse_own(struct own *own, struct request *request)
{
	return request_parse(own->parser, own->in + own->start,
			     own->end - own->start, &own->parsed, request);
}

/* Read on until the request in the own buffer is complete. */
static int read_own(struct reader *reader, struct request *request)
{
	struct own *own = reader->own;
	size_t head = 0, room;

	for (;;) {
		int status = 0;

		if (own->end > own->start + own->parsed)
			status = parse_own(own, request);
		if (status != 0)
			return status;
		compact(own);
		room = REQUEST_HEAD_MAX - own->end;
		/* The head stays, the pieces of a body overwrite each other. */
		if (request_is_in_body(own->parser)) {
			head = head != 0 ? head : own->parsed;
			own->parsed = own->end = head;
			room = SCRATCH;
		}
		if (receive(reader, room) <= 0)
			return 0;
	}
}

/* Give `size` bytes of the shared buffer an own one. */
static int move_to_own(struct reader *reader, size_t size)
{
	struct own *own = own_take();

	if (own == NULL)
		return -1;
	memcpy(own->in, shared, size);
	own->end = size;
	request_parser_reset(own->parser);
	reader->own = own;
	reader->seen = (struct text){NULL, 0};
	return 0;
}

static int read_shared(struct reader *reader, struct request *request)
{
	ssize_t got = cress_recv(reader->fd, shared, sizeof shared, 0);
	size_t parsed = 0;

	if (got <= 0)
		return 0;
	reader->has_begun = 1;
	reader->seen = (struct text){shared, (size_t)got};
	request_parser_reset(shared_parser);
	int status = request_parse(shared_parser, shared, (size_t)got, &parsed,
				   request);
	if (status == 200 && parsed == (size_t)got)
		return 200;
	/* Unfinished, refused, or not alone. */
	if (move_to_own(reader, (size_t)got) < 0)
		return 503;
	return read_own(reader, request);
}

int reader_next(struct reader *reader, struct request *request)
{
	struct own *own = reader->own;

	reader->has_begun = 0;
	reader->seen = (struct text){NULL, 0};
	if (own == NULL)
		return read_shared(reader, request);
	own->start += own->parsed;
	own->parsed = 0;
	if (own->start == own->end) {
		reader_close(reader);
		return read_shared(reader, request);
	}
	reader->has_begun = 1;
	request_parser_reset(own->parser);
	return read_own(reader, request);
}

int reader_is_shared(const struct reader *reader)
{
	return reader->own == NULL;
}

int reader_keep(struct reader *reader, struct request *request)
{
	if (reader->own != NULL)
		return 0;
	if (move_to_own(reader, reader->seen.size) < 0)
		return -1;
	/* It was complete, and is so again: only its text has moved. */
	int keep_alive = request->keep_alive;
	if (parse_own(reader->own, request) != 200)
		return -1;
	request->keep_alive = keep_alive;
	return 0;
}

struct text reader_line(const struct reader *reader)
{
	const struct own *own = reader->own;
	struct text line = reader->seen;
	size_t size = 0;

	if (own != NULL)
		line = (struct text){own->in + own->start,
				     own->end - own->start};
	while (size < line.size && line.data[size] != '\r' &&
	       line.data[size] != '\n')
		size++;
	line.size = size;
	return line;
}

long reader_drain(struct reader *reader)
{
	return cress_recv(reader->fd, shared, sizeof shared, 0);
}
