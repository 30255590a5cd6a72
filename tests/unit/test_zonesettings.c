#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/zonesettings.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A list of settings from text with '|' between its items. */
#define ITEMS_MAX 16
struct items {
	char text[1024];
	char *items[ITEMS_MAX];
};

static struct settings_list
list_of(const char *text, struct items *items)
{
	struct settings_list list = { .items = items->items };
	char *rest;

	strcpy(items->text, text);
	for (char *item = strtok_r(items->text, "|", &rest); item != NULL;
	     item = strtok_r(NULL, "|", &rest))
		items->items[list.count++] = item;
	return list;
}

struct conf {
	const char *origin, *contact, *servers, *apex, *text, *portal;
	long ttl_seconds;
};
static const struct conf usual = {
	.origin = "bl.example.org",
	.contact = "hostmaster@example.org",
	.servers = "ns1.bl.example.org 192.0.2.53 2001:db8::53|"
		   "ns2.example.net",
	.apex = "192.0.2.80|2001:db8::80",
	.text = "Backscatter ({kinds}), last seen {seen}. {url}",
	.portal = "https://bl.example.org/lookup/",
	.ttl_seconds = 300,
};

static int
read_conf(const struct conf *conf, struct zone_settings *zone)
{
	struct items servers, apex;
	struct settings settings = {
		.zone = {
			.origin = (char *)conf->origin,
			.contact = (char *)conf->contact,
			.name_servers = list_of(conf->servers, &servers),
			.apex_addresses = list_of(conf->apex, &apex),
			.text = (char *)conf->text,
			.portal = (char *)conf->portal,
			.ttl_seconds = conf->ttl_seconds,
			.negative_ttl_seconds = 301,
			.refresh_seconds = 3600,
			.retry_seconds = 600,
			.expire_seconds = 604800,
		},
	};

	return zone_settings_from(&settings, zone);
}

static void
assert_address(const struct ipaddr *address, const char *text)
{
	char written[IPADDR_TEXT_MAX];

	assert_string_equal(ipaddr_format(address, written), text);
}

static void
takes_what_a_zone_needs(void **state)
{
	struct zone_settings zone;

	(void)state;
	assert_int_equal(read_conf(&usual, &zone), 0);
	assert_int_equal(zone.origin_len, 16);
	assert_memory_equal(zone.origin, "\2bl\7example\3org", 16);
	assert_memory_equal(zone.contact, "\012hostmaster\7example\3org", 24);
	assert_int_equal(zone.server_count, 2);
	assert_memory_equal(
	    zone.servers[0].name, "\3ns1\2bl\7example\3org", 20);
	assert_int_equal(zone.servers[0].address_count, 2);
	assert_address(&zone.servers[0].addresses[0], "192.0.2.53");
	assert_address(&zone.servers[0].addresses[1], "2001:db8::53");
	assert_int_equal(zone.servers[1].address_count, 0);
	assert_int_equal(zone.apex_address_count, 2);
	assert_address(&zone.apex_addresses[1], "2001:db8::80");
	assert_int_equal(zone.ttl_seconds, 300);
	assert_int_equal(zone.negative_ttl_seconds, 301);
	assert_string_equal(zone.text, usual.text);
	assert_string_equal(zone.portal, usual.portal);
}

/* Each stands in place of the usual setting of its name. */
static const struct conf bad[] = {
	{ .origin = "" },
	{ .origin = "." },
	{ .origin = "bl..example.org" },
	{ .origin = "_bl.example.org" },
	{ .origin = "a23456789012345678901234567890.b2345678901234567890."
		    "c23456789012345678901234567890.d2345678901234567890."
		    "e23456789012345678901234567890.f2345678901234567890."
		    "g2345678901234567890.example.org" },
	{ .contact = "" },
	{ .contact = "@example.org" },
	{ .servers = "" },
	{ .servers = "ns1.bl.example.org" }, /* in the zone, no address */
	{ .servers = "ns1.bl.example.org 192.0.2.53x" },
	{ .servers = "ns1.bl.example.org 192.0.2.53 192.0.2.53" },
	{ .servers = "ns1.bl.example.org 192.0.2.1 192.0.2.2 192.0.2.3 "
		     "192.0.2.4 192.0.2.5" },
	{ .servers = "ns1.example.org 192.0.2.53" }, /* not ours to answer */
	{ .servers = "ns1.example.org|NS1.example.org" },
	{ .servers = "192.bl.example.org 192.0.2.53" },
	{ .servers = "ns.2.bl.example.org 192.0.2.53" },
	{ .servers = "ns.f.bl.example.org 192.0.2.53" },
	{ .servers = "dsn.bl.example.org 192.0.2.53" },
	{ .servers = "ns1.strict.bl.example.org 192.0.2.53" },
	{ .servers = "_ns.example.org" },
	{ .servers = "a.x|b.x|c.x|d.x|e.x|f.x|g.x|h.x|i.x|j.x|k.x|l.x|m.x|"
		     "n.x" },
	{ .apex = "192.0.2.0/24" },
	{ .apex = "192.0.2.1|192.0.2.1" },
	{ .apex = "192.0.2.1|192.0.2.2|192.0.2.3|192.0.2.4|192.0.2.5" },
	{ .text = "{address}" },
	{ .portal = "" },
	{ .portal = "bl.example.org/lookup/" },
	{ .portal = "https://bl.example.org/ lookup/" },
	{ .ttl_seconds = -1 },
};

