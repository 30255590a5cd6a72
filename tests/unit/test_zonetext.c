#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "db/zonedata.h"
#include "tests/support/addresses.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct zone_settings zone = {
	.text = "Backscatter ({kinds}), last seen {seen}. {url}",
	.portal = "https://bl.example.org/?a=",
};

static void
tells_kinds_day_and_where_to_look(void **state)
{
	static const struct {
		const char *unit;
		struct zone_entry entry;
		const char *text;
	} cases[] = {
		{ "192.0.2.99",
		    { .codes = 4 | 8,
			.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
			.seen_day = 20483 },
		    "Backscatter (bounces), last seen 2026-01-30. "
		    "https://bl.example.org/?a=192.0.2.99" },
		{ "2001:db8:12:34::",
		    { .codes = 4,
			.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN) |
				 BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY),
			.seen_day = 1 },
		    "Backscatter (bounces, automatic replies), last seen "
		    "1970-01-02. https://bl.example.org/?a=2001:db8:12:34::" },
		{ "192.0.2.1",
		    { .codes = 4 | 1 << 9, .flags = ZONE_ENTRY_MANUAL },
		    "Backscatter (by hand), last seen never. "
		    "https://bl.example.org/?a=192.0.2.1" },
		{ "192.0.2.1",
		    { .codes = 1 << 8,
			.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
			.seen_day = 20483,
			.flags = ZONE_ENTRY_SHARED },
		    "Backscatter (bounces, shared pool), last seen 2026-01-30. "
		    "https://bl.example.org/?a=192.0.2.1" },
		{ NULL, { .codes = 4, .flags = ZONE_ENTRY_TEST },
		    "Backscatter (test entry), last seen never. "
		    "https://bl.example.org/?a=127.0.0.2" },
	};
	char text[ZONE_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr unit;

		if (cases[i].unit != NULL)
			unit = address_of(cases[i].unit);
		assert_int_equal(
		    zonedata_text(&zone, &cases[i].entry,
			cases[i].unit != NULL ? &unit : NULL, text),
		    strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
writes_every_day_as_the_calendar_does(void **state)
{
	struct zone_settings only_seen = { .text = "{seen}" };
	char text[ZONE_TEXT_MAX + 1], expected[32];

	(void)state;
	for (uint32_t day = 1; day < 200000; day++) {
		struct zone_entry entry = { .seen_day = day };
		time_t seconds = (time_t)day * 86400;
		struct tm tm;

		gmtime_r(&seconds, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%d", &tm);
		zonedata_text(&only_seen, &entry, NULL, text);
		assert_string_equal(text, expected);
	}
}

static void
names_stand_where_the_words_are_too_long(void **state)
{
	const struct zone_entry entry = { .codes = 4,
		.kinds = UINT16_MAX,
		.seen_day = 1,
		.flags = ZONE_ENTRY_MANUAL };
	struct zone_settings tight = zone;
	struct ipaddr unit = address_of("192.0.2.99");
	char text[ZONE_TEXT_MAX + 1];

	(void)state;
	zonedata_text(&tight, &entry, &unit, text);
	assert_non_null(strstr(text, "sender verification callouts"));
	snprintf(tight.text, sizeof(tight.text),
	    "%s An explanation that takes some room", zone.text);
	zonedata_text(&tight, &entry, &unit, text);
	assert_non_null(strstr(text, "(dsn, auto, challenge, virus, callout, "
				     "by hand)"));
	assert_non_null(strstr(text, "some room"));
}

/* Whatever stands in the settings: the bound holds and nothing is overrun. */
static void
is_never_longer_than_a_text_may_be(void **state)
{
	const struct zone_entry entry = { .codes = UINT16_MAX,
		.kinds = UINT16_MAX,
		.seen_day = UINT32_MAX,
		.flags = UINT8_MAX };
	struct ipaddr unit = address_of("2001:db8:1234:5678::");
	struct zone_settings worst;

	(void)state;
	for (size_t len = 0; len <= ZONE_TEXT_MAX; len++) {
		struct {
			char text[ZONE_TEXT_MAX + 1];
			char guard;
		} out = { .guard = 'g' };
		size_t written;

		memset(&worst, 0, sizeof(worst));
		memset(worst.portal, 'p', len);
		for (size_t i = 0; i < len; i++)
			worst.text[i] = "{kinds}{url}{seen}{"[i % 19];
		written = zonedata_text(&worst, &entry, &unit, out.text);
		assert_true(written <= ZONE_TEXT_MAX);
		assert_int_equal(strlen(out.text), written);
		assert_int_equal(out.guard, 'g');
	}
}

static void
refuses_templates_that_would_not_fit(void **state)
{
	static const struct {
		const char *text, *portal;
		bool fit;
	} cases[] = {
		{ "Backscatter ({kinds}), last seen {seen}; not a spam "
		  "listing. {url}",
		    "https://bl.example.org/lookup/", true },
		{ "no placeholder", "https://bl.example.org/", true },
		{ "{kind}", "https://bl.example.org/", false },
		{ "{", "https://bl.example.org/", false },
		{ "tab\there", "https://bl.example.org/", false },
		{ "caf\xc3\xa9 {url}", "https://bl.example.org/", false },
		{ "{url}", "https://bl.example.org/\x7f", false },
		{ "{kinds} {kinds} {kinds} {kinds}", "https://x/", false },
		{ "{url} {url} {url} {url}",
		    "https://a-rather-long-name.bl.example.org/lookup/",
		    false },
	};
	struct zone_settings candidate = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		strcpy(candidate.text, cases[i].text);
		strcpy(candidate.portal, cases[i].portal);
		assert_int_equal(
		    zonedata_text_refusal(&candidate) == NULL, cases[i].fit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kinds_day_and_where_to_look),
		cmocka_unit_test(writes_every_day_as_the_calendar_does),
		cmocka_unit_test(names_stand_where_the_words_are_too_long),
		cmocka_unit_test(is_never_longer_than_a_text_may_be),
		cmocka_unit_test(refuses_templates_that_would_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
