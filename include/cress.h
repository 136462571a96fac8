/* SPDX-License-Identifier: MIT */
/*
 * cress: stackful coroutines, a scheduler and cooperative I/O for C.
 *
 * This is the umbrella header. Each subject has a header of its own, which
 * may be included alone; coroutine.h is the place to start reading.
 */
#ifndef CRESS_H
#define CRESS_H

#include <cress/attr.h>
#include <cress/barrier.h>
#include <cress/channel.h>
#include <cress/condition.h>
#include <cress/coroutine.h>
#include <cress/embed.h>
#include <cress/event.h>
#include <cress/future.h>
#include <cress/group.h>
#include <cress/hub.h>
#include <cress/io.h>
#include <cress/link.h>
#include <cress/local.h>
#include <cress/lock.h>
#include <cress/map.h>
#include <cress/net.h>
#include <cress/offload.h>
#include <cress/once.h>
#include <cress/queue.h>
#include <cress/runtime.h>
#include <cress/scope.h>
#include <cress/semaphore.h>
#include <cress/simulate.h>
#include <cress/stack.h>
#include <cress/sync.h>
#include <cress/trace.h>
#include <cress/version.h>

#endif
