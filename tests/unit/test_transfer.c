#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "common/error.h"
#include "db/journal.h"
#include "dnsd/peers.h"
#include "dnsd/transfer.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

#define NOW 1770000000
#define LISTINGS 3000
#define BOTH (CODE_BIT(2) | CODE_BIT(3))

/* What a transfer said, record by record as text. */
struct records {
	char **lines;
	size_t count, size;
};

struct fixture {
	struct test_store test;
	struct zonereader reader;
	struct rules rules;
	unsigned messages;
};

static struct store_txn *
begin_write(struct fixture *fixture)
{
	struct store_txn *txn;

	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	return txn;
}

static void
list(struct fixture *fixture, unsigned from, unsigned to, uint16_t codes)
{
	struct store_txn *txn = begin_write(fixture);

	for (unsigned i = from; i < to; i++) {
		struct ipaddr address = ipaddr_from_ipv4(0x0a000000 + i * 257);
		const struct zone_entry entry = { .codes = codes,
			.seen_day = 20000 };
		uint8_t record[ZONE_ENTRY_RECORD_LEN];
		struct zonekey key;

		zonekey_of_unit(SUBLIST_MAIN, &address, &key);
		zonedata_encode_entry(&entry, record);
		assert_int_equal(codes == 0
				     ? zonedata_remove(txn, &key, NOW)
				     : zonedata_put(txn, &key,
					   OCTETS(record, sizeof(record)), NOW),
		    0);
	}
	assert_int_equal(store_commit(txn), 0);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct store_txn *txn;

	assert_non_null(fixture);
	test_store_open(&fixture->test);
	txn = begin_write(fixture);
	dnszone_apply(txn);
	dnszone_list(txn, SUBLIST_DSN, "2001:db8:0:7::1", CODE_BIT(3));
	dnszone_put(txn, "a\\000b.odd", CODE_BIT(2));
	assert_int_equal(store_commit(txn), 0);
	list(fixture, 0, LISTINGS, BOTH);
	assert_int_equal(
	    zonereader_init(&fixture->reader, fixture->test.store), 0);
	fixture->rules.udp_size = 1232;
	atomic_init(&fixture->rules.references, 1);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	zonereader_deinit(&fixture->reader);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

/* --- what is sent --------------------------------------------------------- */

static void
add_line(struct records *records, const ldns_rr *rr)
{
	if (records->count == records->size) {
		records->size = 2 * records->size + 1024;
		records->lines = realloc(
		    records->lines, records->size * sizeof(*records->lines));
		assert_non_null(records->lines);
	}
	records->lines[records->count++] = ldns_rr2str(rr);
}

static void
free_records(struct records *records)
{
	for (size_t i = 0; i < records->count; i++)
		free(records->lines[i]);
	free(records->lines);
	memset(records, 0, sizeof(*records));
}

static void
read_message(const uint8_t *octets, size_t len, struct records *records)
{
	ldns_pkt *packet;
	ldns_rr_list *answer;

	assert_int_equal(ldns_wire2pkt(&packet, octets, len), 0);
	assert_int_equal(ldns_pkt_get_rcode(packet), 0);
	assert_true(ldns_pkt_aa(packet));
	assert_int_equal(ldns_pkt_id(packet), 0x1234);
	answer = ldns_pkt_answer(packet);
	assert_true(ldns_rr_list_rr_count(answer) > 0);
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++)
		add_line(records, ldns_rr_list_rr(answer, i));
	ldns_pkt_free(packet);
}

static const uint8_t axfr[] = "\x12\x34\0\0\0\1\0\0\0\0\0\0"
			      "\2bL\7example\3org\0\0\xfc\0\1";
#define AXFR_LEN (sizeof(axfr) - 1)

static struct transfer_request *
request_for(struct fixture *fixture, uint16_t type, uint32_t serial)
{
	static const struct ipaddr client;
	uint8_t packet[AXFR_LEN];
	struct query query;

	memcpy(packet, axfr, AXFR_LEN);
	packet[AXFR_LEN - 3] = (uint8_t)type;
	assert_int_equal(query_parse(packet, AXFR_LEN, &query), QUERY_READY);
	query.has_serial = type == DNS_TYPE_IXFR;
	query.serial = serial;
	return transfer_request_new(&client, &query, NULL, &fixture->rules);
}

/* What others do between two steps. */
typedef void (*meanwhile)(struct fixture *fixture, unsigned step);

/* 0 or what the transfer came to. */
static int
run(struct fixture *fixture, uint16_t type, uint32_t serial, meanwhile happens,
    struct records *records, struct transfer *transfer)
{
	static uint8_t octets[TRANSFER_MESSAGE_MAX];
	int result = zonereader_begin(&fixture->reader);

