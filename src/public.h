/* SPDX-License-Identifier: MIT */
/*
 * Included before every file of the library by the build: what the public
 * headers declare is visible outside it, all else is hidden.
 */
#ifndef CRESS_PUBLIC_H
#define CRESS_PUBLIC_H

#ifndef __ASSEMBLER__
#pragma GCC visibility push(default)
#include <cress.h>
#pragma GCC visibility pop
#endif

#endif