static void
refuses_what_would_make_no_zone(void **state)
{
	struct zone_settings zone;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct conf conf = usual;

#define TAKE(field)                                                            \
	if (bad[i].field != 0)                                                 \
	conf.field = bad[i].field
		TAKE(origin);
		TAKE(contact);
		TAKE(servers);
		TAKE(apex);
		TAKE(text);
		TAKE(portal);
		TAKE(ttl_seconds);
		assert_true(read_conf(&conf, &zone) < 0);
	}
}

static void
a_server_may_bear_the_name_of_the_zone(void **state)
{
	struct conf conf = usual;
	struct zone_settings zone;

	(void)state;
	conf.servers = "bl.example.org";
	assert_int_equal(read_conf(&conf, &zone), 0);
	conf.servers = "bl.example.org 192.0.2.53";
	assert_int_equal(read_conf(&conf, &zone), 0);
	conf.servers = "bl.example.org";
	conf.apex = "";
	assert_true(read_conf(&conf, &zone) < 0);
}

static void
comes_back_from_its_record(void **state)
{
	uint8_t record[ZONE_SETTINGS_RECORD_MAX];
	struct zone_settings zone, back;
	int len;

	(void)state;
	assert_int_equal(read_conf(&usual, &zone), 0);
	zone.look_since = 7;
	len = zone_settings_encode(&zone, record, sizeof(record));
	assert_true(len > 0);
	assert_int_equal(
	    zone_settings_decode(OCTETS(record, (size_t)len), &back), 0);
	assert_memory_equal(&zone, &back, sizeof(zone));

	for (int cut = 0; cut < len; cut++)
		assert_int_equal(
		    zone_settings_decode(OCTETS(record, (size_t)cut), &back),
		    ERROR_DAMAGED);
	record[0]++;
	assert_int_equal(
	    zone_settings_decode(OCTETS(record, (size_t)len), &back),
	    ERROR_NEWER);
}

static void
the_largest_settings_fit_their_record(void **state)
{
	uint8_t record[ZONE_SETTINGS_RECORD_MAX];
	struct zone_settings zone;

	(void)state;
	assert_int_equal(read_conf(&usual, &zone), 0);
	zone.server_count = ZONE_SERVERS_MAX;
	for (int i = 0; i < ZONE_SERVERS_MAX; i++) {
		memset(zone.servers[i].name, 1, 254);
		zone.servers[i].name[254] = 0;
		zone.servers[i].address_count = ZONE_ADDRESSES_MAX;
	}
	memset(zone.text, 't', ZONE_TEXT_MAX);
	memset(zone.portal, 'p', ZONE_TEXT_MAX);
	assert_true(zone_settings_encode(&zone, record, sizeof(record)) > 0);
}

static void
equal_settings_differ_in_nothing_that_is_set(void **state)
{
	struct zone_settings a, b;
	struct conf conf = usual;

	(void)state;
	assert_int_equal(read_conf(&usual, &a), 0);
	assert_int_equal(read_conf(&usual, &b), 0);
	b.look_since = 9;
	assert_true(zone_settings_equal(&a, &b));
	conf.ttl_seconds = 600;
	assert_int_equal(read_conf(&conf, &b), 0);
	assert_false(zone_settings_equal(&a, &b));
	conf = usual;
	conf.portal = "https://bl.example.org/lookup?";
	assert_int_equal(read_conf(&conf, &b), 0);
	assert_false(zone_settings_equal(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_a_zone_needs),
		cmocka_unit_test(refuses_what_would_make_no_zone),
		cmocka_unit_test(a_server_may_bear_the_name_of_the_zone),
		cmocka_unit_test(comes_back_from_its_record),
		cmocka_unit_test(the_largest_settings_fit_their_record),
		cmocka_unit_test(equal_settings_differ_in_nothing_that_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
