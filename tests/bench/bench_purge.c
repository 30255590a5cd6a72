#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "db/purge_plan.h"
#include "tests/support/bench_store.h"

/*
 * What it costs to take a bad sensor's evidence back, and how long the longest
 * of its steps holds the write lock, with the wait for the disk:
 *
 *	build/tests/bench/bench_purge [RECORDS [DIRECTORY]]
 *
 * As many records (100,000) come from the bad sensor as from good ones, of
 * forged runs that reach a thousand servers each over two days. The database
 * is made in DIRECTORY/bench-purge (/tmp) and left there. CPU time.
 *
 * Of what a record costs, about half is taking it away, out of six tables, and
 * writing down what is left to do; the rest is judging anew whom it touched,
 * each address once.
 */
#define T0 INT64_C(1700000000)
#define SPREAD_SECONDS (2 * 24 * 3600)
#define GROUP 256
#define SERVERS 20000
#define A_RUN 1000
#define TRAPS 40
#define BAD 7
#define LONG_US 50000 /* others should not wait longer */

/* The good sensors' and the bad one's servers are the same. */
static void
record_one(struct store_txn *txn, unsigned i, unsigned all)
{
	unsigned server = (unsigned)random() % SERVERS;
	int64_t now = T0 + (int64_t)i * SPREAD_SECONDS / all;
	struct evidence evidence = { .seen_at = now,
		.address = ipaddr_from_ipv4(0x14000000 + server * 97),
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.flags = EVIDENCE_FINGERPRINTED,
		.sensor = i % 2 == 0 ? BAD : 0,
		.trap = 1 + i / A_RUN % TRAPS,
		.campaign = 1 + i / A_RUN,
		.original = 1 + i,
		.digest = (1 + i) * UINT64_C(0x9e3779b97f4a7c15),
		.helo = "mail.example.net",
		.diagnostic = "550 5.1.1 User unknown" };

	if (record_evidence(txn, &rules, &evidence, now) != 0)
		abort();
}

static void
record_all(unsigned all)
{
	struct store_txn *txn = begin();

	for (unsigned i = 0; i < all; i++) {
		record_one(txn, i, all);
		if (i % GROUP == GROUP - 1) {
			commit(txn);
			txn = begin();
		}
	}
	commit(txn);
}

/* Of those that hold the lock. */
struct steps {
	unsigned count, long_ones;
	int64_t longest_us;
};

static struct steps
do_steps(struct purge_plan *plan, int64_t now)
{
	struct steps steps = { .count = 0 };

	while (!plan->over) {
		bool holds = plan->searched;
		int64_t began_us = clock_monotonic_us(), took_us;

		if (purge_plan_do(plan, &rules, now) != 0)
			abort();
		took_us = clock_monotonic_us() - began_us;
		if (holds && took_us > steps.longest_us)
			steps.longest_us = took_us;
		steps.count += holds;
		steps.long_ones += holds && took_us > LONG_US;
	}
	return steps;
}

static void
purge_all(void)
{
	const struct purge_act what = { .purge = { .by = PURGE_SENSOR,
					    .which = BAD,
					    .to = T0 + SPREAD_SECONDS } };
	const struct bulk_act act = {
		.number = 1, .kind = BULK_PURGE, .everywhere = true
	};
	const struct purge_result *result;
	double start = cpu_seconds(), seconds;
	struct purge_plan plan;
	struct steps steps;

	purge_plan_init(&plan, store, &act, &what, false);
	steps = do_steps(&plan, T0 + SPREAD_SECONDS);
	seconds = cpu_seconds() - start;
	result = &plan.purge.result;
	printf("records\taddresses\tjudged\tended\tsteps\tabove 50 ms\t"
	       "longest ms\tin all s\tmicroseconds each\n"
	       "%llu\t%llu\t%llu\t%llu\t%u\t%u\t%.1f\t%.2f\t%.1f\n",
	    (unsigned long long)result->evidence,
	    (unsigned long long)result->addresses,
	    (unsigned long long)result->judged,
	    (unsigned long long)result->ended, steps.count, steps.long_ones,
	    (double)steps.longest_us / 1e3, seconds,
	    seconds * 1e6 / (double)result->evidence);
	purge_plan_deinit(&plan);
}

int
main(int argc, char *argv[])
{
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 100000;

	srandom(1);
	log_open("bench", LOG_LEVEL_ERROR);
	open_all(argc > 2 ? argv[2] : "/tmp", "bench-purge", "small", T0);
	record_all(2 * count);
	purge_all();
	close_all();
	return 0;
}
