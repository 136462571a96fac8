/* SPDX-License-Identifier: MIT */
/*
 * The version of the headers, as macros, and of the library that runs, as a
 * function. The two differ when a program meets a newer shared library.
 * Versions follow major.minor.patch; within one major version a program that
 * was built against an older minor version keeps running.
 */
#ifndef CRESS_VERSION_H
#define CRESS_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define CRESS_VERSION_MAJOR 0
#define CRESS_VERSION_MINOR 1
#define CRESS_VERSION_PATCH 0
#define CRESS_VERSION_STRING "0.1.0"

/* One number that orders versions: 0xMMmmpp. */
#define CRESS_VERSION \
	(CRESS_VERSION_MAJOR << 16 | CRESS_VERSION_MINOR << 8 | \
	 CRESS_VERSION_PATCH)

/*
 * Return the version of the library that runs, for example "0.1.0". The string
 * is static. Never fails, never parks; any thread.
 */
const char *cress_version(void);

#ifdef __cplusplus
}
#endif

#endif
