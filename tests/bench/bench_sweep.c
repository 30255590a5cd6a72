#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/log.h"
#include "db/zonedata.h"
#include "tests/support/bench_store.h"

/*
 * Many listings expire within an hour: how long does the sweep hold other
 * writers up, and how much of the hour does it take?
 *
 *	build/tests/bench/bench_sweep [LISTINGS [DIRECTORY [FROM]]]
 *
 * Lists so many (1,000,000) addresses by evidence, eager, evenly over an hour;
 * three days later each second of that hour sweeps as ingest does, in
 * transactions of 100 units. The clock is ours: nothing waits. The database is
 * made in DIRECTORY/bench-sweep (/tmp) and left there. Times in milliseconds.
 *
 * With FROM, a Unix time, it is only made, and the first expire then: others
 * sweep it (bench-dns).
 */
#define T0 INT64_C(1700000000)
#define HOUR 3600
#define DAYS_3 (3 * 24 * HOUR)
#define GROUP 256
#define UNITS 100

/* Up to a second, by 10 us. */
#define SLOT_US 10
#define SLOTS 100000

struct histogram {
	uint64_t slots[SLOTS];
	uint64_t count, sum_us;
};

static struct histogram held;

static int64_t
microseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000) + ts.tv_nsec / 1000;
}

static void
add(struct histogram *histogram, int64_t us)
{
	int64_t slot = us / SLOT_US;

	histogram->slots[slot < SLOTS ? slot : SLOTS - 1]++;
	histogram->count++;
	histogram->sum_us += (uint64_t)us;
}

static double
percentile(const struct histogram *histogram, double share)
{
	uint64_t before = 0;
	size_t i = 0;

	while (i < SLOTS - 1 && (double)(before += histogram->slots[i]) <
				    share * (double)histogram->count)
		i++;
	return (double)(i + 1) * SLOT_US / 1e3;
}

static void
list_all(unsigned count, int64_t from)
{
	struct store_txn *txn = begin();

	for (unsigned i = 0; i < count; i++) {
		int64_t now = from + (int64_t)i * HOUR / count;
		struct evidence evidence = { .seen_at = now,
			.address = ipaddr_from_ipv4(0x14000000 + i * 97),
			.kind = BACKSCATTER_DSN,
			.grade = GRADE_A,
			.trap = 1,
			.campaign = 1 + i / 1000,
			.original = 1 + i,
			.digest = 1 + i };

		if (record_evidence(txn, &rules, &evidence, now) != 0)
			abort();
		if (i % GROUP == GROUP - 1) {
			commit(txn);
			txn = begin();
		}
	}
	commit(txn);
}

/* How many were taken off, in this second. */
static void
sweep_second(int64_t now)
{
	int swept;

	do {
		int64_t start = microseconds();
		struct store_txn *txn = begin();

		swept = record_sweep(txn, &rules, now, UNITS);
		if (swept < 0)
			abort();
		commit(txn);
		add(&held, microseconds() - start);
	} while (swept >= UNITS);
}

static void
sweep_all(unsigned count)
{
	uint64_t zone;
	struct store_txn *txn;

	for (int64_t now = T0; now <= T0 + HOUR; now++)
		sweep_second(now + DAYS_3);
	txn = begin();
	zone = store_count(txn, TABLE_ZONE);
	store_abort(txn);
	printf("listings\ttransactions\tp50\tp99\tp99.9\tlongest\tshare of the "
	       "hour\tleft\n%u\t%llu\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f%%\t%llu\n",
	    count, (unsigned long long)held.count, percentile(&held, 0.5),
	    percentile(&held, 0.99), percentile(&held, 0.999),
	    percentile(&held, 1), (double)held.sum_us / 1e4 / HOUR,
	    (unsigned long long)zone);
}

int
main(int argc, char *argv[])
{
	unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 1000000;
	int64_t from = argc > 3 ? atoll(argv[3]) - DAYS_3 : T0;

	log_open("bench", LOG_LEVEL_ERROR);
	open_all(argc > 2 ? argv[2] : "/tmp", "bench-sweep", "eager", from);
	list_all(count, from);
	if (argc <= 3)
		sweep_all(count);
	close_all();
	return 0;
}
