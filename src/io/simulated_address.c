/* SPDX-License-Identifier: MIT */
/*
 * The addresses of a simulation: any may be bound, because any may be one of
 * the simulated machines. A port, a path or a name is free again as soon as
 * its socket is closed. There is no host name but localhost.
 */
#include "io/simulated.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "io/simulated_calls.h"

/* Where Linux begins to give ports of its own choice. */
#define FIRST_PORT 32768
#define LAST_PORT 60999

static struct cress_virtual_net *net_here(void)
{
	return cress_virtual_net(cress_thread_self->hub);
}

static in_port_t *port_of(struct sockaddr_storage *name)
{
	/* At the same place in both families. */
	return &((struct sockaddr_in *)name)->sin_port;
}

static int is_any(const struct sockaddr_storage *name)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)name;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)name;

	if (name->ss_family == AF_INET)
		return v4->sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

static int is_same_host(const struct sockaddr_storage *a,
			const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in *b4 = (const struct sockaddr_in *)b;
	const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a;
	const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)b;

	if (a->ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr);
}

/* Would one bound to `bound` be found at `name`? */
static int covers(const struct cress_end_address *bound,
		  struct cress_end_address *name)
{
	struct sockaddr_storage mine = bound->name;

	if (mine.ss_family != name->name.ss_family)
		return 0;
	if (mine.ss_family == AF_UNIX)
		return bound->size == name->size &&
		       memcmp(&mine, &name->name, name->size) == 0;
	return *port_of(&mine) == *port_of(&name->name) &&
	       (is_any(&mine) || is_same_host(&mine, &name->name));
}

/* Read an address for a socket of this domain. 0, or -1 with errno. */
static int read_name(struct cress_end_address *into, int domain,
		     const struct sockaddr *address, socklen_t size)
{
	socklen_t least = domain == AF_INET ? sizeof(struct sockaddr_in)
		: domain == AF_INET6 ? sizeof(struct sockaddr_in6)
		: offsetof(struct sockaddr_un, sun_path) + 2;

	errno = EINVAL;
	if (address == NULL || size > sizeof(into->name))
		return -1;
	memset(into, 0, sizeof(*into));
	if (size < least)
		return -1;
	memcpy(&into->name, address, size);
	into->size = size;
	/* A path ends at its zero, whatever size was given. */
	if (domain == AF_UNIX) {
		struct sockaddr_un *path = (struct sockaddr_un *)&into->name;

		if (size > sizeof(*path))
			return -1;
		if (path->sun_path[0] != '\0')
			into->size = (socklen_t)(offsetof(struct sockaddr_un,
							  sun_path) +
						 strlen(path->sun_path) + 1);
	}
	errno = EAFNOSUPPORT;
	return into->name.ss_family == domain ? 0 : -1;
}

/* To dial `any` is to dial this very machine. */
static void make_loopback(struct sockaddr_storage *name)
{
	if (name->ss_family == AF_INET && is_any(name))
		((struct sockaddr_in *)name)->sin_addr.s_addr =
			htonl(INADDR_LOOPBACK);
	else if (name->ss_family == AF_INET6 && is_any(name))
		((struct sockaddr_in6 *)name)->sin6_addr = in6addr_loopback;
}

struct cress_end *cress_end_at(struct cress_end_address *name, int type)
{
	struct cress_end *end = net_here()->bound;

	while (end != NULL &&
	       (end->type != type || !covers(&end->local, name)))
		end = end->next_bound;
	return end;
}

static int is_taken(struct cress_end_address *name, int type)
{
	struct cress_end *end = net_here()->bound;

	for (; end != NULL; end = end->next_bound)
		if (end->type == type && (covers(&end->local, name) ||
					  covers(name, &end->local)))
			return 1;
	return 0;
}

/* A free port; all are tried once. 0, or -1 with errno EADDRINUSE. */
static int choose_port(struct cress_end_address *name, int type)
{
	struct cress_virtual_net *net = net_here();

	for (int i = FIRST_PORT; i <= LAST_PORT; i++) {
		unsigned next = net->next_port;

		if (next < FIRST_PORT || next > LAST_PORT)
			next = FIRST_PORT;
		net->next_port = next + 1;
		*port_of(&name->name) = htons((uint16_t)next);
		if (!is_taken(name, type))
			return 0;
	}
	errno = EADDRINUSE;
	return -1;
}

