/* SPDX-License-Identifier: MIT */
/*
 * Coroutine-local storage. A context is a counted array of values that grows
 * to the largest key used in it; a coroutine without values has none.
 *
 * A key is an index into one table of the process, plus a generation in the
 * high bits, so that a freed key never reads its successor's values.
 */
#include "core/local.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "core/memory.h"

#include <cress/local.h>

#define INDEX_BITS 8
#define INDEX_MASK ((1u << INDEX_BITS) - 1)
_Static_assert(CRESS_LOCAL_MAX == 1u << INDEX_BITS, "index bits");

struct key {
	cress_local_t name;	/* 0: free */
	cress_local_t last;	/* the name of the former owner */
	void (*destroy)(void *value);
	void *(*copy)(void *value);
};

struct value {
	cress_local_t name;
	void *value;
};

struct cress_locals {
	size_t references;
	size_t count;
	struct value *values;	/* apart, so that a shared context can grow */
};

static struct key keys[CRESS_LOCAL_MAX];
static pthread_mutex_t keys_lock = PTHREAD_MUTEX_INITIALIZER;

static int fail(int error)
{
	errno = error;
	return -1;
}

static struct key *find_key(cress_local_t name)
{
	struct key *key = &keys[name & INDEX_MASK];

	if (name == 0 || __atomic_load_n(&key->name, __ATOMIC_ACQUIRE) != name)
		return NULL;
	return key;
}

int cress_local_new(cress_local_t *name, void (*destroy)(void *value),
		    void *(*copy)(void *value))
{
	size_t i;

	if (name == NULL)
		return fail(EINVAL);
	pthread_mutex_lock(&keys_lock);
	for (i = 0; i < CRESS_LOCAL_MAX && keys[i].name != 0; i++)
		;
	if (i < CRESS_LOCAL_MAX) {
		struct key *key = &keys[i];

		key->last += 1u << INDEX_BITS;
		if (key->last <= INDEX_MASK)
			key->last = 1u << INDEX_BITS;
		key->destroy = destroy;
		key->copy = copy;
		*name = (key->last & ~INDEX_MASK) | (unsigned)i;
		__atomic_store_n(&key->name, *name, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&keys_lock);
	return i < CRESS_LOCAL_MAX ? 0 : fail(EAGAIN);
}

int cress_local_free(cress_local_t name)
{
	struct key *key;

	pthread_mutex_lock(&keys_lock);
	key = find_key(name);
	if (key != NULL)
		__atomic_store_n(&key->name, 0, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&keys_lock);
	return key != NULL ? 0 : fail(EINVAL);
}

static struct cress_locals *make_locals(cress_t *c)
{
	struct cress_locals *locals = cress_alloc(sizeof *locals);

	if (locals != NULL) {
		locals->references = 1;
		c->locals = locals;
	}
	return locals;
}

/* Make room for `count` values; 0 or -1. */
static int grow(struct cress_locals *locals, size_t count)
{
	struct value *values;

	if (locals->count >= count)
		return 0;
	count = (count + 7) & ~(size_t)7;
	values = cress_alloc(count * sizeof *values);
	if (values == NULL)
		return -1;
	if (locals->count != 0)
		memcpy(values, locals->values, locals->count * sizeof *values);
	cress_free(locals->values);
	locals->values = values;
	locals->count = count;
	return 0;
}

int cress_local_set(cress_local_t name, void *value)
{
	struct cress_thread *thread = cress_thread_get();
	struct cress_locals *locals;

	if (find_key(name) == NULL)
		return fail(EINVAL);
	if (thread == NULL)
		return -1;
	locals = thread->current->locals;
	if (locals == NULL)
		locals = make_locals(thread->current);
	if (locals == NULL || grow(locals, (name & INDEX_MASK) + 1) != 0)
		return -1;
	locals->values[name & INDEX_MASK] = (struct value){name, value};
	return 0;
}

void *cress_local_get(cress_local_t name)
{
	struct cress_thread *thread = cress_thread_self;
	struct cress_locals *locals;
	struct value *value;

	locals = thread == NULL ? NULL : thread->current->locals;
	if (locals == NULL || (name & INDEX_MASK) >= locals->count)
		return NULL;
	value = &locals->values[name & INDEX_MASK];
	return value->name == name && find_key(name) != NULL ? value->value
							     : NULL;
}

static int check_pair(cress_t *c, cress_t *from)
{
	int error = cress_misowned(c);

	if (error == 0)
		error = cress_misowned(from);
	if (error == 0 && (c->kind & CRESS_KIND_STARTED))
		error = EBUSY;
	return error;
}

int cress_local_copy(cress_t *c, cress_t *from)
{
	int error = check_pair(c, from);
	struct cress_locals *old = c != NULL ? c->locals : NULL;
	struct cress_locals *new, *source;

	if (error != 0)
		return fail(error);
	source = from->locals;
	if (source == NULL) {
		cress_locals_put(c);
		return 0;
	}
	new = make_locals(c);
	if (new == NULL)
		return -1;
	if (grow(new, source->count) != 0) {
		cress_locals_put(c);
		c->locals = old;
		return -1;
	}
	for (size_t i = 0; i < source->count; i++) {
		struct value value = source->values[i];
		struct key *key = find_key(value.name);

		if (key == NULL || value.value == NULL)
			continue;
		if (key->copy != NULL)
			value.value = key->copy(value.value);
		else if (key->destroy != NULL)
			continue;
		new->values[i] = value;
	}
	c->locals = old;
	cress_locals_put(c);
	c->locals = new;
	return 0;
}

int cress_local_share(cress_t *c, cress_t *from)
{
	int error = check_pair(c, from);

	if (error != 0)
		return fail(error);
	/* An empty context is shared too: what one sets, the other sees. */
	if (c == from)
		return 0;
	if (from->locals == NULL && make_locals(from) == NULL)
		return -1;
	cress_locals_put(c);
	c->locals = from->locals;
	c->locals->references++;
	return 0;
}

/*
 * A destructor may set values anew, so the values are searched again, at most
 * four times, as POSIX does for threads.
 */
static void destroy_values(struct cress_locals *locals)
{
	int again = 1;

	for (int round = 0; again && round < 4; round++) {
		again = 0;
		for (size_t i = 0; i < locals->count; i++) {
			struct value value = locals->values[i];
			struct key *key = find_key(value.name);

			locals->values[i].value = NULL;
			if (key == NULL || value.value == NULL ||
			    key->destroy == NULL)
				continue;
			key->destroy(value.value);
			again = 1;
		}
	}
}

/* The values of the last one of a context go, whether it has run or not. */
void cress_locals_put(cress_t *c)
{
	struct cress_locals *locals = c->locals;

	c->locals = NULL;
	if (locals == NULL || --locals->references != 0)
		return;
	destroy_values(locals);
	cress_free(locals->values);
	cress_free(locals);
}

/* As cress_locals_put(), in the coroutine, which can still see its values. */
void cress_locals_end(cress_t *c)
{
	if (c->locals != NULL && c->locals->references == 1)
		destroy_values(c->locals);
	cress_locals_put(c);
}
