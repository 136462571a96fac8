/* SPDX-License-Identifier: MIT */
/*
 * Loads the shared library as a plug-in would, long after the program has
 * started, and uses it through the addresses that the linker finds. This
 * proves that its thread-local storage fits into a running process.
 *
 * usage: load LIBRARY
 */
#include <cress.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *(*switch_to)(cress_t *to, void *value);
static cress_t *(*current)(void);
static cress_t *(*make)(cress_fn *fn, const cress_attr_t *attr);
static void (*release)(cress_t *c);
static const char *(*version)(void);

static void *look_up(void *library, const char *name)
{
	void *address = dlsym(library, name);

	if (address == NULL) {
		fprintf(stderr, "load: %s\n", dlerror());
		exit(1);
	}
	return address;
}

static void *doubled(void *value)
{
	return (char *)value + (size_t)value;
}

/* Returns the argument if a coroutine in this thread doubled 21. */
static void *use(void *done)
{
	cress_t *c = make(doubled, NULL);
	void *result = c == NULL ? NULL : switch_to(c, (void *)21);

	release(c);
	return result == (void *)42 && current() != NULL ? done : NULL;
}

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL)
				  : NULL;
	pthread_t thread;
	void *done = NULL;

	if (library == NULL) {
		fprintf(stderr, "load: %s\n", argc == 2 ? dlerror() : "usage");
		return 1;
	}
	*(void **)&switch_to = look_up(library, "cress_switch");
	*(void **)&current = look_up(library, "cress_current");
	*(void **)&make = look_up(library, "cress_new");
	*(void **)&release = look_up(library, "cress_release");
	*(void **)&version = look_up(library, "cress_version");

	if (strcmp(version(), CRESS_VERSION_STRING) != 0 ||
	    use(library) != library)
		return 2;
	if (pthread_create(&thread, NULL, use, library) != 0 ||
	    pthread_join(thread, &done) != 0)
		return 3;
	return done == library ? 0 : 4;
}
