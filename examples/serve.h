/* SPDX-License-Identifier: MIT */
/*
 * What the servers among the examples share: to listen, to say where, and to
 * accept for ever with one coroutine per connection.
 */
#ifndef EXAMPLES_SERVE_H
#define EXAMPLES_SERVE_H

#include <cress/coroutine.h>

/*
 * Listen at `address` for TCP connections and print "listening on ADDRESS" on
 * standard output, with the port that was chosen if it was 0. Returns the
 * descriptor, or -1 after a message.
 */
int serve_listen(const char *address);

/*
 * Accept connections and run `connection` for each in a coroutine of its own;
 * its argument is the descriptor, an intptr_t, which it must close. Goes on
 * whatever accept says, and returns only when it is cancelled.
 */
void serve_accept(int listener, cress_fn *connection);

#endif
