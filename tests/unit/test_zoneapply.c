#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/zonedata.h"
#include "tests/support/zone_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define LOOPBACK 0x7f000000u
#define TYPE_A 1
#define TYPE_NS 2
#define TYPE_AAAA 28

static void
put_name(struct zone_settings *zone, unsigned server, const char *name)
{
	assert_true(dname_parse(name, zone->servers[server].name) > 0);
}

static void
usual_settings(struct zone_settings *zone)
{
	memset(zone, 0, sizeof(*zone));
	zone->origin_len = (size_t)dname_parse("bl.example.org", zone->origin);
	dname_parse("hostmaster.example.org", zone->contact);
	put_name(zone, 0, "ns1.bl.example.org");
	zone->servers[0].addresses[0] = address_of("192.0.2.53");
	zone->servers[0].addresses[1] = address_of("2001:db8::53");
	zone->servers[0].address_count = 2;
	put_name(zone, 1, "ns2.example.net");
	zone->server_count = 2;
	zone->apex_addresses[0] = address_of("192.0.2.80");
	zone->apex_address_count = 1;
	zone->ttl_seconds = 300;
	zone->negative_ttl_seconds = 300;
	strcpy(zone->text, "{kinds} {url}");
	strcpy(zone->portal, "https://bl.example.org/");
}

/* --- settings put in force ------------------------------------------------ */

static void
assert_set(
    const struct zone_rrset *set, uint16_t type, const void *rdata, size_t len)
{
	assert_int_equal(set->type, type);
	assert_int_equal(set->rdata_len, len);
	assert_memory_equal(set->rdata, rdata, len);
}

static void
server_key(const char *label, struct zonekey *key)
{
	uint8_t name[64];

	name[0] = (uint8_t)strlen(label);
	memcpy(name + 1, label, name[0]);
	assert_int_equal(zonekey_from_name(name, name[0] + 1u, key), 0);
}

static void
makes_the_apex_and_the_glue(void **state)
{
	static const char ns[] = "\0\024\3ns1\2bl\7example\3org\0"
				 "\0\021\3ns2\7example\3net";
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 2);
	assert_set(&node.rrsets[0], TYPE_A, "\0\4\300\0\2\120", 6);
	assert_set(&node.rrsets[1], TYPE_NS, ns, sizeof(ns));
	assert_int_equal(node.rrsets[1].ttl_seconds, 300);
	server_key("ns1", &key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 2);
	assert_set(&node.rrsets[0], TYPE_A, "\0\4\300\0\2\65", 6);
	assert_set(&node.rrsets[1], TYPE_AAAA,
	    "\0\20\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\123", 18);
}

static void
a_server_named_as_the_zone_has_its_addresses_at_the_apex(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;

	usual_settings(&zone);
	put_name(&zone, 0, "bl.example.org");
	zone.servers[0].addresses[1] = zone.apex_addresses[0];
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_set(
	    &node.rrsets[0], TYPE_A, "\0\4\300\0\2\120\0\4\300\0\2\65", 12);
}

