#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/log.h"
#include "db/evidence.h"
#include "db/meta.h"
#include "db/record.h"
#include "db/sighting.h"
#include "db/stored.h"
#include "db/verdict.h"

/*
 * Does it cost more to look an address up, to judge it, or to record one more
 * sighting of it, where a hundred times as much evidence is kept?
 *
 *	build/tests/bench/bench_history DIRECTORY [LESS [MORE]]
 *
 * Makes two databases in DIRECTORY, of LESS (100,000) and MORE (10,000,000)
 * pieces of evidence, ten an address, with everything judged, and leaves them
 * there: 10 million take some 6 GB and some minutes. Then both are asked in
 * turn about addresses at random. Median of the turns' CPU time, and what MORE
 * costs beside LESS. "all": of all of them, of which the processor's caches
 * hold much of LESS and next to nothing of MORE. "as many": of MORE no more
 * addresses than LESS has, so that the caches hold as much of both; what is
 * left is what the evidence costs that nobody asked of.
 *
 * Evidence is written by its own encoding, but in the order of each table's
 * keys, which is what makes it fast; the listings are what record_judge made of
 * it. Corroboration is taken as found (sighting.borne_by).
 */
#define T0 INT64_C(1700000000)
#define DAY INT64_C(86400)
#define MICROSECONDS UINT64_C(1000000)
#define EACH 10
#define SPREAD_SECONDS (25 * DAY)
#define NOW (T0 + SPREAD_SECONDS)
#define A_COMMIT 20000
#define ASKED 2000	/* in a turn */
#define WARMING_TURNS 5 /* each address of LESS once, about */
#define TURNS 15

struct history {
	uint64_t count, units;
	struct store *store;
	struct recorder_rules rules;
};

/* --- what there is -------------------------------------------------------- */

/* Apart, so that each is a network of its own. */
static struct ipaddr
address_of(uint64_t unit)
{
	return ipaddr_from_ipv4((uint32_t)(0x14000000 + unit * 97));
}

/* The first of every address, then the second: in the order of time. */
static struct evidence
evidence_at(const struct history *history, uint64_t i)
{
	int64_t offset = (int64_t)(i * SPREAD_SECONDS / history->count);

	return (struct evidence){
		.id = (uint64_t)T0 * MICROSECONDS +
		      i * (SPREAD_SECONDS * MICROSECONDS / history->count),
		.seen_at = T0 + offset,
		.address = address_of(i % history->units),
		.kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.flags = EVIDENCE_FINGERPRINTED,
		.trap = 1 + i % 41,
		.campaign = 1 + i / 5000,
		.original = 1 + i * UINT64_C(0x9e3779b97f4a7c15),
		.helo = "mail.example.net",
		.reporting_mta = "mail.example.net",
		.software = "Postfix",
		.status = "5.1.1",
		.diagnostic = "550 5.1.1 User unknown",
		.signs = "report-dsn original-from-trap",
	};
}

static struct store_txn *
begin(struct history *history)
{
	struct store_txn *txn;

	if (store_begin_write(history->store, &txn) != 0)
		abort();
	return txn;
}

static void
commit(struct history *history, struct store_txn *txn)
{
	if (store_commit(txn) != 0)
		abort();
	record_log_decisions(&history->rules, false);
}

typedef int put_one(
    struct history *history, struct store_txn *txn, uint64_t number);

static void
put_all(struct history *history, put_one *put, uint64_t count)
{
	struct store_txn *txn = begin(history);

	for (uint64_t i = 0; i < count; i++) {
		if (put(history, txn, i) < 0)
			abort();
		if (i % A_COMMIT == A_COMMIT - 1) {
			commit(history, txn);
			txn = begin(history);
		}
	}
	commit(history, txn);
}

static int
put_evidence(struct history *history, struct store_txn *txn, uint64_t i)
{
	struct evidence evidence = evidence_at(history, i);
	uint8_t record[EVIDENCE_RECORD_MAX], key[STORED_KEY_U64];
	int len = evidence_encode(&evidence, record, sizeof(record));

	return store_append(txn, TABLE_EVIDENCE,
	    stored_key_u64(key, evidence.id), OCTETS(record, (size_t)len));
}

/* By address: its places in the index, and what policy reads. */
static int
put_index(struct history *history, struct store_txn *txn, uint64_t i)
{
	uint64_t unit = i / EACH, nth = i % EACH;
	struct evidence evidence =
	    evidence_at(history, nth * history->units + unit);
	struct sighting sighting = { .id = evidence.id, .borne_by = 3 };
	uint8_t place[STORED_KEY_OF_UNIT];
	int code = store_put(txn, TABLE_EVIDENCE_OF,
	    stored_key_of_unit(place, &evidence.address, evidence.id),
	    OCTETS("", 0));

	policy_event_from(&evidence, true, &sighting.event);
	return code != 0 ? code
			 : sighting_put(txn, &evidence.address, &sighting);
}

