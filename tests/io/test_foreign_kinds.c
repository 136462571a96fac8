/* SPDX-License-Identifier: MIT */
/*
 * Foreign descriptors of every kind: those that epoll refuses, terminals, and
 * the kernel's counters. None of them ever blocks the thread.
 */
#include "io/support.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <termios.h>
#include <unistd.h>

#include "support/environment.h"

#include <cress/io.h>

static ssize_t read_word(struct call *call)
{
	return cress_read(call->fd, call->extra, 8);
}

/* R43 */
static void a_regular_file_is_read_and_written_where_it_stands(void)
{
	char bytes[8] = {0};
	int fd = file_with("hello");
	struct iovec part = {"world", 5};

	check_int(cress_read(fd, bytes, 3), 3);
	check_int(cress_read(fd, bytes + 3, 5), 2);
	check_int(cress_read(fd, bytes, 8), 0);
	check_int(cress_writev(fd, &part, 1), 5);
	check_int(cress_write(fd, "!", 1), 1);

	check_int(lseek(fd, 0, SEEK_CUR), 11);
	check(memcmp(bytes, "hello", 5) == 0);
	check_int(lseek(fd, 0, SEEK_SET), 0);
	check_int(cress_read_full(fd, bytes, 8), 8);
	check(memcmp(bytes, "hellowor", 8) == 0);
	check_int(close(fd), 0);
}

/* R43 */
static void a_file_on_disk_is_read_whole(void)
{
	static char text[1 << 18], got[1 << 18];
	FILE *file = tmpfile();
	int fd = fileno(file);

	memset(text, 'x', sizeof(text));
	check_int(cress_write_all(fd, text, sizeof(text)), sizeof(text));
	check_int(fsync(fd), 0);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	check_int(lseek(fd, 0, SEEK_SET), 0);
	check_int(cress_read_full(fd, got, sizeof(got)), sizeof(got));

	check(memcmp(text, got, sizeof(got)) == 0);
	check_int(cress_read(fd, got, 1), 0);
	check_int(fclose(file), 0);
}

/* R43 */
static void what_cannot_be_polled_is_always_ready(void)
{
	int fds[] = {file_with("a"), open("/dev/null", O_RDWR | O_CLOEXEC),
		     open("/dev/zero", O_RDWR | O_CLOEXEC)};

	for (size_t i = 0; i < COUNT(fds); i++) {
		check_int(cress_wait_fd(fds[i], POLLIN), POLLIN);
		check_int(cress_wait_fd(fds[i], POLLIN | POLLOUT),
			  POLLIN | POLLOUT);
		check(!is_watched(fds[i]));
		check_int(close(fds[i]), 0);
	}
}

/* R43 */
static void the_null_device_takes_and_ends(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;

	check_int(cress_read(fd, &byte, 1), 0);
	check_int(cress_read_full(fd, &byte, 1), 0);
	check_int(cress_write_all(fd, "text", 4), 4);

	check_int(close(fd), 0);
}

/* R43 */
static void a_directory_says_what_it_is(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char byte = 0;

	check_refuses((int)cress_read(fd, &byte, 1), EISDIR);
	check_refuses((int)cress_write(fd, &byte, 1), EBADF);

	check_int(close(fd), 0);
}

/* Some containers have none. */
static int open_terminal(int *keyboard, int *terminal)
{
	if (openpty(keyboard, terminal, NULL, NULL, NULL) == 0)
		return 1;
	check(errno == ENOENT || errno == ENODEV);
	environment_say("not run", "there are no terminals");
	return 0;
}

/* R43, D10 */
static void a_terminal_parks_only_its_caller(void)
{
	struct call call = {.make = make_read, .size = 16};
	struct call hung = {.make = make_read, .size = 16};
	int keyboard, terminal;

	if (!open_terminal(&keyboard, &terminal))
		return;
	call.fd = terminal;
	call_begin(&call);
	check(call_is_parked(&call));
	put(keyboard, "li");
	settle();
	check(call_is_parked(&call));
	put(keyboard, "ne\n");
	check_call(&call, 5, 0);
	check(memcmp(call.bytes, "line\n", 5) == 0);
	check_int(cress_write(terminal, "out", 3), 3);
	check(!has_flag(terminal, O_NONBLOCK));
	hung.fd = terminal;
	call_begin(&hung);
	check_int(close(keyboard), 0);

	check_call(&hung, 0, 0);
	check_int(close(terminal), 0);
}

/* R43, D10 */
static void the_master_of_a_terminal_parks_only_its_caller(void)
{
	struct call call = {.make = make_read, .size = 16};
	struct call hung = {.make = make_read, .size = 16};
	int keyboard, terminal;

	if (!open_terminal(&keyboard, &terminal))
		return;
	call.fd = hung.fd = keyboard;
	call_begin(&call);
	check(call_is_parked(&call));
	put(terminal, "out");
	check_call(&call, 3, 0);
	check(!has_flag(keyboard, O_NONBLOCK));
	call_begin(&hung);
	check(call_is_parked(&hung));
	check_int(close(terminal), 0);

	check_call(&hung, -1, EIO);
	check_int(close(keyboard), 0);
}

