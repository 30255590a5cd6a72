#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/record.h"
#include "db/sighting.h"
#include "db/verdict.h"
#include "db/zonedata.h"
#include "httpapi/lookup.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

#define HOUR 3600
#define DAY (24 * HOUR)

struct fixture {
	struct test_store test;
	struct store_txn *txn;
	struct policy policy;
	struct zone_settings zone;
	unsigned apart;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	test_store_open(&f->test);
	assert_int_equal(policy_preset("small", &f->policy), 0);
	f->zone.origin_len =
	    (size_t)dname_parse("bl.example.test", f->zone.origin);
	dname_parse("hostmaster.example.test", f->zone.contact);
	dname_parse("ns.example.net", f->zone.servers[0].name);
	f->zone.server_count = 1;
	f->zone.ttl_seconds = 600;
	f->zone.negative_ttl_seconds = 300;
	strcpy(f->zone.text, "{kinds} {seen} {url}");
	strcpy(f->zone.portal, "https://bl.example.test/l/");
	assert_int_equal(store_begin_write(f->test.store, &f->txn), 0);
	assert_int_equal(zone_settings_apply(f->txn, &f->zone, TEST_NOW), 0);
	f->apart = LOOKUP_APART;
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	store_abort(f->txn);
	test_store_close(&f->test);
	free(f);
	return 0;
}

/* Writes a listing and what follows from it, as one change would. */
static void
publish(struct fixture *f, struct listing *listing, const char *unit)
{
	struct verdict verdict;

	listing->unit = address_of(unit);
	verdict_of(listing, &verdict);
	assert_int_equal(listing_put(f->txn, listing), 0);
	assert_int_equal(
	    zonedata_publish(f->txn, &listing->unit, verdict.entries, TEST_NOW),
	    0);
}

/* With so many other networks that bear it out. */
static void
sight_with(struct fixture *f, const char *address, enum backscatter_kind kind,
    int64_t seen_at, const char *cause, uint8_t borne_by)
{
	static struct evidence evidence;
	struct sighting sighting = { .borne_by = borne_by };
	struct ipaddr unit;

	memset(&evidence, 0, sizeof(evidence));
	evidence.address = address_of(address);
	evidence.kind = kind;
	evidence.seen_at = seen_at;
	evidence.trap = 1;
	strcpy(evidence.cause, cause);
	assert_int_equal(evidence_next_id(f->txn, seen_at, &evidence.id), 0);
	assert_int_equal(evidence_put(f->txn, &evidence), 0);
	sighting.id = evidence.id;
	policy_event_from(&evidence, false, &sighting.event);
	unit = listing_unit(&evidence.address);
	assert_int_equal(sighting_put(f->txn, &unit, &sighting), 0);
}

static void
sight(struct fixture *f, const char *address, enum backscatter_kind kind,
    int64_t seen_at, const char *cause)
{
	sight_with(f, address, kind, seen_at, cause, 3);
}

static void
look_up(struct fixture *f, const char *address, struct lookup *lookup)
{
	struct ipaddr wanted = address_of(address);

	assert_int_equal(lookup_read(f->txn, &wanted, &f->policy, f->apart,
			     TEST_NOW, lookup),
	    0);
}

static struct listing
some_listing(void)
{
	return (struct listing){
		.state = LISTING_LISTED,
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN) |
			 BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY),
		.first_seen_at = TEST_NOW - 5 * HOUR,
		.last_seen_at = TEST_NOW - HOUR,
		.last_counted_at = TEST_NOW - HOUR,
		.listed_at = TEST_NOW - 2 * HOUR,
		.expires_at = TEST_NOW + 3 * DAY,
		.due_at = TEST_NOW + 3 * DAY,
		.score = 2,
		.sightings = 3,
		.corroborated = 3,
		.traps = 2,
	};
}

/* Whatever a listing is: the zone's entries are what its verdict says. */
static void
the_zone_and_the_verdict_agree(void **state)
{
	struct fixture *f = *state;
	struct listing cases[6];

	for (int i = 0; i < 6; i++)
		cases[i] = some_listing();
	cases[1].shared = true;
	cases[2].strict = true;
	cases[3].state = LISTING_PENDING;
	cases[4].manual_at = TEST_NOW;
	cases[4].manual_until = TEST_NOW + DAY;
	cases[5].callout_until = TEST_NOW + DAY;
	for (int i = 0; i < 6; i++) {
		for (int v6 = 0; v6 < 2; v6++) {
			const char *unit = v6 ? "2001:db8::" : "192.0.2.9";
			struct verdict verdict;
			struct lookup lookup;

			publish(f, &cases[i], unit);
			look_up(f, v6 ? "2001:db8::1:2:3:4" : unit, &lookup);
			verdict_of(i == 3 ? &cases[i] : &lookup.facts.listing,
			    &verdict);
			assert_memory_equal(lookup.facts.entries,
			    verdict.entries, sizeof(verdict.entries));
			assert_int_equal(verdict.listed, i != 3);
		}
	}
}

