/* SPDX-License-Identifier: MIT */
/*
 * Included before every file of core by the build where core is all that is
 * built: what the public headers of this layer declare is visible outside it,
 * all else is hidden.
 */
#ifndef CRESS_CORE_PUBLIC_H
#define CRESS_CORE_PUBLIC_H

#ifndef __ASSEMBLER__
#pragma GCC visibility push(default)
#include <cress/attr.h>
#include <cress/coroutine.h>
#include <cress/local.h>
#include <cress/runtime.h>
#include <cress/stack.h>
#include <cress/trace.h>
#include <cress/version.h>
#pragma GCC visibility pop
#endif

#endif