/* D10 */
static void a_counter_of_events_parks_its_reader(void)
{
	uint64_t got = 0, add = 5;
	struct call call = {.make = read_word, .extra = &got};

	call.fd = eventfd(0, EFD_CLOEXEC);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_write(call.fd, &add, 8), 8);

	check_call(&call, 8, 0);
	check_int((intmax_t)got, 5);
	check(!has_flag(call.fd, O_NONBLOCK));
	check_int(close(call.fd), 0);
}

/*
 * Of what the kernel counts, qemu turns the bytes for a processor of the other
 * order, but only in read() and write(), and the library has other calls too.
 */
static int numbers_come_through(void)
{
	uint64_t got = 0, one = 1;
	struct iovec word = {&got, 8};
	int fd = eventfd(0, EFD_CLOEXEC);

	check_int(write(fd, &one, 8), 8);
	check_int(readv(fd, &word, 1), 8);
	check_int(close(fd), 0);
	if (got == one)
		return 1;
	check(environment_is_qemu());
	environment_say("not tried", "qemu turns no bytes in readv()");
	return 0;
}

static ssize_t write_word(struct call *call)
{
	return cress_write(call->fd, call->extra, 8);
}

/* D10 */
static void a_full_counter_parks_its_writer(void)
{
	uint64_t most = UINT64_MAX - 1, one = 1, got = 0;
	struct call call = {.make = write_word, .extra = &one};

	if (!numbers_come_through())
		return;
	call.fd = eventfd(0, EFD_CLOEXEC);
	check_int(write(call.fd, &most, 8), 8);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_read(call.fd, &got, 8), 8);

	check_call(&call, 8, 0);
	check(got == most);
	check_int(close(call.fd), 0);
}

/* D10 */
static void a_timer_descriptor_parks_its_reader(void)
{
	uint64_t got = 0;
	struct call call = {.make = read_word, .extra = &got};
	struct itimerspec soon = {.it_value = {.tv_nsec = 2000000}};

	if (!numbers_come_through())
		return;
	call.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(timerfd_settime(call.fd, 0, &soon, NULL), 0);

	check_call(&call, 8, 0);
	check_int((intmax_t)got, 1);
	check_int(close(call.fd), 0);
}

static ssize_t read_signal(struct call *call)
{
	return cress_read(call->fd, call->extra,
			  sizeof(struct signalfd_siginfo));
}

/* D10 */
static void a_signal_descriptor_parks_its_reader(void)
{
	struct signalfd_siginfo info = {0};
	struct call call = {.make = read_signal, .extra = &info};
	sigset_t set, old;

	if (!numbers_come_through())
		return;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	call.fd = signalfd(-1, &set, SFD_CLOEXEC);
	call_begin(&call);
	check(call_is_parked(&call));
	raise(SIGUSR2);

	check_call(&call, sizeof(info), 0);
	if (environment_is_qemu() && info.ssi_signo != SIGUSR2)
		environment_say("number not seen", "qemu tells its own");
	else
		check_int(info.ssi_signo, SIGUSR2);
	check_int(close(call.fd), 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* D10: two who read one counter; the second must not block in the kernel */
static void a_counter_that_another_emptied_parks_again(void)
{
	uint64_t got[2] = {0}, add = 3;
	struct call calls[2];
	int fd;

	if (!numbers_come_through())
		return;
	fd = eventfd(0, EFD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		calls[i] = (struct call){
			.make = read_word, .fd = fd, .extra = &got[i]};
		call_begin(&calls[i]);
	}
	check_int(write(fd, &add, 8), 8);
	check_call(&calls[0], 8, 0);
	settle();
	check(call_is_parked(&calls[1]));
	check_int(write(fd, &add, 8), 8);

	check_call(&calls[1], 8, 0);
	check(got[0] == 3 && got[1] == 3);
	check_int(close(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_regular_file_is_read_and_written_where_it_stands),
		on_io(a_file_on_disk_is_read_whole),
		on_io(what_cannot_be_polled_is_always_ready),
		on_io(the_null_device_takes_and_ends),
		on_io(a_directory_says_what_it_is),
		on_io(a_terminal_parks_only_its_caller),
		on_io(the_master_of_a_terminal_parks_only_its_caller),
		on_io(a_counter_of_events_parks_its_reader),
		on_io(a_full_counter_parks_its_writer),
		on_io(a_timer_descriptor_parks_its_reader),
		on_io(a_signal_descriptor_parks_its_reader),
		on_io(a_counter_that_another_emptied_parks_again),
	};

	return suite_run(tests);
}
