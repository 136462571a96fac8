/* SPDX-License-Identifier: MIT */
/*
 * The picks of a simulation.
 *
 * `ready` holds, in the order of the hub's ring, what is known of each entry;
 * the ring only ever grows at its end and loses what was picked, so whatever is
 * in it beyond `ready_count` has come since the last pick. An entry that was
 * woken by an object is never picked before an earlier one of that object.
 *
 * By priority means probabilistic concurrency testing: the ready coroutine of
 * the highest priority goes on, and at a few random choices the one that would
 * falls below all others. A fault that takes d steps in a certain order needs
 * d - 1 such changes at the right places, which is likelier than the same luck
 * at each choice. Who only yields falls too, or it could spin for ever.
 */
#include "debug/schedule.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/coroutine.h"
#include "core/memory.h"

/* So many of those that are ready are chosen from, to bound the work. */
#define WINDOW 256

/* Who yields so often while others are ready only waits for one of them. */
#define SPIN 16

#define FIRST_ACTORS 32

uint64_t cress_schedule_seed(uint64_t seed, uint64_t purpose)
{
	uint64_t x = seed + purpose * 0x9e3779b97f4a7c15ull;

	if (seed == 0)
		return 0;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return x == 0 ? 1 : x;
}

/* xorshift64*, with the bound multiplied in instead of divided by. */
uint64_t cress_schedule_draw(uint64_t *random, uint64_t bound)
{
	uint64_t x = *random;

	if (x == 0)
		return 0;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*random = x;
	x = (x * 0x2545f4914f6cdd1dull) >> 32;
	return bound <= UINT32_MAX ? (x * bound) >> 32 : x % bound;
}

static void lower(struct cress_schedule *schedule, uint32_t actor)
{
	schedule->actors[actor].priority = --schedule->lowest;
}

/* How long a run is, nobody knows before: all distances have a chance. */
static void next_change(struct cress_schedule *schedule)
{
	uint64_t *random = &schedule->random;
	uint64_t most = 2ull << cress_schedule_draw(random, 6);

	schedule->until_change = 1 + cress_schedule_draw(random, most);
}

static int more_actors(struct cress_schedule *schedule)
{
	uint32_t room = schedule->actor_room * 2;
	struct cress_actor *actors;

	if (schedule->actor_count < schedule->actor_room)
		return 0;
	actors = cress_alloc_array(room, sizeof *actors);
	if (actors == NULL)
		return -1;
	memcpy(actors, schedule->actors,
	       schedule->actor_count * sizeof *actors);
	cress_free(schedule->actors);
	schedule->actors = actors;
	schedule->actor_room = room;
	return 0;
}

static void learn_name(struct cress_actor *actor, const cress_t *c)
{
	const char *name = cress_label(c);
	size_t length = strnlen(name, sizeof actor->name - 1);

	memcpy(actor->name, name, length);
	actor->name[length] = '\0';
	actor->named = c->name;
}

static uint32_t new_actor(struct cress_schedule *schedule, const cress_t *c)
{
	uint32_t number = schedule->actor_count;
	struct cress_actor *actor;

	if (more_actors(schedule) != 0 ||
	    cress_table_put(&schedule->known, c, number + 1) != 0) {
		schedule->broken = 1;
		return 0;
	}
	schedule->actor_count++;
	actor = &schedule->actors[number];
	actor->about[0] = '\0';
	actor->kind = NULL;
	actor->left = CRESS_ACTIVE;
	actor->priority = (int64_t)cress_schedule_draw(&schedule->random,
						       INT32_MAX);
	learn_name(actor, c);
	return number + 1;
}

struct cress_actor *cress_schedule_actor(struct cress_schedule *schedule,
					 const cress_t *c)
{
	uint64_t number = cress_table_get(&schedule->known, c);
	struct cress_actor *actor;

	if (number == 0)
		number = new_actor(schedule, c);
	if (number == 0)
		return NULL;
	actor = &schedule->actors[number - 1];
	if (actor->named != c->name)
		learn_name(actor, c);
	return actor;
}

static struct cress_entry *front(const struct cress_schedule *schedule)
{
	return schedule->ready + schedule->ready_first;
}

