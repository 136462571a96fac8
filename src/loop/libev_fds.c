/* SPDX-License-Identifier: MIT */
/*
 * The table of descriptors of the libev driver, by number.
 *
 * Each has one ev_io a direction, set up once and left running, so that a
 * request costs no epoll_ctl. When a number is forgotten its watchers are set
 * up anew, which makes libev register the new file even if it had the same
 * number in the same iteration; what still arrives for the old one libev
 * discards by its generation. `watching` says what is started, whatever loop
 * there is.
 *
 * The kernel is told of a change when libev next polls, and the program may
 * close a number unseen before. So whatever changed is checked just then.
 */
#include "loop/libev.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/memory.h"

#define CHUNK CRESS_LIBEV_CHUNK
#define CHUNK_BYTES (CHUNK * sizeof(struct cress_slot))

static void init_watchers(struct cress_slot *slot)
{
	int fd = slot->fd.fd;

	ev_io_init(&slot->io[CRESS_READ], cress_libev_on_readable, fd, EV_READ);
	ev_io_init(&slot->io[CRESS_WRITE], cress_libev_on_writable, fd,
		   EV_WRITE);
}

/* Make the table reach the chunk. 0, or -1 with errno ENOMEM. */
static int grow_table(struct cress_libev *libev, size_t chunk)
{
	size_t count = libev->chunk_count * 2;
	struct cress_slot **chunks;

	if (chunk < libev->chunk_count)
		return 0;
	if (count <= chunk)
		count = chunk + 8;
	chunks = cress_alloc(count * sizeof(*chunks));
	if (chunks == NULL)
		return -1;
	if (libev->chunk_count != 0)
		memcpy(chunks, libev->chunks,
		       libev->chunk_count * sizeof *chunks);
	cress_free(libev->chunks);
	libev->chunks = chunks;
	libev->chunk_count = count;
	return 0;
}

static struct cress_slot *make_chunk(struct cress_hub *hub, size_t chunk)
{
	struct cress_libev *libev = hub->loop;
	struct cress_slot *slots;

	if (grow_table(libev, chunk) != 0)
		return NULL;
	slots = cress_map(CHUNK_BYTES);
	if (slots == NULL)
		return NULL;
	for (size_t i = 0; i < CHUNK; i++) {
		slots[i].fd.fd = (int)(chunk * CHUNK + i);
		slots[i].io[0].data = slots[i].io[1].data = hub;
		init_watchers(&slots[i]);
	}
	libev->chunks[chunk] = slots;
	return slots;
}

struct cress_fd *cress_libev_fd(struct cress_hub *hub, int fd)
{
	struct cress_libev *libev = hub->loop;
	size_t chunk = (size_t)fd / CHUNK;
	struct cress_slot *slots;

	if (fd < 0) {
		errno = EBADF;
		return NULL;
	}
	if (likely(chunk < libev->chunk_count &&
		   libev->chunks[chunk] != NULL))
		slots = libev->chunks[chunk];
	/* A number far out of range must not cost a table that reaches it. */
	else if (fcntl(fd, F_GETFD) < 0 ||
		 (slots = make_chunk(hub, chunk)) == NULL)
		return NULL;
	return &slots[(size_t)fd % CHUNK].fd;
}

struct cress_fd *cress_libev_known_fd(struct cress_hub *hub, int fd)
{
	struct cress_libev *libev = hub->loop;
	size_t chunk = (size_t)fd / CHUNK;

	if (fd < 0 || chunk >= libev->chunk_count ||
	    libev->chunks[chunk] == NULL)
		return NULL;
	return &libev->chunks[chunk][(size_t)fd % CHUNK].fd;
}

static void note_change(struct cress_hub *hub, struct cress_slot *slot)
{
	struct cress_libev *libev = hub->loop;

	hub->unsettled = 1;
	if (slot->changed)
		return;
	slot->changed = 1;
	slot->next_changed = libev->changed;
	libev->changed = slot;
}

static int is_watched(const struct cress_slot *slot)
{
	return slot->fd.watching[0] | slot->fd.watching[1];
}

static int check(struct cress_hub *hub, struct cress_slot *slot)
{
	if (!is_watched(slot) || fcntl(slot->fd.fd, F_GETFD) >= 0)
		return 0;
	hub->fd_failed(hub, &slot->fd);
	return 1;
}

int cress_libev_check_changed(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	struct cress_slot *slot;
	int lost = 0;

	while ((slot = libev->changed) != NULL) {
		libev->changed = slot->next_changed;
		slot->changed = 0;
		lost |= check(hub, slot);
	}
	return lost;
}

int cress_libev_check_all(struct cress_hub *hub)
{
	struct cress_libev *libev = hub->loop;
	int lost = 0;

	for (size_t i = 0; i < libev->chunk_count * CHUNK; i++) {
		struct cress_slot *chunk = libev->chunks[i / CHUNK];

		if (chunk != NULL)
			lost |= check(hub, &chunk[i % CHUNK]);
	}
	return lost;
}

void cress_libev_watch(struct cress_hub *hub, struct cress_fd *fd,
		       enum cress_direction direction)
{
	struct cress_libev *libev = hub->loop;
	struct cress_slot *slot = (struct cress_slot *)fd;

	/* Started for another waiter, and perhaps for another file. */
	if (unlikely(fd->watching[direction]))
		cress_libev_stop_io(libev, &slot->io[direction]);
	fd->watching[direction] = 1;
	note_change(hub, slot);
	/* Unseen, a foreign number may mean another file than last time. */
	if (!fd->adopted)
		ev_io_set(&slot->io[direction], fd->fd,
			  direction == CRESS_READ ? EV_READ : EV_WRITE);
	cress_libev_start_io(libev, &slot->io[direction]);
}

void cress_libev_unwatch(struct cress_hub *hub, struct cress_fd *fd,
			 enum cress_direction direction)
{
	struct cress_libev *libev = hub->loop;
	struct cress_slot *slot = (struct cress_slot *)fd;

	if (!fd->watching[direction])
		return;
	fd->watching[direction] = 0;
	note_change(hub, slot);
	cress_libev_stop_io(libev, &slot->io[direction]);
}

void cress_libev_forget(struct cress_hub *hub, struct cress_fd *fd)
{
	cress_libev_unwatch(hub, fd, CRESS_READ);
	cress_libev_unwatch(hub, fd, CRESS_WRITE);
	init_watchers((struct cress_slot *)fd);
}

void cress_libev_each_io(struct cress_libev *libev,
			 void (*fn)(struct cress_libev *libev, ev_io *io))
{
	for (size_t i = 0; i < libev->chunk_count * CHUNK; i++) {
		struct cress_slot *chunk = libev->chunks[i / CHUNK];

		for (int way = 0; chunk != NULL && way < 2; way++)
			if (chunk[i % CHUNK].fd.watching[way])
				fn(libev, &chunk[i % CHUNK].io[way]);
	}
	if (libev->notice_wanted)
		fn(libev, &libev->noticed);
}

void cress_libev_free_fds(struct cress_libev *libev)
{
	for (size_t i = 0; i < libev->chunk_count; i++)
		if (libev->chunks[i] != NULL)
			cress_unmap(libev->chunks[i], CHUNK_BYTES);
	cress_free(libev->chunks);
}
