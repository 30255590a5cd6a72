#include <stdint.h>
#include <string.h>

#include "tests/support/without_cmocka.h"

#include "tests/support/test_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Four octets are sightings of one address, alike but for their originals: what
 * they are, how many, seconds between them, and then a pause of so many times
 * ten minutes. In one database as many of an hour are kept as the least bound
 * allows, in the other all of them: the listings are the same after each step,
 * the first is within its bounds and agrees with itself in the end.
 */
#define FEW 48
#define ALL 4096
#define STEPS_MAX 8
#define COUNT_MAX 128
#define TRAPS 4
#define PAUSE_SECONDS 600

static struct test_record capped, whole;

static const char *const addresses[] = { "192.0.2.66", "198.18.1.1",
	"198.18.2.1", "198.18.3.1" };
#define ADDRESSES (sizeof(addresses) / sizeof(addresses[0]))

static void
clean_up(void)
{
	test_record_close(&capped);
	test_record_close(&whole);
}

static void
open_both(void)
{
	if (capped.test.store != NULL)
		return;
	test_record_open(&capped, "small");
	test_record_open(&whole, "small");
	capped.rules.records_per_hour = FEW;
	whole.rules.records_per_hour = ALL;
	atexit(clean_up);
}

static struct evidence
sighting_of(struct test_record *record, uint8_t what)
{
	static const struct {
		enum backscatter_kind kind;
		enum proof_grade grade;
	} kinds[] = { { BACKSCATTER_DSN, GRADE_A },
		{ BACKSCATTER_AUTOREPLY, GRADE_C },
		{ BACKSCATTER_CALLOUT, GRADE_D },
		{ BACKSCATTER_NONE, GRADE_E } };
	struct evidence evidence = bounce(
	    record, addresses[what % ADDRESSES], 1 + (what >> 2) % TRAPS);

	evidence.kind = kinds[(what >> 4) % 4].kind;
	evidence.grade = kinds[(what >> 4) % 4].grade;
	if ((what & 0x40) != 0)
		evidence.flags &= ~(uint32_t)EVIDENCE_FINGERPRINTED;
	if ((what & 0x80) != 0)
		evidence.original = 0;
	return evidence;
}

static void
step(struct test_record *record, const uint8_t said[4])
{
	unsigned count = 1 + said[1] % COUNT_MAX;

	for (unsigned i = 0; i < count; i++) {
		struct evidence evidence = sighting_of(record, said[0]);

		evidence.digest = 1 + record->originals;
		insist(record_evidence(record->test.txn, &record->rules,
			   &evidence, record->now) == 0);
		record->now += said[2];
	}
	record->now += said[3] * PAUSE_SECONDS;
	while (record_sweep(
		   record->test.txn, &record->rules, record->now, 100) > 0)
		continue;
	record_log_decisions(&record->rules, false);
}

static struct listing
listing_in(struct test_record *record, const char *address)
{
	struct ipaddr unit = address_of(address);
	struct listing listing;

	listing_get(record->test.txn, &unit, &listing);
	return listing;
}

static void
compare(const char *address)
{
	struct listing a = listing_in(&capped, address);
	struct listing b = listing_in(&whole, address);

	insist(a.state == b.state);
	insist(a.kinds == b.kinds);
	insist(a.traps == b.traps);
	insist(a.sightings == b.sightings);
	insist(a.first_seen_at == b.first_seen_at);
	insist(a.last_seen_at == b.last_seen_at);
	insist(a.expires_at == b.expires_at);
	insist(a.listed_at / HOUR == b.listed_at / HOUR);
}

/* The newest of one hour. */
struct hour {
	int64_t from;
	unsigned count;
};

static int
count_hour(const struct evidence *evidence, void *context)
{
	struct hour *hour = context;
	int64_t from = evidence->seen_at - evidence->seen_at % HOUR;

	hour->count = from == hour->from ? hour->count + 1 : 1;
	hour->from = from;
	/* What counts, what does not, and one of each trap. */
	insist(hour->count <= 16 * FEW + FEW + TRAPS);
	return 0;
}

static void
check_bounds(const char *address)
{
	struct ipaddr unit = address_of(address);
	struct hour hour = { .from = -1 };

	insist(
	    evidence_of_newest(capped.test.txn, &unit, count_hour, &hour) == 0);
}

static void
begin_anew(struct test_record *record)
{
	record->test.txn = begin(record);
	record->now = TEST_NOW - TEST_NOW % HOUR;
	record->originals = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	open_both();
	begin_anew(&capped);
	begin_anew(&whole);
	for (size_t i = 0; i < STEPS_MAX && 4 * i + 4 <= size; i++) {
		step(&capped, data + 4 * i);
		step(&whole, data + 4 * i);
		for (size_t n = 0; n < ADDRESSES; n++)
			compare(addresses[n]);
	}
	for (size_t n = 0; n < ADDRESSES; n++)
		check_bounds(addresses[n]);
	insist(verify_store(capped.test.txn, print_fault, NULL) == 0);
	store_abort(capped.test.txn);
	store_abort(whole.test.txn);
	return 0;
}
