/* SPDX-License-Identifier: MIT */
/*
 * Compression with zlib, where the server was built with it. The level is the
 * library's usual one: a result is kept, so it may cost something once.
 */
#include "gzip.h"

#ifdef HAVE_ZLIB
#include <string.h>
#include <zlib.h>

/* The largest window, and a gzip header around it instead of zlib's own. */
#define WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL 8

int gzip_is_there(void)
{
	return 1;
}

size_t gzip_compress(const char *in, size_t size, char *out, size_t room)
{
	z_stream stream;

	memset(&stream, 0, sizeof stream);
	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			 WINDOW_BITS, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	stream.next_in = (Bytef *)in;
	stream.avail_in = (uInt)size;
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)room;
	int result = deflate(&stream, Z_FINISH);
	size_t made = stream.total_out;
	deflateEnd(&stream);
	return result == Z_STREAM_END ? made : 0;
}
#else
int gzip_is_there(void)
{
	return 0;
}

size_t gzip_compress(const char *in, size_t size, char *out, size_t room)
{
	(void)in, (void)size, (void)out, (void)room;
	return 0;
}
#endif
