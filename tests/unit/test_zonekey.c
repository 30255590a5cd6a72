#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "common/error.h"
#include "db/zonekey.h"
#include "tests/support/addresses.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A string literal whose NULs count. */
#define LITERAL(s) (const uint8_t *)(s), sizeof(s) - 1

static void
assert_key(const struct zonekey *key, const uint8_t *octets, size_t len)
{
	assert_int_equal(key->len, len);
	assert_memory_equal(key->octets, octets, len);
}

/* --- generated names ------------------------------------------------------
 *
 * Few octets and few labels, so that names meet, nest and differ in exactly
 * the octets that are hard: the escapes, the separator, both cases, the last.
 */
struct name {
	uint8_t wire[256]; /* without the root's octet */
	size_t len;
};

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % below;
}

static void
draw_name(uint64_t *state, struct name *name)
{
	static const uint8_t octets[] = { 0x00, 0x01, 0x02, 0x03, '*', '0', 'A',
		'a', 'Z', 'z', 0x7f, 0x80, 0xfe, 0xff };
	unsigned labels = draw(state, 5);

	name->len = 0;
	for (unsigned i = 0; i < labels; i++) {
		unsigned len = draw(state, 8) == 0 ? 63 : 1 + draw(state, 3);
		uint8_t filler = octets[draw(state, COUNT(octets))];

		if (name->len + 1 + len > 254)
			break;
		name->wire[name->len++] = (uint8_t)len;
		for (unsigned j = 0; j < len; j++)
			name->wire[name->len++] =
			    len == 63 && j < 61
				? filler
				: octets[draw(state, COUNT(octets))];
	}
}

static ldns_rdf *
dname_of(const struct name *name)
{
	uint8_t wire[256];

	memcpy(wire, name->wire, name->len);
	wire[name->len] = 0;
	return ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name->len + 1, wire);
}

static int
compare_keys(const struct zonekey *a, const struct zonekey *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->octets, b->octets, len);

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
key_order_is_the_canonical_order(void **state)
{
	uint64_t seed = 4034;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct name a, b;
		struct zonekey key_a, key_b;
		ldns_rdf *dname_a, *dname_b;

		draw_name(&seed, &a);
		draw_name(&seed, &b);
		/* Half of the time a close relation. */
		if (draw(&seed, 2) == 0 && a.len > 1) {
			b = a;
			b.wire[1 + draw(&seed, a.wire[0])] ^=
			    (uint8_t)(1 + draw(&seed, 3));
		}
		assert_int_equal(zonekey_from_name(a.wire, a.len, &key_a), 0);
		assert_int_equal(zonekey_from_name(b.wire, b.len, &key_b), 0);
		dname_a = dname_of(&a);
		dname_b = dname_of(&b);
		assert_int_equal(sign(compare_keys(&key_a, &key_b)),
		    sign(ldns_dname_compare(dname_a, dname_b)));
		ldns_rdf_deep_free(dname_a);
		ldns_rdf_deep_free(dname_b);
	}
}

static bool
begins_with(const struct zonekey *key, const struct zonekey *with)
{
	return key->len >= with->len &&
	       memcmp(key->octets, with->octets, with->len) == 0;
}

static void
an_ancestor_is_a_prefix_and_nothing_else_is(void **state)
{
	uint64_t seed = 4592;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct name a, b;
		struct zonekey key_a, key_b;
		ldns_rdf *dname_a, *dname_b;
		bool within;

		draw_name(&seed, &a);
		b = a;
		if (draw(&seed, 2) == 0) {
			draw_name(&seed, &b);
		} else if (a.len > 0) { /* the parent */
			b.len = a.len - 1 - a.wire[0];
			memcpy(b.wire, a.wire + 1 + a.wire[0], b.len);
		}
		assert_int_equal(zonekey_from_name(a.wire, a.len, &key_a), 0);
		assert_int_equal(zonekey_from_name(b.wire, b.len, &key_b), 0);
		dname_a = dname_of(&a);
		dname_b = dname_of(&b);
		within = ldns_dname_is_subdomain(dname_a, dname_b) ||
			 ldns_dname_compare(dname_a, dname_b) == 0;
		assert_int_equal(begins_with(&key_a, &key_b), within);
		ldns_rdf_deep_free(dname_a);
		ldns_rdf_deep_free(dname_b);
	}
}

static void
a_name_comes_back_from_its_key_in_lower_case(void **state)
{
	uint64_t seed = 1035;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		struct name name;
		struct zonekey key;
		uint8_t back[255];

		draw_name(&seed, &name);
		assert_int_equal(
		    zonekey_from_name(name.wire, name.len, &key), 0);
		assert_int_equal(
		    zonekey_to_name(&key, back, sizeof(back)), (int)name.len);
		/* No length octet lies in A..Z. */
		for (size_t j = 0; j < name.len; j++) {
			if (name.wire[j] >= 'A' && name.wire[j] <= 'Z')
				name.wire[j] |= 0x20;
		}
		assert_memory_equal(back, name.wire, name.len);
	}
}