	memset(records, 0, sizeof(*records));
	assert_int_equal(result, 0);
	result = transfer_begin(
	    transfer, request_for(fixture, type, serial), &fixture->reader);
	for (unsigned step = 0; result == 0; step++) {
		result =
		    transfer_follow(transfer, &fixture->reader, 1000 + step);
		if (result == 0)
			result = transfer_message(
			    transfer, &fixture->reader, NOW, octets);
		zonereader_end(&fixture->reader);
		if (result == 0)
			return 0;
		if (result > 1) {
			read_message(octets, (size_t)result, records);
			result = 0;
		}
		if (happens != NULL)
			happens(fixture, step);
		if (result >= 0)
			result = zonereader_begin(&fixture->reader);
	}
	return result;
}

static struct records
whole(struct fixture *fixture, meanwhile happens)
{
	struct transfer transfer;
	struct records records;

	assert_int_equal(
	    run(fixture, DNS_TYPE_AXFR, 0, happens, &records, &transfer), 0);
	assert_false(transfer.incremental);
	assert_int_equal(records.count, transfer.records);
	fixture->messages = (unsigned)transfer.messages;
	transfer_end(&transfer);
	return records;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
assert_same(struct records *a, struct records *b)
{
	qsort(a->lines, a->count, sizeof(*a->lines), compare);
	qsort(b->lines, b->count, sizeof(*b->lines), compare);
	for (size_t i = 0; i < a->count && i < b->count; i++)
		assert_string_equal(a->lines[i], b->lines[i]);
	assert_int_equal(a->count, b->count);
}

static uint32_t
serial_now(struct fixture *fixture)
{
	struct zone_version version;

	assert_int_equal(zonereader_begin(&fixture->reader), 0);
	assert_int_equal(meta_zone_version(fixture->reader.txn, &version), 0);
	zonereader_end(&fixture->reader);
	return version.serial;
}

/* --- whole ---------------------------------------------------------------- */

static bool
has(const struct records *records, const char *line)
{
	for (size_t i = 0; i < records->count; i++) {
		if (strcmp(records->lines[i], line) == 0)
			return true;
	}
	return false;
}

static void
sends_all_records_between_two_soa(void **state)
{
	static const char *const some[] = {
		"bL.example.org.\t600\tIN\tNS\tns2.example.net.\n",
		"bL.example.org.\t600\tIN\tA\t192.0.2.80\n",
		"ns1.bL.example.org.\t600\tIN\tAAAA\t2001:db8::53\n",
		"0.0.0.10.bL.example.org.\t600\tIN\tA\t127.0.0.2\n",
		"0.0.0.10.bL.example.org.\t600\tIN\tA\t127.0.0.3\n",
		"a\\000b.odd.bL.example.org.\t600\tIN\tA\t127.0.0.2\n",
		("*.7.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dsn.bL.example.org.\t600"
		 "\tIN\tA\t127.0.0.3\n"),
	};
	struct fixture *fixture = *state;
	struct records records = whole(fixture, NULL);

	assert_true(fixture->messages > 5);
	assert_true(records.count > 3 * LISTINGS);
	assert_non_null(strstr(records.lines[0], "\tSOA\t"));
	assert_string_equal(records.lines[0], records.lines[records.count - 1]);
	for (size_t i = 1; i < records.count - 1; i++)
		assert_null(strstr(records.lines[i], "\tSOA\t"));
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_true(has(&records, some[i]));
	free_records(&records);
}

/* Ahead of the transfer and behind it: gone, changed, new, and back again. */
static void
much_changes(struct fixture *fixture, unsigned step)
{
	unsigned last = LISTINGS - 10 * step;

	if (step > 8)
		return;
	list(fixture, 0, 100, step % 2 == 0 ? 0 : BOTH);
	list(fixture, last - 10, last, 0);
	list(fixture, 2000 + step, 2010 + step, CODE_BIT(2) | CODE_BIT(9));
	list(fixture, 5000 + step, 5003 + step, BOTH);
	list(fixture, LISTINGS - 2, LISTINGS - 1, step % 3 == 0 ? BOTH : 0);
}

static void
sends_one_version_whatever_changes_meanwhile(void **state)
{
	struct fixture *fixture = *state;
	struct records still = whole(fixture, NULL);
	struct records moved = whole(fixture, much_changes);
	struct records after = whole(fixture, NULL);

	assert_same(&moved, &still);
	assert_int_not_equal(after.count, still.count);
	free_records(&still);
	free_records(&moved);
	free_records(&after);
}

static void
lineage_breaks(struct fixture *fixture, unsigned step)
{
	struct store_txn *txn;

	if (step != 2)
		return;
	txn = begin_write(fixture);
	assert_int_equal(meta_new_lineage(txn, NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static void
gives_up_where_the_way_back_is_gone(void **state)
{
	struct fixture *fixture = *state;
	struct transfer transfer;
	struct records records;

	assert_int_equal(
	    run(fixture, DNS_TYPE_AXFR, 0, lineage_breaks, &records, &transfer),
	    ERROR_NOT_FOUND);
	transfer_end(&transfer);
	free_records(&records);
}

/* --- incremental ---------------------------------------------------------- */

static size_t
find(const struct records *records, const char *line)
{
	for (size_t i = 0; i < records->count; i++) {
		if (strcmp(records->lines[i], line) == 0)
			return i;
	}
	return records->count;
}

/*
 * As a secondary does: each record that goes must be there, each that comes
 * must not; the zone's SOA is kept as first and last.
 */
static void
apply(struct records *zone, const struct records *difference)
{
	bool adding = false;

	assert_string_equal(zone->lines[0], difference->lines[1]);
	for (size_t i = 2; i < difference->count - 1; i++) {
		const char *line = difference->lines[i];
		size_t at = find(zone, line);

		if (strstr(line, "\tSOA\t") != NULL) {
			assert_false(adding);
			assert_string_equal(line, difference->lines[0]);
			adding = true;
			continue;
		}
		assert_int_equal(at == zone->count, adding);
		if (adding) {
			assert_true(zone->count < zone->size);
			zone->lines[zone->count++] = strdup(line);
		} else {
			free(zone->lines[at]);
			zone->lines[at] = zone->lines[--zone->count];
		}
	}
	assert_true(adding);
}

static void
a_difference_makes_the_new_zone_of_the_old(void **state)
{
	struct fixture *fixture = *state;
	uint32_t serial = serial_now(fixture);
	struct records zone = whole(fixture, NULL), difference, expected;
	struct transfer transfer;

	for (unsigned step = 0; step < 4; step++)
		much_changes(fixture, step);
	expected = whole(fixture, NULL);
	assert_int_equal(
	    run(fixture, DNS_TYPE_IXFR, serial, NULL, &difference, &transfer),
	    0);
	assert_true(transfer.incremental);
	transfer_end(&transfer);
	assert_string_equal(
	    difference.lines[0], difference.lines[difference.count - 1]);
	assert_string_equal(difference.lines[0], expected.lines[0]);
	apply(&zone, &difference);
	/* Two SOA of the old are left, two of the new expected. */
	for (size_t i = 0; i < zone.count; i++) {
		if (strstr(zone.lines[i], "\tSOA\t") == NULL)
			continue;
		free(zone.lines[i]);
		zone.lines[i] = strdup(expected.lines[0]);
	}
	assert_same(&zone, &expected);
	free_records(&zone);
	free_records(&difference);
	free_records(&expected);
}

static void
assert_whole_instead(struct fixture *fixture, uint32_t serial)
{
	struct records records, expected = whole(fixture, NULL);
	struct transfer transfer;

	assert_int_equal(
	    run(fixture, DNS_TYPE_IXFR, serial, NULL, &records, &transfer), 0);
	assert_false(transfer.incremental);
	transfer_end(&transfer);
	assert_same(&records, &expected);
	free_records(&records);
	free_records(&expected);
}

/* Nobody was away: there was nothing to fetch. */
static void
sends_a_difference_after_a_quiet_month(void **state)
{
	struct fixture *fixture = *state;
	uint32_t serial = serial_now(fixture);
	struct records records = { 0 };
	struct transfer transfer;
	int64_t now = NOW + 30 * 86400;

	for (int i = 0; i < 4; i++, now += JOURNAL_YOUNG_SECONDS) {
		struct store_txn *txn = begin_write(fixture);

		assert_true(journal_trim(txn, now, 1000000) >= 0);
		assert_int_equal(store_commit(txn), 0);
	}
	list(fixture, 0, 100, 0);
	assert_int_equal(
	    run(fixture, DNS_TYPE_IXFR, serial, NULL, &records, &transfer), 0);
	assert_true(transfer.incremental);
	transfer_end(&transfer);
	free_records(&records);
}

static void
sends_the_whole_to_who_comes_from_too_far(void **state)
{
	struct fixture *fixture = *state;
	uint32_t serial = serial_now(fixture);
	struct store_txn *txn;

	assert_whole_instead(fixture, serial - 1000000);
	list(fixture, 0, 100, 0);
	list(fixture, 0, 50, BOTH);

	/* The journal is cut in the middle of the serial behind. */
	txn = begin_write(fixture);
	assert_true(zonedata_journal_trim(txn, serial + 1, 1000000) > 0);
	assert_int_equal(zonedata_journal_trim(txn, serial + 2, 10), 10);
	assert_int_equal(store_commit(txn), 0);
	assert_whole_instead(fixture, serial);
}

static void
sends_the_whole_where_all_entries_look_otherwise(void **state)
{
	struct fixture *fixture = *state;
	uint32_t serial = serial_now(fixture);
	struct store_txn *txn = begin_write(fixture);
	struct zone_settings zone;

	dnszone_settings(&zone);
	zone.ttl_seconds = 60;
	assert_int_equal(zone_settings_apply(txn, &zone, NOW), 0);
	assert_int_equal(store_commit(txn), 0);
	assert_whole_instead(fixture, serial);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		T(sends_all_records_between_two_soa),
		T(sends_one_version_whatever_changes_meanwhile),
		T(gives_up_where_the_way_back_is_gone),
		T(a_difference_makes_the_new_zone_of_the_old),
		T(sends_a_difference_after_a_quiet_month),
		T(sends_the_whole_to_who_comes_from_too_far),
		T(sends_the_whole_where_all_entries_look_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
