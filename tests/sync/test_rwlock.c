/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: who may be inside with whom, and who is next. */
#include "loop/support.h"

#include <string.h>
#include <cress/lock.h>

static cress_rwlock_t lock;

static void *read_and_note(void *name)
{
	if (cress_rwlock_read_lock(&lock) != 0)
		return cress_fail(errno);
	note("+%s", (const char *)name);
	cress_sleep(0.01);
	note("-%s", (const char *)name);
	check_int(cress_rwlock_unlock(&lock), 0);
	return NULL;
}

static void *write_and_note(void *name)
{
	if (cress_rwlock_write_lock(&lock) != 0)
		return cress_fail(errno);
	note("(%s", (const char *)name);
	cress_sleep(0.01);
	note("%s)", (const char *)name);
	check_int(cress_rwlock_unlock(&lock), 0);
	return NULL;
}

/* Spawn one and let it come as far as it can. */
static cress_t *after(cress_fn *fn, const char *name)
{
	cress_t *c = cress_spawn(fn, (void *)name);

	cress_sleep(0.001);
	return c;
}

static void join_all(cress_t **c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_int(cress_join(c[i], NULL), 0);
	check_int(cress_rwlock_fini(&lock), 0);
}

/* R49 */
static void readers_share_and_writers_do_not(void)
{
	cress_t *c[] = {
		after(read_and_note, "a"), after(read_and_note, "b"),
		after(write_and_note, "w"), after(write_and_note, "x"),
	};

	join_all(c, COUNT(c));
	check_noted("+a +b -a -b (w w) (x x)");
}

/* R49: nobody starves */
static void readers_and_writers_take_turns(void)
{
	cress_t *c[] = {
		after(read_and_note, "a"),  after(write_and_note, "w"),
		after(write_and_note, "x"), after(read_and_note, "b"),
	};

	cress_sleep(0.01);
	check_noted("+a -a (w");
	cress_t *late = after(read_and_note, "c");
	join_all(c, COUNT(c));
	check_int(cress_join(late, NULL), 0);

	const char *text = noted();

	/* The two readers go in together, in whatever order they run. */
	check(strstr(text, "w) +") == text);
	check(strstr(text, "(x x)") != NULL);
	check(strstr(text, "(x x)") > strstr(text, "-b"));
	check(strstr(text, "(x x)") > strstr(text, "-c"));
}

/* R49, V41 */
static void a_try_takes_only_what_is_free(void)
{
	cress_t *c = after(read_and_note, "a");

	check_int(cress_rwlock_try_read_lock(&lock), 0);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_refuses(cress_rwlock_try_write_lock(&lock), EBUSY);
	cress_t *w = after(write_and_note, "w");
	check_refuses(cress_rwlock_try_read_lock(&lock), EBUSY);
	check_int(cress_join(c, NULL), 0);
	check_refuses(cress_rwlock_try_read_lock(&lock), EBUSY);
	check_int(cress_join(w, NULL), 0);

	check_int(cress_rwlock_try_write_lock(&lock), 0);
	check_refuses(cress_rwlock_try_read_lock(&lock), EBUSY);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_int(cress_rwlock_fini(&lock), 0);
	check_noted("+a -a (w w)");
}

/* R49 */
static void a_writer_that_gives_up_lets_in_who_waited_for_it(void)
{
	cress_t *a = after(read_and_note, "a");
	cress_t *w = after(write_and_note, "w");
	cress_t *b = after(read_and_note, "b");

	check_noted("+a");
	cress_kill(w, EPIPE);
	check_int(cress_join(w, NULL), EPIPE);
	cress_sleep(0.001);
	check_noted("+b");

	check_int(cress_join(a, NULL), 0);
	check_int(cress_join(b, NULL), 0);
	check_noted("-a -b");
	check_int(cress_rwlock_fini(&lock), 0);
}

static void *upgrade(void *unused)
{
	check_int(cress_rwlock_read_lock(&lock), 0);
	cress_sleep(0.001);
	check_refuses(cress_rwlock_write_lock(&lock), EDEADLK);
	check_refuses(cress_rwlock_try_write_lock(&lock), EBUSY);
	check_int(cress_rwlock_unlock(&lock), 0);
	return unused;
}

/* R49 */
static void an_upgrade_is_refused_to_each_of_six(void)
{
	cress_t *c[6];

	lock.name = "table";
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = cress_spawn(upgrade, NULL);
	cress_sleep(0.01);
	check_int(log_lines_with("rwlock \"table\""), 6);
	join_all(c, COUNT(c));
	log_clear();
}

/* R49 */
static void a_reader_may_read_again_though_a_writer_waits(void)
{
	cress_t *w;

	check_int(cress_rwlock_read_lock(&lock), 0);
	w = after(write_and_note, "w");
	check_int(cress_rwlock_read_lock(&lock), 0);
	check_int(cress_rwlock_unlock(&lock), 0);
	cress_sleep(0.001);
	check_nothing_noted();
	check_int(cress_rwlock_unlock(&lock), 0);

	check_refuses(cress_rwlock_unlock(&lock), EPERM);
	join_all(&w, 1);
	check_noted("(w w)");
	log_clear();
}

static void *unlock_only(void *unused)
{
	check_refuses(cress_rwlock_unlock(&lock), EPERM);
	return unused;
}