int cress_end_name_peer(struct cress_end *end, const struct sockaddr *address,
			socklen_t size)
{
	if (read_name(&end->remote, end->domain, address, size) != 0)
		return -1;
	make_loopback(&end->remote.name);
	if (end->local.size != 0)
		return 0;
	/* One that calls has a port that nobody else can be found at. */
	if (!cress_end_is_near(end)) {
		end->local = end->remote;
		return choose_port(&end->local, end->type);
	}
	end->local.name.ss_family = AF_UNIX;
	end->local.size = sizeof(sa_family_t);
	return 0;
}

static void add_bound(struct cress_end *end)
{
	struct cress_virtual_net *net = net_here();

	end->next_bound = net->bound;
	end->is_bound = 1;
	net->bound = end;
}

void cress_end_unbind(struct cress_end *end)
{
	struct cress_virtual_net *net = net_here();
	struct cress_end *before = net->bound;

	if (!end->is_bound)
		return;
	if (before == end) {
		net->bound = end->next_bound;
		return;
	}
	while (before->next_bound != end)
		before = before->next_bound;
	before->next_bound = end->next_bound;
}

int cress_end_bind(int fd, const struct sockaddr *address, socklen_t size)
{
	struct cress_end *end = cress_end_socket(fd);
	struct cress_end_address name;

	if (end == NULL || read_name(&name, end->domain, address, size) != 0)
		return -1;
	if (end->local.size != 0) {
		errno = EINVAL;
		return -1;
	}
	if (end->domain != AF_UNIX && *port_of(&name.name) == 0) {
		if (choose_port(&name, end->type) != 0)
			return -1;
	} else if (is_taken(&name, end->type)) {
		errno = EADDRINUSE;
		return -1;
	}
	end->local = name;
	add_bound(end);
	return 0;
}

int cress_end_bind_any(struct cress_end *end)
{
	if (end->domain == AF_UNIX) {
		errno = EINVAL;
		return -1;
	}
	end->local.name.ss_family = (sa_family_t)end->domain;
	end->local.size = end->domain == AF_INET ? sizeof(struct sockaddr_in)
						 : sizeof(struct sockaddr_in6);
	if (choose_port(&end->local, end->type) != 0) {
		end->local.size = 0;
		return -1;
	}
	add_bound(end);
	return 0;
}

void cress_end_name(const struct cress_end_address *from,
		    struct sockaddr *address, socklen_t *size)
{
	if (address == NULL)
		return;
	memcpy(address, &from->name, *size < from->size ? *size : from->size);
	*size = from->size;
}

static int tell_name(int fd, int of_peer, struct sockaddr *address,
		     socklen_t *size)
{
	struct cress_end *end = cress_end_socket(fd);
	struct cress_end_address none = {.size = sizeof(sa_family_t)};

	if (end == NULL)
		return -1;
	if (of_peer && end->state != CRESS_END_OPEN) {
		errno = ENOTCONN;
		return -1;
	}
	none.name.ss_family = (sa_family_t)end->domain;
	if (of_peer)
		cress_end_name(end->remote.size ? &end->remote : &none, address,
			       size);
	else
		cress_end_name(end->local.size ? &end->local : &none, address,
			       size);
	return 0;
}

int cress_end_getsockname(int fd, struct sockaddr *address, socklen_t *size)
{
	return tell_name(fd, 0, address, size);
}

int cress_end_getpeername(int fd, struct sockaddr *address, socklen_t *size)
{
	return tell_name(fd, 1, address, size);
}

/*
 * Numbers only, and localhost. With one address there is nothing to sort,
 * which the C library would ask the real network for.
 */
int cress_end_getaddrinfo(const char *node, const char *service,
			  const struct addrinfo *hints,
			  struct addrinfo **result)
{
	struct addrinfo numeric = {0};
	int local = node == NULL || strcmp(node, "localhost") == 0;

	if (hints != NULL) {
		numeric.ai_flags = hints->ai_flags & ~AI_ADDRCONFIG;
		numeric.ai_family = hints->ai_family;
		numeric.ai_socktype = hints->ai_socktype;
		numeric.ai_protocol = hints->ai_protocol;
	}
	numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
	if (local && numeric.ai_family == AF_UNSPEC)
		numeric.ai_family = AF_INET;
	if (local && node != NULL)
		node = numeric.ai_family == AF_INET6 ? "::1" : "127.0.0.1";
	return getaddrinfo(node, service, &numeric, result);
}
