/* SPDX-License-Identifier: MIT */
/*
 * A piece of text that lies in somebody else's memory, without a final zero:
 * what a request is made of. `data` is NULL if there is none.
 */
#ifndef HTTPD_TEXT_H
#define HTTPD_TEXT_H

#include <stddef.h>

struct text {
	const char *data;
	size_t size;
};

#endif