/* RFC 5782 section 5, in every list. */
static void
test_entries_answer_with_exactly_their_code(void **state)
{
	static const struct {
		enum sublist list;
		unsigned last, code; /* code 0: never there */
	} cases[] = {
		{ SUBLIST_MAIN, 1, 0 },
		{ SUBLIST_MAIN, 2, 2 },
		{ SUBLIST_MAIN, 3, 3 },
		{ SUBLIST_MAIN, 4, 4 },
		{ SUBLIST_MAIN, 5, 5 },
		{ SUBLIST_MAIN, 6, 6 },
		{ SUBLIST_MAIN, 7, 0 },
		{ SUBLIST_MAIN, 8, 0 },
		{ SUBLIST_MAIN, 9, 9 },
		{ SUBLIST_MAIN, 10, 0 },
		{ SUBLIST_STRICT, 2, 2 },
		{ SUBLIST_STRICT, 3, 0 },
		{ SUBLIST_DSN, 1, 0 },
		{ SUBLIST_DSN, 2, 3 },
		{ SUBLIST_DSN, 3, 3 },
		{ SUBLIST_DSN, 4, 0 },
		{ SUBLIST_AUTO, 2, 4 },
		{ SUBLIST_AUTO, 4, 4 },
		{ SUBLIST_CHALLENGE, 2, 5 },
		{ SUBLIST_CHALLENGE, 5, 5 },
		{ SUBLIST_VIRUS, 2, 6 },
		{ SUBLIST_VIRUS, 6, 6 },
		{ SUBLIST_CALLOUT, 2, 7 },
		{ SUBLIST_CALLOUT, 7, 7 },
		{ SUBLIST_SHARED, 2, 8 },
		{ SUBLIST_SHARED, 8, 8 },
		{ SUBLIST_MANUAL, 2, 9 },
		{ SUBLIST_MANUAL, 9, 9 },
		{ SUBLIST_MANUAL, 1, 0 },
	};
	struct fixture *fixture = *state;
	struct zone_settings zone;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address =
		    ipaddr_from_ipv4(LOOPBACK | cases[i].last);
		struct zonekey keys[2];

		zonekey_of_unit(cases[i].list, &address, &keys[0]);
		zonekey_of_mapped(
		    cases[i].list, LOOPBACK | cases[i].last, &keys[1]);
		for (int j = 0; j < 2; j++) {
			struct zone_node node;
			int error = get(fixture, &keys[j], &node);

			if (cases[i].code == 0) {
				assert_int_equal(error, ERROR_NOT_FOUND);
				continue;
			}
			assert_int_equal(error, 0);
			assert_true(node.is_entry);
			assert_int_equal(
			    node.entry.codes, CODE_BIT(cases[i].code));
			assert_int_equal(node.entry.flags, ZONE_ENTRY_TEST);
		}
	}
}

static void
applying_the_same_again_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone, in_force;
	unsigned before;
	uint32_t serial;

	usual_settings(&zone);
	assert_int_equal(
	    zone_settings_get(fixture->txn, &in_force), ERROR_NOT_FOUND);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	serial = serial_of(fixture);
	before = changes(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_true(zone_settings_equal(&zone, &in_force));
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), serial);
	assert_int_equal(changes(fixture), before);
}

static void
what_settings_no_longer_name_goes_under_one_serial(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone;
	struct zone_node node;
	struct zonekey key;
	unsigned before;
	uint32_t serial;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	serial = serial_of(fixture);
	before = changes(fixture);

	put_name(&zone, 0, "ns3.bl.example.org");
	zone.apex_address_count = 0;
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), START + 60);
	assert_true(serial_of(fixture) > serial);
	/* ns1 gone, ns3 there, another apex. */
	assert_int_equal(changes(fixture), before + 3);
	server_key("ns1", &key);
	assert_int_equal(get(fixture, &key, &node), ERROR_NOT_FOUND);
	server_key("ns3", &key);
	assert_int_equal(get(fixture, &key, &node), 0);
	zonekey_apex(&key);
	assert_int_equal(get(fixture, &key, &node), 0);
	assert_int_equal(node.rrset_count, 1);
}

static void
a_new_look_is_known_by_its_serial(void **state)
{
	struct fixture *fixture = *state;
	struct zone_settings zone, in_force;

	usual_settings(&zone);
	assert_int_equal(zone_settings_apply(fixture->txn, &zone, START), 0);
	next_transaction(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_int_equal(in_force.look_since, serial_of(fixture));

	zone.apex_addresses[0] = address_of("192.0.2.81"); /* a record */
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 60), 0);
	next_transaction(fixture);
	assert_int_equal(serial_of(fixture), START + 60);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_true(in_force.look_since < START + 60);

	zone.expire_seconds = 1209600; /* the SOA's alone */
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 90), 0);
	next_transaction(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_int_equal(in_force.look_since, START + 90);
	assert_int_equal(in_force.expire_seconds, 1209600);

	strcpy(zone.text, "{kinds} {seen} {url}");
	assert_int_equal(
	    zone_settings_apply(fixture->txn, &zone, START + 120), 0);
	next_transaction(fixture);
	assert_int_equal(zone_settings_get(fixture->txn, &in_force), 0);
	assert_int_equal(in_force.look_since, START + 120);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(makes_the_apex_and_the_glue),
		test(a_server_named_as_the_zone_has_its_addresses_at_the_apex),
		test(test_entries_answer_with_exactly_their_code),
		test(applying_the_same_again_changes_nothing),
		test(what_settings_no_longer_name_goes_under_one_serial),
		test(a_new_look_is_known_by_its_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
