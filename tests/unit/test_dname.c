#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "common/error.h"
#include "db/dname.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
reads_names_and_writes_them_in_one_spelling(void **state)
{
	static const struct {
		const char *text, *again;
	} cases[] = {
		{ "bl.example.org", "bl.example.org" },
		{ "BL.Example.ORG.", "bl.example.org" },
		{ ".", "." },
		{ "a\\.b.example", "a\\.b.example" },
		{ "a\\046b.example", "a\\.b.example" },
		{ "\\000\\001.example", "\\000\\001.example" },
		{ "\\065.example", "a.example" },
		{ "*.0.0.2", "*.0.0.2" },
		{ "with\\032space.example", "with\\032space.example" },
	};
	uint8_t name[DNAME_MAX];
	char text[DNAME_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(dname_parse(cases[i].text, name) > 0);
		assert_string_equal(dname_format(name, text), cases[i].again);
	}
}

static void
refuses_what_is_no_name(void **state)
{
	static const char *const bad[] = { "", "..", ".a", "a..b", "a b", "a\\",
		"a\\25", "a\\256", "a\\2x0", "\xc3\xa9.example",
		("1234567890123456789012345678901234567890123456789012345678901"
		 "234.example") };
	uint8_t name[DNAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(dname_parse(bad[i], name), ERROR_FORMAT);
}

/* Names at the limit of 255 octets, one octet more, and one less. */
static void
knows_how_long_a_name_may_be(void **state)
{
	char text[512];
	uint8_t name[DNAME_MAX];

	(void)state;
	for (size_t last = 59; last <= 63; last++) {
		memset(text, 'x', sizeof(text));
		text[63] = text[127] = text[191] = '.';
		text[192 + last] = '\0';
		assert_int_equal(dname_parse(text, name),
		    last <= 61 ? 192 + (int)last + 2 : ERROR_FORMAT);
	}
}

static void
reads_names_as_ldns_does(void **state)
{
	static const char *const names[] = { "ns1.bl.example.org", "a.b.c.d.e",
		"x\\.y.example", "\\255\\000.example", "." };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		ldns_rdf *expected = ldns_dname_new_frm_str(names[i]);
		uint8_t name[DNAME_MAX];
		int len = dname_parse(names[i], name);

		assert_int_equal(len, ldns_rdf_size(expected));
		assert_memory_equal(name, ldns_rdf_data(expected), (size_t)len);
		ldns_rdf_deep_free(expected);
	}
}

static void
reads_a_mailbox_as_its_soa_name(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "hostmaster@example.org", "hostmaster.example.org" },
		{ "hostmaster.example.org", "hostmaster.example.org" },
		{ "john.doe@example.org", "john\\.doe.example.org" },
		{ "john\\.doe.example.org", "john\\.doe.example.org" },
	};
	static const char *const bad[] = { "", "@", "a@", "@example.org",
		"a@b@c", "a b@example.org", "a@example..org" };
	uint8_t name[DNAME_MAX];
	char text[DNAME_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(dname_parse_mailbox(cases[i].text, name) > 0);
		assert_string_equal(dname_format(name, text), cases[i].name);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    dname_parse_mailbox(bad[i], name), ERROR_FORMAT);
}

static void
tells_what_lies_below_an_origin(void **state)
{
	static const struct {
		const char *name, *origin;
		int below;
	} cases[] = {
		{ "bl.example.org", "bl.example.org", 0 },
		{ "NS1.bl.example.org", "bl.example.org", 4 },
		{ "a.ns1.bl.example.org", "bl.example.org", 6 },
		{ "example.org", "bl.example.org", ERROR_FORMAT },
		{ "ns1.xl.example.org", "bl.example.org", ERROR_NOT_FOUND },
		{ "xbl.example.org", "bl.example.org", ERROR_NOT_FOUND },
		{ "bl.example.org", ".", 15 },
	};
	uint8_t name[DNAME_MAX], origin[DNAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		int below;

		assert_true(dname_parse(cases[i].name, name) > 0);
		assert_true(dname_parse(cases[i].origin, origin) > 0);
		below = dname_below(name, origin);
		if (cases[i].below < 0)
			assert_true(below < 0);
		else
			assert_int_equal(below, cases[i].below);
	}
}

static void
tells_hosts_from_other_names(void **state)
{
	static const struct {
		const char *name;
		bool is_host;
	} cases[] = {
		{ "ns1.example.org", true },
		{ "3com.example", true },
		{ "xn--bcher-kva.example", true },
		{ ".", false },
		{ "-a.example", false },
		{ "a-.example", false },
		{ "_dmarc.example", false },
		{ "*.example", false },
		{ "a\\.b.example", false },
	};
	uint8_t name[DNAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(dname_parse(cases[i].name, name) > 0);
		assert_int_equal(dname_is_host(name), cases[i].is_host);
	}
}

static void
measures_no_name_that_is_cut_short(void **state)
{
	static const uint8_t name[] = "\2bl\7example\3org";

	(void)state;
	for (size_t size = 0; size < sizeof(name); size++)
		assert_int_equal(dname_len(name, size), 0);
	assert_int_equal(dname_len(name, sizeof(name)), sizeof(name));
	assert_int_equal(dname_len((const uint8_t *)"\300\0", 2), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names_and_writes_them_in_one_spelling),
		cmocka_unit_test(refuses_what_is_no_name),
		cmocka_unit_test(knows_how_long_a_name_may_be),
		cmocka_unit_test(reads_names_as_ldns_does),
		cmocka_unit_test(reads_a_mailbox_as_its_soa_name),
		cmocka_unit_test(tells_what_lies_below_an_origin),
		cmocka_unit_test(tells_hosts_from_other_names),
		cmocka_unit_test(measures_no_name_that_is_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
