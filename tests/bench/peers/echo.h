/* SPDX-License-Identifier: MIT */
/*
 * What the two callback-style echo servers share: the listening socket, and
 * one turn of a readable connection, which is one recv and one send. They stop
 * reading after a short read instead of asking for EAGAIN.
 */
#ifndef BENCH_PEERS_ECHO_H
#define BENCH_PEERS_ECHO_H

/* Listen at 127.0.0.1 on the port that the string names, and say so. */
int echo_listen(const char *port);

/* Accept one connection, non-blocking, without delay; -1 if there is none. */
int echo_accept(int listener);

/* Answer what `fd` sent. Returns 0 when the connection is over. */
int echo_turn(int fd);

#endif
