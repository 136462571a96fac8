/* SPDX-License-Identifier: MIT */
/*
 * The SQLite file. Batches are transactions, in a write-ahead log: a process
 * that is killed loses the one that it was writing, no other and no part of
 * one. The log is not flushed for each, so a machine that loses its power may
 * lose the last of them, but never the file.
 */
#include "store.h"
#include "frontier.h"

#include <sqlite3.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Marks a file as ours: "crwl". */
#define APPLICATION 0x6372776c

struct store {
	sqlite3 *base;
	sqlite3_stmt *link, *mention;
	const char *path;
};

static const char schema[] =
	"BEGIN;"
	"CREATE TABLE IF NOT EXISTS link(id INTEGER PRIMARY KEY,"
	" url TEXT NOT NULL, state INTEGER, follow INTEGER,"
	" followed INTEGER, is_page INTEGER, depth INTEGER, hops INTEGER,"
	" target INTEGER, reason TEXT);"
	"CREATE TABLE IF NOT EXISTS mention(link INTEGER, page INTEGER,"
	" PRIMARY KEY(link, page)) WITHOUT ROWID;"
	"PRAGMA application_id=1668446060;"
	"COMMIT;";

_Static_assert(APPLICATION == 1668446060, "the number in the schema");

/* Say what is wrong. Returns -1. */
static int complain(const struct store *store)
{
	int is_busy = sqlite3_errcode(store->base) == SQLITE_BUSY;

	fprintf(stderr, "crawler: %s: %s\n", store->path,
		is_busy ? "another crawler uses it" :
			  sqlite3_errmsg(store->base));
	return -1;
}