/* That no list stands apart is no reason to pass by one that does. */
static void
a_list_with_tests_alone_is_not_asked(void **state)
{
	static const char *const addresses[] = { "192.0.2.9", "127.0.0.2",
		"127.0.0.7", "127.0.0.8" };
	struct fixture *f = *state;
	struct listing listing = { .callout_until = TEST_NOW + DAY };
	struct lookup with, without;
	unsigned apart;

	assert_int_equal(lookup_apart(f->txn, &apart), 0);
	assert_int_equal(apart, 0);
	for (size_t i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		f->apart = LOOKUP_APART;
		look_up(f, addresses[i], &with);
		f->apart = apart;
		look_up(f, addresses[i], &without);
		assert_memory_equal(with.facts.entries, without.facts.entries,
		    sizeof(with.facts.entries));
	}
	publish(f, &listing, "192.0.2.9");
	assert_int_equal(lookup_apart(f->txn, &f->apart), 0);
	assert_int_equal(f->apart, 1u << SUBLIST_CALLOUT);
	look_up(f, "192.0.2.9", &with);
	assert_int_equal(
	    with.facts.entries[SUBLIST_CALLOUT].codes, CODE_BIT(7));
}

static char *
json_of(struct fixture *f, const char *address)
{
	struct lookup lookup;
	struct strbuf out;

	look_up(f, address, &lookup);
	strbuf_init(&out, 1 << 20);
	lookup_write(&lookup, &f->zone, "bl.example.test", TEST_NOW, &out);
	return strbuf_take(&out);
}

static void
an_unknown_address_is_not_listed(void **state)
{
	struct fixture *f = *state;
	char *text = json_of(f, "192.0.2.9");

	assert_string_equal(text,
	    "{\"address\":\"192.0.2.9\",\"unit\":\"192.0.2.9\","
	    "\"verdict\":\"not_listed\",\"listed\":false,"
	    "\"zone\":\"bl.example.test\",\"codes\":[],"
	    "\"zones\":[],\"text\":null,"
	    "\"caches\":{\"listed_seconds\":600,\"not_listed_seconds\":300},"
	    "\"kinds\":[]}");
	free(text);
}

static void
what_is_said_of_the_unknown_is_made_once(void **state)
{
	static const struct {
		const char *address;
		bool unknown;
	} cases[] = {
		{ "192.0.2.9", true },
		{ "2001:db8::7", true },
		{ "127.0.0.7", false },
		{ "127.0.0.1", true },
		{ "192.0.2.10", false },
	};
	struct fixture *f = *state;
	struct strbuf unknown, out;

	sight(f, "192.0.2.10", BACKSCATTER_DSN, TEST_NOW - 2 * DAY, "");
	strbuf_init(&unknown, 1 << 20);
	strbuf_init(&out, 1 << 20);
	lookup_write_unknown(&f->zone, "bl.example.test", &unknown);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = json_of(f, cases[i].address);
		struct lookup lookup;

		look_up(f, cases[i].address, &lookup);
		assert_int_equal(lookup_is_unknown(&lookup), cases[i].unknown);
		strbuf_clear(&out);
		lookup_add_unknown(&lookup, &unknown, &out);
		if (cases[i].unknown)
			assert_string_equal(out.text, text);
		free(text);
	}
	strbuf_deinit(&unknown);
	strbuf_deinit(&out);
}

static void
a_listed_address_tells_codes_hours_and_cause(void **state)
{
	struct fixture *f = *state;
	struct listing listing = some_listing();
	char *text;

	publish(f, &listing, "2001:db8::");
	sight(f, "2001:db8::7", BACKSCATTER_DSN, TEST_NOW - HOUR, "quota");
	text = json_of(f, "2001:db8::7");
	assert_non_null(strstr(text, "\"address\":\"2001:db8::7\""));
	assert_non_null(strstr(text, "\"unit\":\"2001:db8::/64\""));
	assert_non_null(strstr(
	    text, "\"codes\":[\"127.0.0.2\",\"127.0.0.3\",\"127.0.0.4\"]"));
	assert_non_null(strstr(text,
	    "{\"zone\":\"auto.bl.example.test\",\"codes\":[\"127.0.0.4\"]}"));
	assert_non_null(
	    strstr(text, "\"text\":\"bounces, automatic replies 2023-11-14 "
			 "https://bl.example.test/l/2001:db8::\""));
	assert_non_null(strstr(text, "\"last_seen\":\"2023-11-14T21:00:00Z\""));
	assert_non_null(strstr(text, "\"sightings\":{\"least\":2,\"most\":4}"));
	assert_non_null(strstr(
	    text, "\"score\":{\"least\":1.4,\"below\":2.8,\"threshold\":1.4}"));
	assert_non_null(strstr(text, "\"cause\":{\"name\":\"quota\""));
	free(text);
}

