#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "db/record_private.h"
#include "db/trend_day.h"
#include "tests/support/bench_store.h"

/*
 * What it costs to count a day for the public (db/record_days.c), and how long
 * the longest of its transactions holds the write lock, with the wait for the
 * disk:
 *
 *	build/tests/bench/bench_days [SIGHTINGS [DIRECTORY]]
 *
 * So many (1,000,000) are seen on that day, and as many on the next, which are
 * walked over: two of three of forged runs that reach a thousand servers each,
 * the third of a campaign of its own, that nobody bears out. The database is
 * made in DIRECTORY/bench-days (/tmp) and left there. CPU time.
 */
#define DAY 86400
#define T0 (INT64_C(19675) * DAY)
#define GROUP 8192
#define SERVERS 200000
#define A_RUN 1000
#define TRAPS 40
/* As record_sweep lets it have. */
#define STEP_MS 10

static void
record_one(struct store_txn *txn, unsigned i, unsigned a_day)
{
	unsigned server = (unsigned)random() % SERVERS;
	int64_t now = T0 + (int64_t)i * DAY / a_day;
	struct evidence evidence = { .seen_at = now,
		.address = ipaddr_from_ipv4(0x14000000 + server * 97),
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.flags = EVIDENCE_FINGERPRINTED,
		.trap = 1 + i / A_RUN % TRAPS,
		.campaign = i % 3 == 0 ? UINT64_C(1) << 32 | i : 1 + i / A_RUN,
		.original = 1 + i,
		.digest = (1 + i) * UINT64_C(0x9e3779b97f4a7c15),
		.helo = "mail.example.net",
		.diagnostic = "550 5.1.1 User unknown" };

	if (record_evidence(txn, &rules, &evidence, now) != 0)
		abort();
}

static void
record_all(unsigned a_day)
{
	struct store_txn *txn = begin();

	for (unsigned i = 0; i < 2 * a_day; i++) {
		record_one(txn, i, a_day);
		if (i % GROUP == GROUP - 1) {
			commit(txn);
			txn = begin();
		}
	}
	commit(txn);
}

static int
step(int64_t now)
{
	struct store_txn *txn = begin();
	int done =
	    record_days(txn, &rules, now, 100, clock_monotonic_ms() + STEP_MS);

	if (done < 0)
		abort();
	commit(txn);
	return done;
}

static void
count_all(unsigned a_day)
{
	double start = cpu_seconds(), seconds;
	int64_t longest_us = 0;
	struct trend_day day = { .seen = { 0 } };
	struct store_txn *txn;
	unsigned steps = 0;
	int done;

	do {
		int64_t began_us = clock_monotonic_us(), took_us;

		done = step(T0 + 2 * DAY);
		took_us = clock_monotonic_us() - began_us;
		longest_us = took_us > longest_us ? took_us : longest_us;
		steps++;
	} while (done > 0);
	seconds = cpu_seconds() - start;
	txn = begin();
	if (trend_day_get(txn, T0 / DAY, &day) != 0)
		abort();
	store_abort(txn);
	printf("sightings\tborne out\tsteps\tlongest ms\tin all s\t"
	       "microseconds each\n%u\t%llu\t%u\t%.1f\t%.2f\t%.2f\n",
	    a_day, (unsigned long long)day.seen[BACKSCATTER_DSN], steps,
	    (double)longest_us / 1e3, seconds, seconds * 1e6 / a_day);
}

int
main(int argc, char *argv[])
{
	unsigned a_day = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;

	srandom(1);
	log_open("bench", LOG_LEVEL_ERROR);
	open_all(argc > 2 ? argv[2] : "/tmp", "bench-days", "small", T0);
	record_all(a_day);
	count_all(a_day);
	close_all();
	return 0;
}
