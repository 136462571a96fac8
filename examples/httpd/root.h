/* SPDX-License-Identifier: MIT */
/*
 * The folder that is served, and the only way to files in it.
 */
#ifndef HTTPD_ROOT_H
#define HTTPD_ROOT_H

/*
 * Open the folder itself. Returns a descriptor, or -1 with errno; open(2)
 * lists them.
 */
int root_open(const char *directory);

/*
 * Open the file `name`, relative to the folder, for reading. Symbolic links
 * are followed as long as they lead to something within the folder.
 *
 * Returns a descriptor, or -1 with errno: EXDEV it lies outside, or what
 * open(2) gives.
 */
int root_file(int root, const char *name);

/* As root_file(), without the help of openat2(2), which old kernels lack. */
int root_file_checked(int root, const char *name);

#endif