/* Room for `count` entries, at the beginning of what there is or of more. */
static int more_ready(struct cress_schedule *schedule, size_t count)
{
	struct cress_entry *ready = schedule->ready;
	size_t room = schedule->ready_room;

	if (schedule->ready_first + count <= room)
		return 0;
	while (room < 2 * count)
		room *= 2;
	if (room != schedule->ready_room)
		ready = cress_alloc_array(room, sizeof *ready);
	if (ready == NULL)
		return -1;
	memmove(ready, front(schedule), schedule->ready_count * sizeof *ready);
	if (ready != schedule->ready)
		cress_free(schedule->ready);
	schedule->ready = ready;
	schedule->ready_room = room;
	schedule->ready_first = 0;
	return 0;
}

/* How did `c`, which has come into the ring, get there? */
static struct cress_entry entry_of(struct cress_schedule *schedule,
				   const cress_t *c)
{
	struct cress_entry entry = {.how = CRESS_STEP_SWITCHED};
	struct cress_actor *actor;

	/* A new coroutine may lie where an old one, not seen to end, did. */
	if (!(c->kind & CRESS_KIND_STARTED))
		cress_table_remove(&schedule->known, c);
	actor = cress_schedule_actor(schedule, c);
	if (actor == NULL)
		return entry;
	entry.actor = (uint32_t)(actor - schedule->actors);
	if (!(c->kind & CRESS_KIND_STARTED))
		entry.how = CRESS_STEP_STARTS;
	else if (actor->left == CRESS_QUEUED)
		entry.how = CRESS_STEP_YIELDED;
	else if (actor->left == CRESS_PARKED)
		entry.how = c->value == NULL ? CRESS_STEP_WOKEN
					     : CRESS_STEP_FAILS;
	if (entry.how == CRESS_STEP_WOKEN)
		entry.object = actor->object;
	return entry;
}

/* Get to know what has come into the ring since the last pick. */
static void catch_up(struct cress_schedule *schedule, struct cress_hub *hub,
		     size_t count)
{
	if (more_ready(schedule, count) != 0) {
		schedule->broken = 1;
		return;
	}
	for (size_t i = schedule->ready_count; i < count; i++)
		front(schedule)[i] = entry_of(
			schedule, hub->ring[(hub->head + i) & hub->mask]);
	schedule->ready_count = count;
}

static size_t highest(const struct cress_schedule *schedule, size_t count)
{
	const struct cress_entry *ready = front(schedule);
	size_t best = 0;

	for (size_t i = 1; i < count; i++)
		if (schedule->actors[ready[i].actor].priority >
		    schedule->actors[ready[best].actor].priority)
			best = i;
	return best;
}

static size_t choose(struct cress_schedule *schedule, size_t count)
{
	size_t best;

	if (count > WINDOW)
		count = WINDOW;
	if (count == 1 || schedule->random == 0)
		return 0;
	if (!schedule->by_priority)
		return cress_schedule_draw(&schedule->random, count);
	best = highest(schedule, count);
	if (schedule->changes == 0 || --schedule->until_change != 0)
		return best;
	schedule->changes--;
	next_change(schedule);
	lower(schedule, front(schedule)[best].actor);
	return highest(schedule, count);
}

/* The first that was woken by the object that woke entry `i`. */
static size_t first_in_turn(const struct cress_schedule *schedule, size_t i)
{
	const struct cress_entry *ready = front(schedule);
	const void *object = ready[i].object;
	size_t first = 0;

	if (object == NULL)
		return i;
	while (ready[first].object != object)
		first++;
	return first;
}

static void record(struct cress_schedule *schedule, size_t i, const cress_t *c)
{
	const struct cress_entry *entry = &front(schedule)[i];
	struct cress_actor *actor = &schedule->actors[entry->actor];
	uint64_t place = schedule->decisions % schedule->step_room;
	struct cress_step *step = &schedule->steps[place];
	struct cress_step tail;
	uint64_t now;

	schedule->turns++;
	if (schedule->over)
		step = &tail;
	else
		schedule->decisions++;

	step->now = schedule->virtual.now;
	step->ready = schedule->ready_count;
	step->actor = entry->actor;
	step->how = entry->how;
	step->error = entry->how == CRESS_STEP_FAILS ? c->saved_errno : 0;
	step->what = actor->kind == NULL ? NULL : actor->kind->what;
	memcpy(&now, &step->now, sizeof now);
	schedule->in_a_row =
		step->actor == schedule->last ? schedule->in_a_row + 1 : 0;
	schedule->last = step->actor;
	cress_schedule_mix(schedule, now);
	cress_schedule_mix(schedule, (uint64_t)step->actor << 8 | step->how);
	cress_schedule_mix(schedule, step->ready << 16 | (uint16_t)step->error);
	actor->left = CRESS_ACTIVE;
	if (schedule->decided != NULL && !schedule->over)
		schedule->decided(schedule, step);
}

