/* SPDX-License-Identifier: MIT */
/* The version of the library that runs. */
#include <cress/version.h>

const char *cress_version(void)
{
	return CRESS_VERSION_STRING;
}
