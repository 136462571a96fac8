/* SPDX-License-Identifier: MIT */
/* Addresses written as strings, and the lists of what they stand for. */
#ifndef CRESS_NET_ADDRESS_H
#define CRESS_NET_ADDRESS_H

#include <netdb.h>

/*
 * The addresses that `network` and `address` stand for, or NULL with errno as
 * cress_dial(). `passive`: to listen at. Parks if there is a name to look up.
 */
struct addrinfo *cress_address_find(const char *network, const char *address,
				    int passive);

void cress_address_free(struct addrinfo *list);

#endif
