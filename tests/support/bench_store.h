#ifndef TESTS_SUPPORT_BENCH_STORE_H
#define TESTS_SUPPORT_BENCH_STORE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/meta.h"
#include "db/record.h"

/* The database of a benchmark that records; whatever fails ends it. */
static struct store *store;
static struct recorder_rules rules;

static struct store_txn *
begin(void)
{
	struct store_txn *txn;

	if (store_begin_write(store, &txn) != 0)
		abort();
	return txn;
}

static void
commit(struct store_txn *txn)
{
	if (store_commit(txn) != 0)
		abort();
	record_log_decisions(&rules, false);
}

/* A new one in DIRECTORY/NAME, as of `now`, which the guard lets alone. */
static void
open_all(
    const char *directory, const char *name, const char *preset, int64_t now)
{
	static char path[300], policy[16], group[] = "";
	struct settings settings;
	struct store_txn *txn;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	snprintf(policy, sizeof(policy), "%s", preset);
	if (settings_read(NULL, &settings) != 0)
		abort();
	settings.database.path = path;
	settings.database.group = group;
	settings.database.map_bytes = INT64_C(8) << 30; /* enough for all */
	settings.policy.preset = policy;
	if (store_open(&settings, STORE_CREATE, &store) != 0 ||
	    recorder_rules_init(&rules, &settings, "bench") != 0)
		exit(1);
	rules.guard_additions = 100000000;
	txn = begin();
	if (meta_create(txn, now) != 0)
		abort();
	commit(txn);
}

static void
close_all(void)
{
	recorder_rules_deinit(&rules);
	store_close(store);
}

/* Of CPU, that this process has used. */
static inline double
cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

#endif