static int run(struct store *store, const char *sql)
{
	if (sqlite3_exec(store->base, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return complain(store);
}

/* A number that a pragma gives, or -1. */
static sqlite3_int64 ask(struct store *store, const char *sql)
{
	sqlite3_int64 answer = -1;
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(store->base, sql, -1, &statement, NULL))
		return -1;
	if (sqlite3_step(statement) == SQLITE_ROW)
		answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return answer;
}

/* A file of somebody else is not touched. */
static int is_ours(struct store *store)
{
	sqlite3_int64 application = ask(store, "PRAGMA application_id");
	sqlite3_int64 tables = ask(store, "SELECT count(*) FROM sqlite_master");

	if (application == APPLICATION || (application == 0 && tables == 0))
		return 1;
	if (tables < 0)
		complain(store);
	else
		fprintf(stderr, "crawler: %s is no crawl\n", store->path);
	return 0;
}

static int prepare(struct store *store)
{
	if (sqlite3_prepare_v2(store->base,
			       "REPLACE INTO link"
			       " VALUES(?,?,?,?,?,?,?,?,?,?)",
			       -1, &store->link, NULL) ||
	    sqlite3_prepare_v2(store->base, "INSERT OR IGNORE INTO mention"
			       " VALUES(?,?)",
			       -1, &store->mention, NULL))
		return complain(store);
	return 0;
}

struct store *store_open(const char *path)
{
	struct store *store = calloc(1, sizeof *store);

	if (store == NULL) {
		perror("crawler");
		return NULL;
	}
	store->path = path;
	if (sqlite3_open(path, &store->base) != SQLITE_OK) {
		complain(store);
		goto fail;
	}
	if (run(store, "PRAGMA locking_mode=EXCLUSIVE") == 0 &&
	    is_ours(store) &&
	    run(store, "PRAGMA journal_mode=WAL;"
		       "PRAGMA synchronous=NORMAL") == 0 &&
	    run(store, schema) == 0 && prepare(store) == 0)
		return store;
fail:
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	sqlite3_finalize(store->link);
	sqlite3_finalize(store->mention);
	sqlite3_close(store->base);
	free(store);
}

static int write_link(sqlite3_stmt *to, const struct store_link *link)
{
	sqlite3_bind_int64(to, 1, (sqlite3_int64)link->id);
	sqlite3_bind_text(to, 2, link->url, -1, SQLITE_STATIC);
	sqlite3_bind_int(to, 3, link->state);
	sqlite3_bind_int(to, 4, link->follow);
	sqlite3_bind_int(to, 5, link->followed);
	sqlite3_bind_int(to, 6, link->is_page);
	sqlite3_bind_int64(to, 7, link->depth);
	sqlite3_bind_int64(to, 8, link->hops);
	sqlite3_bind_int64(to, 9, (sqlite3_int64)link->target);
	sqlite3_bind_text(to, 10, link->reason, -1, SQLITE_STATIC);
	int code = sqlite3_step(to);
	sqlite3_reset(to);
	return code == SQLITE_DONE ? 0 : -1;
}

static int write_mention(sqlite3_stmt *to, const struct store_mention *mention)
{
	sqlite3_bind_int64(to, 1, (sqlite3_int64)mention->link);
	sqlite3_bind_int64(to, 2, (sqlite3_int64)mention->page);
	int code = sqlite3_step(to);
	sqlite3_reset(to);
	return code == SQLITE_DONE ? 0 : -1;
}

int store_write(const struct store_batch *batch)
{
	struct store *store = batch->store;
	int failed = 0;

	if (run(store, "BEGIN"))
		return -1;
	for (size_t i = 0; i < batch->link_count && !failed; i++)
		failed = write_link(store->link, &batch->links[i]);
	for (size_t i = 0; i < batch->mention_count && !failed; i++)
		failed = write_mention(store->mention, &batch->mentions[i]);
	if (failed)
		return complain(store);
	return run(store, "COMMIT");
}

/* Run `take` on every row. Returns 0, or -1: what is wrong was said. */
static int each(struct store *store, const char *sql,
		int (*take)(struct frontier *frontier, sqlite3_stmt *row),
		struct frontier *frontier)
{
	sqlite3_stmt *row;
	int code;

	if (sqlite3_prepare_v2(store->base, sql, -1, &row, NULL))
		return complain(store);
	while ((code = sqlite3_step(row)) == SQLITE_ROW) {
		if (take(frontier, row) == 0)
			continue;
		fprintf(stderr, "crawler: %s cannot be read\n", store->path);
		break;
	}
	sqlite3_finalize(row);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		complain(store);
	return code == SQLITE_DONE ? 0 : -1;
}

static int load_link(struct frontier *frontier, sqlite3_stmt *row)
{
	struct store_link link = {
		.id = (uint64_t)sqlite3_column_int64(row, 0),
		.url = (const char *)sqlite3_column_text(row, 1),
		.state = sqlite3_column_int(row, 2),
		.follow = sqlite3_column_int(row, 3),
		.followed = sqlite3_column_int(row, 4),
		.is_page = sqlite3_column_int(row, 5),
		.depth = (unsigned)sqlite3_column_int64(row, 6),
		.hops = (unsigned)sqlite3_column_int64(row, 7),
		.target = (uint64_t)sqlite3_column_int64(row, 8),
		.reason = (char *)(uintptr_t)sqlite3_column_text(row, 9),
	};

	return link.url == NULL ? -1 : frontier_restore(frontier, &link);
}

static int load_target(struct frontier *frontier, sqlite3_stmt *row)
{
	return frontier_restore_target(
		frontier, (uint64_t)sqlite3_column_int64(row, 0),
		(uint64_t)sqlite3_column_int64(row, 1));
}

static int load_mention(struct frontier *frontier, sqlite3_stmt *row)
{
	return frontier_restore_mention(
		frontier, (uint64_t)sqlite3_column_int64(row, 0),
		(uint64_t)sqlite3_column_int64(row, 1));
}

int store_load(struct store *store, struct frontier *frontier)
{
	return each(store, "SELECT * FROM link ORDER BY id", load_link,
		    frontier) ||
			       each(store,
				    "SELECT id, target FROM link"
				    " WHERE target > 0",
				    load_target, frontier) ||
			       each(store,
				    "SELECT link, page FROM mention"
				    " ORDER BY link, page",
				    load_mention, frontier) ?
		       -1 :
		       0;
}
