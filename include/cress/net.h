/* SPDX-License-Identifier: MIT */
/*
 * Connections by address string, and names.
 *
 * An address is `host:port`, `[v6]:port`, `/path` for a Unix socket, or
 * `@name` for an abstract one. The host may be a name or a number, and empty
 * (all interfaces) for listening; the port a number or a service name. Names
 * are looked up in a worker thread with the full meaning of getaddrinfo(3): a
 * slow resolver parks only its caller.
 *
 *     int fd = cress_dial("tcp", "localhost:8080");
 *     if (fd < 0)
 *             perror("dial");
 *
 * Descriptors made here are adopted, O_NONBLOCK and O_CLOEXEC; close them with
 * cress_close(). TCP sockets get TCP_NODELAY.
 */
#ifndef CRESS_NET_H
#define CRESS_NET_H

#include <netdb.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* netdb.h declares it only to programs that ask for POSIX. */
struct addrinfo;

/*
 * Connect to `address`. `network` is "tcp", "udp", "unix" (a stream) or
 * "unixgram". Each address that the name has is tried in turn. Parks.
 *
 * Returns a descriptor, or -1 with errno: EINVAL an address that cannot be
 * read, EPROTONOSUPPORT another network, ENOENT the name is not known, EAGAIN
 * the resolver failed for the moment, what connect(2) gave for the last
 * address, or what socket(2) gives.
 */
int cress_dial(const char *network, const char *address);

/*
 * Listen at `address`, or bind a datagram socket to it; `network` as for
 * cress_dial(). Port 0 lets the kernel choose: see cress_local_address(). TCP
 * listeners get SO_REUSEADDR. `backlog` as listen(2); 0 stands for SOMAXCONN.
 * Parks only while a name is looked up.
 *
 * Returns a descriptor, or -1 with errno as cress_dial(), or what bind(2) and
 * listen(2) give.
 */
int cress_listen(const char *network, const char *address, int backlog);

/*
 * Write the address that `fd` is bound to, or connected to, into `buf` as a
 * string that cress_dial() takes. At most CRESS_ADDRESS_MAX bytes are needed.
 *
 * Returns 0, or -1 with errno: ENOSPC the buffer is too small, EAFNOSUPPORT
 * another family, or what getsockname(2) and getpeername(2) give. Does not
 * park.
 */
int cress_local_address(int fd, char *buf, size_t size);
int cress_peer_address(int fd, char *buf, size_t size);

#define CRESS_ADDRESS_MAX 128

/*
 * As getaddrinfo(3), in a worker thread; free the list with freeaddrinfo(3).
 * Parks. When it is cancelled it returns EAI_SYSTEM with errno at once, and the
 * look-up ends unseen.
 */
int cress_getaddrinfo(const char *node, const char *service,
		      const struct addrinfo *hints, struct addrinfo **res);

#ifdef __cplusplus
}
#endif

#endif
