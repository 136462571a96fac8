/* SPDX-License-Identifier: MIT */
/*
 * The target of a request: a path with a query, or the URL of one.
 */
#ifndef HTTPD_TARGET_H
#define HTTPD_TARGET_H

#include "text.h"

/*
 * Split a target into its path, which is "/" if it has none, and its query,
 * without the question mark. A fragment is dropped. Returns 0, or -1 if it is
 * neither a path nor the URL of one.
 */
int target_split(struct text target, struct text *path, struct text *query);

#endif
