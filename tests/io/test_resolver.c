/* SPDX-License-Identifier: MIT */
/*
 * Names, with a resolver of our own in the place of libc's: it is slow, fails
 * or answers as the test wants, and sees in which thread it is called.
 */
#include "io/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cress/io.h>
#include <cress/net.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate_is_open, entered, left, in_main_thread;
static long lists;
static pthread_t main_thread;

static void set_gate(int open)
{
	pthread_mutex_lock(&lock);
	gate_is_open = open;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static int count_of(const int *counter)
{
	pthread_mutex_lock(&lock);
	int count = *counter;

	pthread_mutex_unlock(&lock);
	return count;
}

static struct addrinfo *address_of(const char *host, int port, int type)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in *address = calloc(1, sizeof(*address));

	address->sin_family = AF_INET;
	address->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, host, &address->sin_addr);
	info->ai_family = AF_INET;
	info->ai_socktype = type;
	info->ai_addr = (struct sockaddr *)address;
	info->ai_addrlen = sizeof(*address);
	__atomic_add_fetch(&lists, 1, __ATOMIC_RELAXED);
	return info;
}

static int answer(const char *node, const char *service, int type,
		  struct addrinfo **result)
{
	int port = service == NULL ? 0 : atoi(service);

	if (strcmp(node, "unknown") == 0)
		return EAI_NONAME;
	if (strcmp(node, "busy") == 0)
		return EAI_AGAIN;
	if (strcmp(node, "broken") == 0) {
		errno = EMFILE;
		return EAI_SYSTEM;
	}
	*result = address_of("127.0.0.1", port, type);
	if (strcmp(node, "two") == 0) {
		/* The first of the two answers nobody. */
		struct addrinfo *first = address_of("127.0.0.1", 1, type);

		first->ai_next = *result;
		*result = first;
	}
	return 0;
}

/* In the place of libc's, but for numbers, which are no names. */
int getaddrinfo(const char *node, const char *service,
		const struct addrinfo *hints, struct addrinfo **result)
{
	int type = hints != NULL ? hints->ai_socktype : 0;
	struct in_addr number;

	if (inet_pton(AF_INET, node, &number) == 1) {
		*result = address_of(node, atoi(service), type);
		return 0;
	}
	if (hints != NULL && hints->ai_flags & AI_NUMERICHOST)
		return EAI_NONAME;
	pthread_mutex_lock(&lock);
	in_main_thread += pthread_equal(pthread_self(), main_thread);
	entered++;
	while (strcmp(node, "slow") == 0 && !gate_is_open)
		pthread_cond_wait(&changed, &lock);
	left++;
	pthread_mutex_unlock(&lock);
	return answer(node, service, type, result);
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list != NULL) {
		struct addrinfo *next = list->ai_next;

		free(list->ai_addr);
		free(list);
		__atomic_sub_fetch(&lists, 1, __ATOMIC_RELAXED);
		list = next;
	}
}

static void begin_anew(void)
{
	main_thread = pthread_self();
	set_gate(0);
	pthread_mutex_lock(&lock);
	entered = left = in_main_thread = 0;
	pthread_mutex_unlock(&lock);
}

static ssize_t look_up(struct call *call)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int code = cress_getaddrinfo(call->extra, "80", &hints, &list);

	if (code == 0)
		freeaddrinfo(list);
	return code;
}

static ssize_t dial(struct call *call)
{
	return cress_dial("tcp", call->extra);
}

static void await(const int *counter, int count)
{
	while (count_of(counter) < count)
		if (!check(cress_sleep(0.0002) == 0))
			return;
}

static void a_slow_resolver_parks_only_its_caller(void)
{
	struct call slow = {.make = look_up, .extra = "slow"};
	struct call fast = {.make = look_up, .extra = "fast"};

	begin_anew();
	call_begin(&slow);
	await(&entered, 1);
	for (int i = 0; i < 3; i++) {
		call_begin(&fast);
		check_call(&fast, 0, 0);
	}
	check(call_is_parked(&slow));
	set_gate(1);

	check_call(&slow, 0, 0);
	check_int(count_of(&in_main_thread), 0);
	check_int(lists, 0);
}