static void
the_longest_name_of_the_worst_octets_fits(void **state)
{
	uint8_t name[254], back[254];
	struct zonekey key;

	(void)state;
	memset(name, 0, sizeof(name));
	name[0] = name[64] = name[128] = 63;
	name[192] = 61;
	assert_int_equal(zonekey_from_name(name, sizeof(name), &key), 0);
	assert_true(key.len <= ZONEKEY_MAX);
	assert_int_equal(
	    zonekey_to_name(&key, back, sizeof(back)), (int)sizeof(name));
	assert_memory_equal(back, name, sizeof(name));
	assert_int_equal(
	    zonekey_to_name(&key, back, sizeof(back) - 1), ERROR_LIMIT);

	for (size_t i = 0; i < sizeof(name); i += 2)
		name[i] = 1;
	assert_int_equal(zonekey_from_name(name, sizeof(name), &key), 0);
	assert_int_equal(
	    zonekey_to_name(&key, back, sizeof(back)), (int)sizeof(name));
}

/* --- tables --------------------------------------------------------------- */

static void
writes_labels_from_the_origin_down(void **state)
{
	static const struct {
		const uint8_t *name;
		size_t name_len;
		const uint8_t *key;
		size_t key_len;
	} cases[] = {
		{ LITERAL(""), LITERAL("\1") },
		{ LITERAL("\3ns1"), LITERAL("\1ns1\0") },
		{ LITERAL("\3NS1\1A"), LITERAL("\1a\0ns1\0") },
		{ LITERAL("\00299\0012\0010\003192"),
		    LITERAL("\001192\0000\0002\00099\000") },
		{ LITERAL("\3\0\1\2"), LITERAL("\1\1\1\1\2\2\0") },
	};
	struct zonekey key;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    zonekey_from_name(cases[i].name, cases[i].name_len, &key),
		    0);
		assert_key(&key, cases[i].key, cases[i].key_len);
	}
	zonekey_apex(&key);
	assert_key(&key, LITERAL("\1"));
}

static void
refuses_what_is_no_name(void **state)
{
	static const struct {
		const uint8_t *name;
		size_t len;
	} cases[] = {
		{ LITERAL("\0") }, /* the root inside */
		{ LITERAL("\1a\0\1b") }, { LITERAL("\2a") }, /* cut short */
		{ LITERAL("\1") },
		{ LITERAL("\100aaaaaaaa") }, /* 64: no label type */
		{ LITERAL("\300\014") },     /* compressed */
	};
	uint8_t longest[255];
	struct zonekey key;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    zonekey_from_name(cases[i].name, cases[i].len, &key),
		    ERROR_FORMAT);
	memset(longest, 1, sizeof(longest));
	assert_int_equal(
	    zonekey_from_name(longest, sizeof(longest), &key), ERROR_LIMIT);
}

static void
refuses_what_is_no_key(void **state)
{
	static const struct {
		const uint8_t *octets;
		size_t len;
	} cases[] = {
		{ LITERAL("") },
		{ LITERAL("\2a\0") },	 /* not below the apex */
		{ LITERAL("\1a") },	 /* label without an end */
		{ LITERAL("\1a\0\0") },	 /* empty label */
		{ LITERAL("\1A\0") },	 /* upper case */
		{ LITERAL("\1\1\3\0") }, /* no such escape */
		{ LITERAL("\1\1") },
	};
	uint8_t name[255];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct zonekey key = { .len = cases[i].len };

		memcpy(key.octets, cases[i].octets, cases[i].len);
		assert_int_equal(
		    zonekey_to_name(&key, name, sizeof(name)), ERROR_FORMAT);
	}
}

static const struct {
	enum sublist list;
	const char *unit;
	const char *name; /* below the origin, as people write it */
} places[] = {
	{ SUBLIST_MAIN, "192.0.2.99", "99.2.0.192" },
	{ SUBLIST_MAIN, "0.0.0.0", "0.0.0.0" },
	{ SUBLIST_MAIN, "255.10.109.200", "200.109.10.255" },
	{ SUBLIST_DSN, "192.0.2.99", "99.2.0.192.dsn" },
	{ SUBLIST_STRICT, "127.0.0.2", "2.0.0.127.strict" },
	{ SUBLIST_MAIN,
	    "2001:db8:12:ab::", "*.b.a.0.0.2.1.0.0.8.b.d.0.1.0.0.2" },
	{ SUBLIST_CALLOUT, "2001:db8::",
	    "*.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
	    "callout" },
	{ SUBLIST_MAIN, "::", "*.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0" },
};

