#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/support/bench_store.h"

/*
 * What it costs to take evidence in and to list by hand:
 *
 *	build/tests/bench/bench_record [DIRECTORY]
 *
 * The database is made in DIRECTORY/bench-record (/tmp) and left there.
 * Evidence is committed in groups of 128, imports in steps of 50 ms.
 */
#define T0 INT64_C(1700000000)
#define GROUP 128
#define STEP_MS 50
#define IMPORTED 1000000

typedef void make_evidence(unsigned i, struct evidence *evidence);

static void
measure_evidence(const char *what, unsigned count, make_evidence *make)
{
	int64_t start = clock_monotonic_ms(), took;
	struct store_txn *txn = begin();

	for (unsigned i = 0; i < count; i++) {
		struct evidence evidence = { .seen_at = T0 + i / 100,
			.kind = BACKSCATTER_DSN,
			.grade = GRADE_A,
			.trap = 1,
			.campaign = 1000 + i / 1000,
			.original = 1 + i,
			.digest = 1 + i,
			.helo = "mail.example.net",
			.diagnostic = "550 5.1.1 User unknown" };

		make(i, &evidence);
		if (record_evidence(txn, &rules, &evidence, evidence.seen_at) <
		    0)
			abort();
		if (i % GROUP == GROUP - 1) {
			commit(txn);
			txn = begin();
		}
	}
	commit(txn);
	took = clock_monotonic_ms() - start;
	printf("%s\t%u\t%.1f\n", what, count, (double)took * 1e3 / count);
}

/* Every server of a forged run, one bounce each. */
static void
many_servers(unsigned i, struct evidence *evidence)
{
	evidence->address = ipaddr_from_ipv4(0x05000000 + i * 77);
	evidence->digest += UINT64_C(1) << 32;
}

/* One server that nobody bears out, to a trap of its own. */
static void
one_server(unsigned i, struct evidence *evidence)
{
	evidence->address = ipaddr_from_ipv4(0x08080808);
	evidence->trap = 2;
	evidence->campaign = 1000000 + i;
	evidence->flags = EVIDENCE_FINGERPRINTED;
	evidence->digest += UINT64_C(2) << 32;
}

/* A hundred servers that go on and on, borne out by each other. */
static void
hundred_servers(unsigned i, struct evidence *evidence)
{
	evidence->address = ipaddr_from_ipv4(0x09000000 + (i % 100) * 256);
	evidence->trap = 10 + i % 7;
	evidence->digest += UINT64_C(3) << 32;
}

static void
measure_import(unsigned count)
{
	const struct record_import import = { .reason = "bench",
		.until = T0 + 86400 };
	struct ipaddr *units = calloc(count, sizeof(*units));
	int64_t start = clock_monotonic_ms(), took, longest = 0;
	unsigned done = 0;

	for (unsigned i = 0; i < count; i++)
		units[i] = ipaddr_from_ipv4(0x10000000 + i * 97);
	while (done < count) {
		int64_t step = clock_monotonic_ms();
		struct store_txn *txn = begin();
		int taken = record_import(txn, &rules, &import, units + done,
		    count - done, step + STEP_MS, T0);

		if (taken < 0)
			abort();
		commit(txn);
		done += (unsigned)taken;
		step = clock_monotonic_ms() - step;
		longest = step > longest ? step : longest;
	}
	took = clock_monotonic_ms() - start;
	printf("import\t%u\t%.1f\tlongest step %lld ms\n", count,
	    (double)took * 1e3 / count, (long long)longest);
	free(units);
}

int
main(int argc, char *argv[])
{
	log_open("bench", LOG_LEVEL_ERROR);
	open_all(argc > 1 ? argv[1] : "/tmp", "bench-record", "small", T0);
	printf("what\tcount\tmicroseconds each\n");
	measure_evidence("many servers", 50000, many_servers);
	measure_evidence("one server", 20000, one_server);
	measure_evidence("hundred servers", 50000, hundred_servers);
	measure_import(IMPORTED);
	close_all();
	return 0;
}
