/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing address strings. A Unix address makes a list of one in
 * the form of getaddrinfo(), so that who dials need not know the difference;
 * ai_canonname, which is never asked for, marks it as ours.
 */
#include "net/address.h"

#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include <arpa/inet.h>

#include "core/memory.h"
#include "io/syscalls.h"

#include <cress/net.h>

static char unix_mark[] = "unix";

struct unix_address {
	struct addrinfo info;
	struct sockaddr_un address;
};

static const struct {
	const char *name;
	int family, type;
} networks[] = {
	{"tcp", AF_UNSPEC, SOCK_STREAM},
	{"udp", AF_UNSPEC, SOCK_DGRAM},
	{"unix", AF_UNIX, SOCK_STREAM},
	{"unixgram", AF_UNIX, SOCK_DGRAM},
};

static struct addrinfo *fail(int error)
{
	errno = error;
	return NULL;
}

static struct addrinfo *find_unix(const char *name, int type)
{
	struct unix_address *entry;
	size_t length = strlen(name);

	if (name[0] != '/' && name[0] != '@')
		return fail(EINVAL);
	/* A path ends with a zero that must fit; an abstract name does not. */
	if (length < 2 ||
	    length + (name[0] == '/') > sizeof entry->address.sun_path)
		return fail(EINVAL);
	entry = cress_alloc(sizeof *entry);
	if (entry == NULL)
		return NULL;
	entry->address.sun_family = AF_UNIX;
	memcpy(entry->address.sun_path, name, length);
	if (name[0] == '@')
		entry->address.sun_path[0] = '\0';
	else
		length++;
	entry->info.ai_family = AF_UNIX;
	entry->info.ai_socktype = type;
	entry->info.ai_addr = (struct sockaddr *)&entry->address;
	entry->info.ai_addrlen =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	entry->info.ai_canonname = unix_mark;
	return &entry->info;
}

/* A number in range, or a name; getaddrinfo() would take " 80" and "+80". */
static int is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (text[digits] != '\0')
		return isalnum((unsigned char)text[0]);
	text += strspn(text, "0");
	return strlen(text) < 5 ||
	       (strlen(text) == 5 && strcmp(text, "65535") <= 0);
}

/* Split `host:port` in place. 0, or -1 if it is neither that nor [v6]:port. */
static int split(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');

	if (colon == NULL || colon[1] == '\0')
		return -1;
	*host = text;
	*port = colon + 1;
	*colon = '\0';
	if (!is_port(*port))
		return -1;
	if (text[0] != '[')
		return strpbrk(text, ":[]") != NULL ? -1 : 0;
	if (colon == text + 1 || colon[-1] != ']')
		return -1;
	colon[-1] = '\0';
	*host = text + 1;
	return strpbrk(*host, "[]") != NULL ? -1 : 0;
}

static int errno_of(int code)
{
	switch (code) {
	case EAI_SYSTEM:
		return errno;
	case EAI_MEMORY:
		return ENOMEM;
	case EAI_AGAIN:
		return EAGAIN;
	case EAI_SERVICE:
		return EINVAL;
	default:
		return ENOENT;
	}
}

/* A number needs no worker: this never blocks. */
static int find_numbers(const char *host, const char *port,
			struct addrinfo *hints, struct addrinfo **list)
{
	const struct cress_syscalls *calls = cress_syscalls_here();
	int flags = hints->ai_flags;
	int code;

	/* Who never blocks needs no such step. */
	if (calls->getaddrinfo != NULL)
		return EAI_NONAME;
	hints->ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
	code = getaddrinfo(host, port, hints, list);
	hints->ai_flags = flags;
	return code;
}

static struct addrinfo *find_internet(const char *address, int type,
				      int passive)
{
	struct addrinfo hints = {.ai_socktype = type,
				 .ai_flags = passive ? AI_PASSIVE : 0};
	struct addrinfo *list = NULL;
	char *text = cress_strdup(address);
	char *host, *port;
	int code;

	if (text == NULL)
		return NULL;
	if (split(text, &host, &port) != 0) {
		cress_free(text);
		return fail(EINVAL);
	}
	if (*host == '\0')
		host = NULL;
	code = find_numbers(host, port, &hints, &list);
	if (code != 0)
		code = cress_getaddrinfo(host, port, &hints, &list);
	if (code != 0)
		errno = errno_of(code);
	code = errno;
	cress_free(text);
	errno = code;
	return list;
}

struct addrinfo *cress_address_find(const char *network, const char *address,
				    int passive)
{
	if (network == NULL || address == NULL)
		return fail(EINVAL);
	for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
		if (strcmp(network, networks[i].name) != 0)
			continue;
		if (networks[i].family == AF_UNIX)
			return find_unix(address, networks[i].type);
		return find_internet(address, networks[i].type, passive);
	}
	return fail(EPROTONOSUPPORT);
}

void cress_address_free(struct addrinfo *list)
{
	if (list != NULL && list->ai_canonname == unix_mark)
		cress_free(list);
	else if (list != NULL)
		freeaddrinfo(list);
}

static int write_unix(const struct sockaddr_un *address, socklen_t length,
		      char *buf, size_t size)
{
	size_t path = length - offsetof(struct sockaddr_un, sun_path);
	int n;

	if (length <= offsetof(struct sockaddr_un, sun_path))
		n = snprintf(buf, size, "@");
	else if (address->sun_path[0] == '\0')
		n = snprintf(buf, size, "@%.*s", (int)path - 1,
			     address->sun_path + 1);
	else
		n = snprintf(buf, size, "%.*s", (int)path, address->sun_path);
	return n;
}

static int write_address(const struct sockaddr_storage *address,
			 socklen_t length, char *buf, size_t size)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	char host[INET6_ADDRSTRLEN];
	int n;

	switch (address->ss_family) {
	case AF_INET:
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
		n = snprintf(buf, size, "%s:%u", host, ntohs(v4->sin_port));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
		n = snprintf(buf, size, "[%s]:%u", host, ntohs(v6->sin6_port));
		break;
	case AF_UNIX:
		n = write_unix((const struct sockaddr_un *)address, length, buf,
			       size);
		break;
	default:
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (n < 0 || (size_t)n >= size) {
		errno = ENOSPC;
		return -1;
	}
	return 0;
}

int cress_local_address(int fd, char *buf, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof address;

	if (cress_syscalls_here()->getsockname(
		    fd, (struct sockaddr *)&address, &length) != 0)
		return -1;
	return write_address(&address, length, buf, size);
}

int cress_peer_address(int fd, char *buf, size_t size)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof address;

	if (cress_syscalls_here()->getpeername(
		    fd, (struct sockaddr *)&address, &length) != 0)
		return -1;
	return write_address(&address, length, buf, size);
}