static size_t pick(struct cress_hub *hub, size_t count)
{
	struct cress_schedule *schedule = hub->loop;
	size_t i;

	++*schedule->quiet;
	catch_up(schedule, hub, count);
	--*schedule->quiet;
	if (schedule->broken)
		return 0;
	i = first_in_turn(schedule, choose(schedule, count));
	record(schedule, i, hub->ring[(hub->head + i) & hub->mask]);
	memmove(front(schedule) + 1, front(schedule),
		i * sizeof *schedule->ready);
	schedule->ready_first++;
	schedule->ready_count--;
	return i;
}

static void describe(struct cress_actor *actor,
		     const struct cress_waiter *waiter)
{
	if (waiter->kind->describe != NULL)
		waiter->kind->describe(waiter, actor->about,
				       sizeof actor->about);
	else
		snprintf(actor->about, sizeof actor->about, "%s",
			 waiter->kind->what);
}

static int left(struct cress_hub *hub, cress_t *from)
{
	struct cress_schedule *schedule = hub->loop;
	struct cress_actor *actor;
	int poll = schedule->moved(schedule);

	/* A dead one's block may be free already, but is not taken yet. */
	if (from->state != CRESS_PARKED && from->state != CRESS_QUEUED) {
		cress_table_remove(&schedule->known, from);
		return poll;
	}
	++*schedule->quiet;
	actor = cress_schedule_actor(schedule, from);
	--*schedule->quiet;
	if (actor == NULL)
		return poll;
	actor->left = from->state;
	if (from->state == CRESS_QUEUED) {
		if (schedule->in_a_row >= SPIN)
			actor->priority = --schedule->lowest;
		return poll;
	}
	actor->kind = from->waiter->kind;
	actor->object = from->waiter->object;
	if (schedule->describe)
		describe(actor, from->waiter);
	return schedule->parked(schedule, from) || poll;
}

static void look_round(struct cress_hub *hub, double seconds)
{
	struct cress_schedule *schedule = hub->loop;

	schedule->polled(schedule, hub);
	/* That may have made somebody ready: then no time passes. */
	if (!cress_hub_is_idle(hub))
		seconds = 0;
	cress_driver_virtual.poll(hub, seconds);
	/* Nothing comes from outside here, whatever it is they wait for. */
	if (isinf(seconds) && cress_hub_is_idle(hub) && hub->reports == 0)
		hub->deadlocked(hub);
}

int cress_schedule_init(struct cress_schedule *schedule, uint32_t steps)
{
	schedule->driver = cress_driver_virtual;
	schedule->driver.pick = pick;
	schedule->driver.left = left;
	schedule->driver.poll = look_round;
	schedule->actor_room = FIRST_ACTORS;
	schedule->ready_room = FIRST_ACTORS;
	schedule->step_room = steps;
	schedule->actors = cress_alloc_array(FIRST_ACTORS,
					     sizeof *schedule->actors);
	schedule->ready = cress_alloc_array(FIRST_ACTORS,
					    sizeof *schedule->ready);
	schedule->steps = cress_alloc_array(steps, sizeof *schedule->steps);
	if (schedule->actors != NULL && schedule->ready != NULL &&
	    schedule->steps != NULL)
		return 0;
	cress_schedule_free(schedule);
	errno = ENOMEM;
	return -1;
}

void cress_schedule_begin(struct cress_schedule *schedule, uint64_t seed)
{
	memset(&schedule->virtual, 0, sizeof schedule->virtual);
	schedule->virtual.random = cress_schedule_seed(seed, 1);
	schedule->random = cress_schedule_seed(seed, 2);
	schedule->by_priority = seed % 2 == 1;
	schedule->lowest = 0;
	schedule->last = 0;
	schedule->in_a_row = 0;
	schedule->changes = (int)cress_schedule_draw(&schedule->random, 5);
	if (schedule->changes == 4)
		schedule->changes = INT_MAX;
	next_change(schedule);
	cress_table_clear(&schedule->known);
	schedule->actor_count = 0;
	schedule->ready_first = 0;
	schedule->ready_count = 0;
	schedule->decisions = 0;
	schedule->turns = 0;
	schedule->digest = 0;
	schedule->broken = 0;
	schedule->over = 0;
}

void cress_schedule_free(struct cress_schedule *schedule)
{
	cress_table_free(&schedule->known);
	cress_free(schedule->actors);
	cress_free(schedule->ready);
	cress_free(schedule->steps);
}
