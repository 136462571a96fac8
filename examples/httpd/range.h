/* SPDX-License-Identifier: MIT */
/*
 * Byte ranges: the Range header field of RFC 9110, section 14.
 */
#ifndef HTTPD_RANGE_H
#define HTTPD_RANGE_H

#include <stdint.h>
#include "text.h"

enum range {
	RANGE_NONE,		/* send the whole: 200 */
	RANGE_PART,		/* send from `first` to `last`: 206 */
	RANGE_OUTSIDE		/* nothing of it is there: 416 */
};

/*
 * Read `header` for a file of `size` bytes, and store the first and the last
 * byte that are asked for, counted from 0.
 *
 * What is no single, well formed range of bytes is RANGE_NONE: the standard
 * allows to ignore the field, and demands it for what cannot be read. Several
 * ranges at once are ignored too.
 */
enum range range_parse(struct text header, uint64_t size, uint64_t *first,
		       uint64_t *last);

#endif
