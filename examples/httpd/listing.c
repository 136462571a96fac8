/* SPDX-License-Identifier: MIT */
/*
 * The page that lists a folder: folders first, each kind by name. A name may
 * be any bytes, so it is escaped for the link, and once more for the eye.
 */
#define _GNU_SOURCE /* d_type */
#include "listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "path.h"

struct item {
	char *name;
	int is_folder;
};

struct items {
	struct item *at;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (left->is_folder != right->is_folder)
		return right->is_folder - left->is_folder;
	return strcmp(left->name, right->name);
}

static int is_folder(int fd, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(fd, entry->d_name, &status, 0) == 0 &&
	       S_ISDIR(status.st_mode);
}

static int add(struct items *items, int fd, const struct dirent *entry)
{
	struct item *item = &items->at[items->count];

	item->name = strdup(entry->d_name);
	if (item->name == NULL)
		return -1;
	item->is_folder = is_folder(fd, entry);
	items->count++;
	return 0;
}

/* Read the names. `fd` stays open. */
static int read_items(int fd, struct items *items)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *entry;
	int result = 0;

	if (folder == NULL) {
		if (copy >= 0)
			close(copy);
		return -1;
	}
	while (result == 0 && items->count < LISTING_MAX &&
	       (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			result = add(items, copy, entry);
	closedir(folder);
	qsort(items->at, items->count, sizeof *items->at, compare);
	return result;
}

/* Write a name for the eye: what HTML would read as its own is escaped. */
static void write_text(FILE *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (strchr("<>&\"'", *name) != NULL)
			fprintf(out, "&#%d;", *name);
		else
			fputc(*name, out);
	}
}

/* Write a link. path_encode() puts slashes around the name. */
static int write_item(FILE *out, const struct item *item)
{
	char *link = malloc(PATH_ENCODED(strlen(item->name)));

	if (link == NULL)
		return -1;
	size_t size = path_encode(item->name, link);
	if (!item->is_folder)
		link[size - 1] = '\0';
	fprintf(out, "<li><a href=\"./%s\">", link + 1);
	write_text(out, item->name);
	fprintf(out, "%s</a>\n", item->is_folder ? "/" : "");
	free(link);
	return 0;
}

static int write_page(FILE *out, const char *name, const struct items *items)
{
	int result = 0;

	fputs("<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>", out);
	write_text(out, name);
	fputs("</title>\n<ul>\n", out);
	if (strcmp(name, ".") != 0)
		fputs("<li><a href=\"../\">../</a>\n", out);
	for (size_t i = 0; i < items->count && result == 0; i++)
		result = write_item(out, &items->at[i]);
	fputs("</ul>\n", out);
	if (items->count == LISTING_MAX)
		fprintf(out, "<p>Only %d names are shown.\n", LISTING_MAX);
	return result;
}

char *listing_make(int fd, const char *name, size_t *size)
{
	struct items items = {calloc(LISTING_MAX, sizeof(struct item)), 0};
	char *page = NULL;
	FILE *out = NULL;
	int result = -1;

	if (items.at != NULL && read_items(fd, &items) == 0)
		out = open_memstream(&page, size);
	if (out != NULL) {
		result = write_page(out, name, &items);
		if (fclose(out) != 0)
			result = -1;
	}
	for (size_t i = 0; i < items.count; i++)
		free(items.at[i].name);
	free(items.at);
	if (result == 0)
		return page;
	free(page);
	return NULL;
}
