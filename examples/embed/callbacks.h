/* SPDX-License-Identifier: MIT */
/*
 * What the hosts share whose loops tell of descriptors only: plain sockets,
 * never blocking. It knows no loop and no coroutine.
 */
#ifndef EXAMPLES_EMBED_CALLBACKS_H
#define EXAMPLES_EMBED_CALLBACKS_H

/* Listen on a free port of 127.0.0.1 and say which. -1 after a message. */
int callbacks_listen(void);

/* Accept a client. Its descriptor, or -1 if there is none after all. */
int callbacks_accept(int listener);

/* Echo what has come. Returns 0, or -1 when the connection has ended. */
int callbacks_echo(int fd);

/* Remind a client that was silent. */
void callbacks_remind(int fd);

/* How many clients have been accepted. */
int callbacks_clients(void);

#endif
