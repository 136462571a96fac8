/* SPDX-License-Identifier: MIT */
/*
 * Media types by the suffix of a file name.
 */
#ifndef HTTPD_MIME_H
#define HTTPD_MIME_H

/* Return the media type for `name`; never NULL. The string is static. */
const char *mime_type(const char *name);

#endif