/* Else a server that answers guesses would learn which of them are traps. */
static void
what_no_others_bear_out_is_never_told(void **state)
{
	struct fixture *f = *state;
	struct listing listing = some_listing();
	char *text;

	sight_with(f, "192.0.2.9", BACKSCATTER_DSN, TEST_NOW - 2 * DAY, "", 0);
	text = json_of(f, "192.0.2.9");
	assert_null(strstr(text, "seen_day"));
	assert_non_null(strstr(text, "\"kinds\":[]"));
	free(text);
	listing.last_seen_at = TEST_NOW;
	listing.sightings = 9;
	publish(f, &listing, "192.0.2.8");
	sight_with(f, "192.0.2.8", BACKSCATTER_DSN, TEST_NOW, "quota", 2);
	text = json_of(f, "192.0.2.8");
	assert_non_null(strstr(text, "\"last_seen\":\"2023-11-14T21:00:00Z\""));
	assert_non_null(strstr(text, "\"sightings\":{\"least\":2,\"most\":4}"));
	assert_non_null(strstr(text, "\"evidence\":[]"));
	assert_null(strstr(text, "quota"));
	free(text);
}

/* Else it is told by what is told no more. */
static void
what_no_others_bear_out_hides_nothing(void **state)
{
	struct fixture *f = *state;
	struct listing listing = some_listing();
	char *before, *after;

	publish(f, &listing, "192.0.2.8");
	sight(f, "192.0.2.9", BACKSCATTER_DSN, TEST_NOW - 4 * DAY, "");
	for (int i = 0; i < 500; i++)
		sight_with(f, "192.0.2.9", BACKSCATTER_DSN,
		    TEST_NOW - 3 * DAY + i, "", i % 3);
	sight(f, "192.0.2.8", BACKSCATTER_DSN, TEST_NOW - 2 * DAY, "quota");
	before = json_of(f, "192.0.2.8");
	assert_non_null(strstr(before, "\"cause\":\"quota\""));
	for (int i = 0; i < 500; i++)
		sight_with(f, "192.0.2.8", BACKSCATTER_DSN, TEST_NOW - HOUR + i,
		    "", i % 3);
	after = json_of(f, "192.0.2.8");
	assert_string_equal(after, before);
	free(before);
	free(after);
	after = json_of(f, "192.0.2.9");
	assert_non_null(strstr(after, "\"seen_day\":\"2023-11-10\""));
	free(after);
}

static void
a_flood_of_today_hides_nothing_of_yesterday(void **state)
{
	struct fixture *f = *state;
	struct lookup lookup;
	char *text;

	sight(f, "192.0.2.9", BACKSCATTER_VIRUS_NOTICE, TEST_NOW - 2 * DAY, "");
	for (int i = 0; i < 500; i++)
		sight(f, "192.0.2.9", BACKSCATTER_DSN, TEST_NOW - HOUR + i, "");
	look_up(f, "192.0.2.9", &lookup);
	assert_int_equal(lookup.facts.sighting_count, 1);
	text = json_of(f, "192.0.2.9");
	assert_non_null(strstr(text, "\"kinds\":[\"virus\"]"));
	assert_non_null(strstr(text, "\"seen_day\":\"2023-11-12\""));
	assert_null(strstr(text, "dsn"));
	free(text);
}

static void
what_does_not_count_is_not_told(void **state)
{
	struct fixture *f = *state;
	char *text;

	sight(f, "192.0.2.9", BACKSCATTER_NONE, TEST_NOW - 2 * DAY, "");
	text = json_of(f, "192.0.2.9");
	assert_null(strstr(text, "seen_day"));
	free(text);
}

static void
a_test_entry_says_so(void **state)
{
	struct fixture *f = *state;
	char *text = json_of(f, "::ffff:127.0.0.2");

	assert_non_null(strstr(text, "\"address\":\"127.0.0.2\""));
	assert_non_null(strstr(text, "\"listed\":true"));
	assert_non_null(strstr(text, "\"test\":true"));
	assert_null(strstr(text, "delisting"));
	free(text);
	text = json_of(f, "127.0.0.1");
	assert_non_null(strstr(text, "\"listed\":false"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_zone_and_the_verdict_agree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_list_with_tests_alone_is_not_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    an_unknown_address_is_not_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_said_of_the_unknown_is_made_once, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_listed_address_tells_codes_hours_and_cause, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_no_others_bear_out_is_never_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_no_others_bear_out_hides_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_flood_of_today_hides_nothing_of_yesterday, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_does_not_count_is_not_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_test_entry_says_so, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