static void use_elsewhere(void *unused)
{
	(void)unused;
	check_refuses(cress_rwlock_read_lock(&lock), EXDEV);
	check_refuses(cress_rwlock_write_lock(&lock), EXDEV);
	check_refuses(cress_rwlock_unlock(&lock), EPERM);
}

/* V44 */
static void misuse_is_refused_and_names_the_lock(void)
{
	lock.name = "table";
	check_refuses(cress_rwlock_unlock(&lock), EPERM);
	check_int(cress_rwlock_read_lock(&lock), 0);
	check_int(cress_join(cress_spawn(unlock_only, NULL), NULL), 0);
	check_refuses(cress_rwlock_fini(&lock), EBUSY);
	on_thread(use_elsewhere, NULL);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_int(log_lines_with("rwlock \"table\""), 4);

	check_int(cress_rwlock_write_lock(&lock), 0);
	check_refuses(cress_rwlock_write_lock(&lock), EDEADLK);
	check_refuses(cress_rwlock_read_lock(&lock), EDEADLK);
	check_refuses(cress_rwlock_fini(&lock), EBUSY);
	check_refuses(cress_rwlock_recover(&lock), EINVAL);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_int(log_lines_with("rwlock \"table\""), 7);
	check_int(cress_rwlock_fini(&lock), 0);
}

static void null_is_refused(void)
{
	check_refuses(cress_rwlock_read_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_write_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_try_read_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_try_write_lock(NULL), EINVAL);
	check_refuses(cress_rwlock_unlock(NULL), EINVAL);
	check_refuses(cress_rwlock_recover(NULL), EINVAL);
	check_int(cress_rwlock_fini(NULL), 0);
}

static void *write_and_end(void *unused)
{
	check_int(cress_rwlock_write_lock(&lock), 0);
	cress_sleep(0.01);
	return unused;
}

/* R49 */
static void the_end_of_a_writer_fails_all_who_wait(void)
{
	cress_t *owner = after(write_and_end, NULL);
	cress_t *a = after(read_and_note, "a");
	cress_t *w = after(write_and_note, "w");

	check_int(cress_join(owner, NULL), 0);
	check_int(cress_join(a, NULL), EOWNERDEAD);
	check_int(cress_join(w, NULL), EOWNERDEAD);
	check_refuses(cress_rwlock_read_lock(&lock), EOWNERDEAD);
	check_refuses(cress_rwlock_try_write_lock(&lock), EOWNERDEAD);

	check_int(cress_rwlock_recover(&lock), 0);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_int(cress_rwlock_read_lock(&lock), 0);
	check_int(cress_rwlock_unlock(&lock), 0);
	check_int(cress_rwlock_fini(&lock), 0);
}

/* R49, R50 */
static void a_report_names_who_reads(void)
{
	lock.name = "table";
	check_int(cress_rwlock_read_lock(&lock), 0);
	cress_t *w = after(write_and_note, "w");
	check_refuses(cress_sleep(INFINITY), EDEADLK);

	check_int(log_lines_with("waits for rwlock \"table\""), 1);
	check_int(log_lines_with("read by 1, one is coroutine \"main\""), 1);
	cress_rwlock_unlock(&lock);
	join_all(&w, 1);
	noted();
}

static int readers, writers, reads, writes;

static void *use(void *number)
{
	for (int i = 0; i < 6; i++) {
		int write = (as_number(number) + i) % 3 == 0;
		cress_scope_t limit;
		int got;

		cress_scope_open(&limit, 0.0002 * (as_number(number) + i));
		got = (write ? cress_rwlock_write_lock(&lock)
			     : cress_rwlock_read_lock(&lock)) == 0;
		cress_scope_close(&limit);
		if (!got)
			continue;
		*(write ? &writers : &readers) += 1;
		check(writers == 0 || (writers == 1 && readers == 0));
		cress_sleep(0.0001 * (i + 1));
		*(write ? &writes : &reads) += 1;
		*(write ? &writers : &readers) -= 1;
		check_int(cress_rwlock_unlock(&lock), 0);
	}
	return NULL;
}

/* R49, D7 */
static void many_use_it_whatever_is_killed_or_out_of_time(void)
{
	cress_t *c[16];

	readers = writers = reads = writes = 0;
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = cress_spawn(use, as_value(i));
	cress_sleep(0.0005);
	cress_kill(c[4], EPIPE);
	cress_kill(c[9], EPIPE);

	join_all(c, COUNT(c));
	check(reads > 10 && writes > 3);
	check_int(readers + writers, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_virtual(readers_share_and_writers_do_not),
		in_every_order(readers_and_writers_take_turns),
		in_every_order(a_try_takes_only_what_is_free),
		in_every_order(
			a_writer_that_gives_up_lets_in_who_waited_for_it),
		in_every_order(an_upgrade_is_refused_to_each_of_six),
		in_any_order(a_reader_may_read_again_though_a_writer_waits),
		in_any_order(misuse_is_refused_and_names_the_lock),
		bare(null_is_refused),
		in_every_order(the_end_of_a_writer_fails_all_who_wait),
		in_any_order(a_report_names_who_reads),
		in_every_order(many_use_it_whatever_is_killed_or_out_of_time),
	};

	return suite_run(tests);
}