static void
name_of(const char *text, struct name *name)
{
	ldns_rdf *dname = ldns_dname_new_frm_str(text);

	assert_non_null(dname);
	name->len = ldns_rdf_size(dname);
	assert_true(name->len <= sizeof(name->wire));
	memcpy(name->wire, ldns_rdf_data(dname), name->len);
	/* Written without a final dot, yet absolute. */
	name->len--;
	ldns_rdf_deep_free(dname);
}

static void
a_unit_has_its_place_in_each_list_and_is_found_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct ipaddr unit = address_of(places[i].unit), back;
		enum sublist list = SUBLIST_COUNT;
		struct zonekey key, expected;
		struct name name;

		name_of(places[i].name, &name);
		assert_int_equal(
		    zonekey_from_name(name.wire, name.len, &expected), 0);
		zonekey_of_unit(places[i].list, &unit, &key);
		assert_key(&key, expected.octets, expected.len);
		assert_true(zonekey_unit(key.octets, key.len, &list, &back));
		assert_int_equal(list, places[i].list);
		assert_true(ipaddr_equal(&unit, &back));
	}
}

static void
an_ipv6_unit_is_its_first_64_bits(void **state)
{
	struct ipaddr address = address_of("2001:db8:1:2:3:4:5:6");
	struct ipaddr unit = address_of("2001:db8:1:2::");
	struct zonekey a, b;

	(void)state;
	zonekey_of_unit(SUBLIST_MAIN, &address, &a);
	zonekey_of_unit(SUBLIST_MAIN, &unit, &b);
	assert_key(&a, b.octets, b.len);
}

static void
mapped_test_entries_have_all_nibbles(void **state)
{
	struct zonekey key, expected;
	struct name name;

	(void)state;
	name_of("2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		"0.0.0.0.dsn",
	    &name);
	assert_int_equal(zonekey_from_name(name.wire, name.len, &expected), 0);
	zonekey_of_mapped(SUBLIST_DSN, 0x7f000002, &key);
	assert_key(&key, expected.octets, expected.len);
}

static void
names_no_unit_where_there_is_none(void **state)
{
	static const char *const names[] = { "ns1", "dsn", "2.0.192",
		"1.99.2.0.192", "256.2.0.192", "099.2.0.192", "00.2.0.192",
		"x.2.0.192", "*.0.2.192", "99.2.0.192.other",
		"*.b.a.0.0.2.1.0.0.8.b.d.0.1.0.0.2.x",
		"*.b.a.0.0.2.1.0.0.8.b.d.0.1.0.0",
		"0.b.a.0.0.2.1.0.0.8.b.d.0.1.0.0.2",
		"*.b.g.0.0.2.1.0.0.8.b.d.0.1.0.0.2",
		"*.b.aa.0.0.2.1.0.0.8.b.d.0.1.0.0.2",
		("2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
		 "0.0.0.0") };
	enum sublist list;
	struct ipaddr unit;
	struct zonekey key;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct name name;

		name_of(names[i], &name);
		assert_int_equal(
		    zonekey_from_name(name.wire, name.len, &key), 0);
		assert_false(zonekey_unit(key.octets, key.len, &list, &unit));
	}
	zonekey_apex(&key);
	assert_false(zonekey_unit(key.octets, key.len, &list, &unit));
	assert_false(zonekey_unit(LITERAL("\1no end"), &list, &unit));
	assert_false(zonekey_unit(LITERAL(""), &list, &unit));
}

/* RFC 5782 section 2.3, and the values that a list may answer. */
static void
lists_have_names_that_no_label_of_an_address_has(void **state)
{
	(void)state;
	for (int list = SUBLIST_MAIN + 1; list < SUBLIST_COUNT; list++) {
		const char *label = sublists[list].label;

		assert_true(strlen(label) >= 2);
		assert_int_equal(
		    strspn(label, "abcdefghijklmnopqrstuvwxyz"), strlen(label));
		assert_true(sublists[list].codes != 0);
		/* 127.0.0.0 and .1 say "not listed" to many */
		assert_int_equal(
		    sublists[list].codes & (CODE_BIT(0) | CODE_BIT(1)), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_order_is_the_canonical_order),
		cmocka_unit_test(an_ancestor_is_a_prefix_and_nothing_else_is),
		cmocka_unit_test(a_name_comes_back_from_its_key_in_lower_case),
		cmocka_unit_test(the_longest_name_of_the_worst_octets_fits),
		cmocka_unit_test(writes_labels_from_the_origin_down),
		cmocka_unit_test(refuses_what_is_no_name),
		cmocka_unit_test(refuses_what_is_no_key),
		cmocka_unit_test(
		    a_unit_has_its_place_in_each_list_and_is_found_there),
		cmocka_unit_test(an_ipv6_unit_is_its_first_64_bits),
		cmocka_unit_test(mapped_test_entries_have_all_nibbles),
		cmocka_unit_test(names_no_unit_where_there_is_none),
		cmocka_unit_test(
		    lists_have_names_that_no_label_of_an_address_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
