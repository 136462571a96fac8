/* SPDX-License-Identifier: MIT */
/* Names of functions, for messages of a process that is about to die. */
#ifndef CRESS_CORE_SYMBOL_H
#define CRESS_CORE_SYMBOL_H

#include <stddef.h>

/*
 * Write the name of `function` into `name`, of `size` bytes: `?` if it lies in
 * no file, and `FILE+0xOFFSET` if that file says no more. Allocates nothing.
 */
void cress_symbol_name(const void *function, char *name, size_t size);

#endif