static int
judge(struct history *history, struct store_txn *txn, uint64_t unit)
{
	struct ipaddr address = address_of(unit);

	return record_judge(txn, &history->rules, &address, NOW);
}

static void
make_history(struct history *history, const char *directory, uint64_t count)
{
	static char path[300], group[] = "";
	struct settings settings;
	struct store_txn *txn;

	*history = (struct history){ .count = count, .units = count / EACH };
	snprintf(path, sizeof(path), "%s/history-%" PRIu64, directory, count);
	if (settings_read(NULL, &settings) != 0)
		abort();
	settings.database.path = path;
	settings.database.group = group;
	if (store_open(&settings, STORE_CREATE, &history->store) != 0 ||
	    recorder_rules_init(&history->rules, &settings, "bench") != 0)
		exit(1);
	history->rules.guard_additions = INT32_MAX;
	txn = begin(history);
	if (meta_create(txn, T0) != 0)
		abort();
	commit(history, txn);
	put_all(history, put_evidence, count);
	put_all(history, put_index, count);
	put_all(history, judge, history->units);
}

/* --- what it costs -------------------------------------------------------- */

typedef void act_on(struct history *history, struct store_txn *txn,
    const struct ipaddr *address);

static int
first_is_enough(const struct evidence *evidence, void *context)
{
	(void)evidence;
	(void)context;
	return 1;
}

/* The verdict, and the newest of its evidence. */
static void
look_up(struct history *history, struct store_txn *txn,
    const struct ipaddr *address)
{
	struct listing listing;
	struct verdict verdict;

	(void)history;
	if (listing_get(txn, address, &listing) != 0)
		abort();
	verdict_of(&listing, &verdict);
	if (!verdict.listed ||
	    evidence_of_newest(txn, address, first_is_enough, NULL) != 1)
		abort();
}

static void
decide(struct history *history, struct store_txn *txn,
    const struct ipaddr *address)
{
	if (record_judge(txn, &history->rules, address, NOW) != 0)
		abort();
}

static void
record(struct history *history, struct store_txn *txn,
    const struct ipaddr *address)
{
	struct evidence evidence =
	    evidence_at(history, (uint64_t)random() % history->count);

	evidence.seen_at = NOW;
	evidence.address = *address;
	evidence.campaign = (uint64_t)random();
	evidence.original = evidence.digest = (uint64_t)random() << 16 | 1;
	if (record_evidence(txn, &history->rules, &evidence, NOW) != 0)
		abort();
}

static double
cpu_microseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* Of `units` addresses, neighbours. Nothing of it stays. */
static double
take_turn(struct history *history, act_on *act, uint64_t units)
{
	struct store_txn *txn = begin(history);
	double start = cpu_microseconds(), took;

	for (int i = 0; i < ASKED; i++) {
		struct ipaddr address = address_of((uint64_t)random() % units);

		act(history, txn, &address);
	}
	took = (cpu_microseconds() - start) / ASKED;
	store_abort(txn);
	record_log_decisions(&history->rules, false);
	return took;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *of)
{
	qsort(of, TURNS, sizeof(*of), compare);
	return of[TURNS / 2];
}

static void
measure(struct history *less, struct history *more, uint64_t units_of_more,
    const char *among, const char *what, act_on *act)
{
	double of_less[TURNS], of_more[TURNS], ratios[TURNS];

	for (int i = 0; i < WARMING_TURNS; i++) {
		take_turn(less, act, less->units);
		take_turn(more, act, units_of_more);
	}
	for (int i = 0; i < TURNS; i++) {
		of_less[i] = take_turn(less, act, less->units);
		of_more[i] = take_turn(more, act, units_of_more);
		ratios[i] = of_more[i] / of_less[i];
	}
	printf("%s\t%s\t%.2f\t%.2f\t%.2f\n", among, what, median(of_less),
	    median(of_more), median(ratios));
}

static void
measure_all(struct history *less, struct history *more, uint64_t units_of_more,
    const char *among)
{
	measure(less, more, units_of_more, among, "look-up", look_up);
	measure(less, more, units_of_more, among, "decision", decide);
	measure(less, more, units_of_more, among, "recording", record);
}

int
main(int argc, char *argv[])
{
	static struct history less, more;

	if (argc < 2) {
		fprintf(
		    stderr, "usage: bench_history DIRECTORY [LESS [MORE]]\n");
		return 2;
	}
	srandom(1);
	log_open("bench", LOG_LEVEL_ERROR);
	make_history(
	    &less, argv[1], argc > 2 ? strtoull(argv[2], NULL, 10) : 100000);
	make_history(
	    &more, argv[1], argc > 3 ? strtoull(argv[3], NULL, 10) : 10000000);
	printf("asked of\tmicroseconds\tof %" PRIu64 "\tof %" PRIu64
	       "\tratio\n",
	    less.count, more.count);
	measure_all(&less, &more, more.units, "all");
	measure_all(&less, &more, less.units, "as many");
	recorder_rules_deinit(&less.rules);
	recorder_rules_deinit(&more.rules);
	store_close(less.store);
	store_close(more.store);
	return 0;
}
