/* SPDX-License-Identifier: MIT */
/*
 * Content codings: whether a client wants gzip, and which files are worth it.
 */
#ifndef HTTPD_ENCODING_H
#define HTTPD_ENCODING_H

#include "text.h"

/*
 * Does an Accept-Encoding field want gzip? It must name it, or "*", with a
 * quality above 0 that is not below the one that it gives to "identity". A
 * field that is not there wants nothing.
 */
int encoding_wants_gzip(struct text field);

/* Does a media type become much smaller? Pictures, say, are packed already. */
int encoding_is_worth_it(const char *type);

#endif