/* D14: the look-up ends unseen, and its answer is freed */
static void a_look_up_that_is_cancelled_returns_at_once(void)
{
	struct call calls[3];

	begin_anew();
	for (int i = 0; i < 3; i++) {
		calls[i] = (struct call){.make = look_up, .extra = "slow"};
		/* Its time may be up before a worker has taken it. */
		calls[i].limit = i == 2 ? 0.001 : 0;
		call_begin(&calls[i]);
	}
	await(&entered, 2);
	check_int(cress_kill(calls[0].coroutine, EPIPE), 0);
	check_call(&calls[0], EAI_SYSTEM, 0);
	check_int(calls[0].error, EPIPE);
	check_call(&calls[2], EAI_SYSTEM, 0);
	check_int(calls[2].error, ETIMEDOUT);
	check(call_is_parked(&calls[1]));
	set_gate(1);
	check_call(&calls[1], 0, 0);

	await(&left, count_of(&entered));
	while (__atomic_load_n(&lists, __ATOMIC_RELAXED) != 0)
		if (!check(cress_sleep(0.0002) == 0))
			break;
	check_int(hub_waits(), 0);
}

static ssize_t look_up_from_the_stack(struct call *call)
{
	char name[8] = "slow", service[8] = "80";
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int code = cress_getaddrinfo(name, service, &hints, &list);

	memset(name, '#', sizeof(name));
	memset(service, '#', sizeof(service));
	memset(&hints, 0xff, sizeof(hints));
	call->other = list == NULL;
	return code;
}

/* D14: what the caller had on its stack is not read after it has left */
static void an_abandoned_look_up_has_copies_of_its_arguments(void)
{
	struct call call = {.make = look_up_from_the_stack, .limit = 0.001};

	begin_anew();
	call_begin(&call);
	check_call(&call, EAI_SYSTEM, 0);
	check_int(call.other, 1);
	set_gate(1);

	await(&left, count_of(&entered));
	check_int(cress_sleep(0.001), 0);
}

static int leave_with_a_look_up(void *call)
{
	call_begin(call);
	await(&entered, 1);
	return 3;
}

static void abandon_a_hub(void *call)
{
	check_int(cress_run(leave_with_a_look_up, call), 3);
}

/* D11, D14 */
static void a_hub_may_go_while_a_look_up_runs(void)
{
	struct call call = {.make = look_up, .extra = "slow"};

	begin_anew();
	on_thread(abandon_a_hub, &call);
	check_int(call.result, EAI_SYSTEM);
	check_int(call.error, ECANCELED);
	set_gate(1);

	await(&left, 1);
	cress_release(call.coroutine);
	check_int(cress_sleep(0.001), 0);
}

static void errors_of_the_resolver_have_their_errno(void)
{
	begin_anew();
	check_refuses(cress_dial("tcp", "unknown:80"), ENOENT);
	check_refuses(cress_dial("tcp", "busy:80"), EAGAIN);
	check_refuses(cress_dial("tcp", "broken:80"), EMFILE);
	check_refuses(cress_listen("tcp", "unknown:80", 0), ENOENT);

	check_int(lists, 0);
}

/* D16 */
static void each_address_of_a_name_is_tried(void)
{
	char here[CRESS_ADDRESS_MAX], there[CRESS_ADDRESS_MAX * 2];
	int server = cress_listen("tcp", "127.0.0.1:0", 0), fd;

	begin_anew();
	check_int(cress_local_address(server, here, sizeof(here)), 0);
	snprintf(there, sizeof(there), "two%s", strrchr(here, ':'));
	fd = cress_dial("tcp", there);
	check(fd >= 0);

	check_int(cress_close(fd), 0);
	check_int(cress_close(server), 0);
	check_refuses(cress_dial("tcp", there), ECONNREFUSED);
	check_int(lists, 0);
}

/* D5, R25 */
static void a_dial_is_cancelled_while_its_name_is_looked_up(void)
{
	struct call call = {.make = dial, .extra = "slow:80"};

	begin_anew();
	call_begin(&call);
	check(call_is_parked(&call));
	check_int(cress_kill(call.coroutine, EPROTO), 0);
	check_call(&call, -1, EPROTO);
	set_gate(1);

	await(&left, 1);
	check_int(hub_waits(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_io(a_slow_resolver_parks_only_its_caller),
		on_io(a_look_up_that_is_cancelled_returns_at_once),
		on_io(an_abandoned_look_up_has_copies_of_its_arguments),
		on_io(a_hub_may_go_while_a_look_up_runs),
		on_io(errors_of_the_resolver_have_their_errno),
		on_io(each_address_of_a_name_is_tried),
		on_io(a_dial_is_cancelled_while_its_name_is_looked_up),
	};

	return suite_run(tests);
}
