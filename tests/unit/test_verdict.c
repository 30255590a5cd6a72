#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "db/verdict.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY 86400
#define DSN BACKSCATTER_BIT(BACKSCATTER_DSN)
#define AUTO BACKSCATTER_BIT(BACKSCATTER_AUTOREPLY)
#define CHALLENGE BACKSCATTER_BIT(BACKSCATTER_CHALLENGE)
#define VIRUS BACKSCATTER_BIT(BACKSCATTER_VIRUS_NOTICE)

/* "main 2 3, dsn 3" */
static void
write_verdict(const struct verdict *verdict, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (int list = 0; list < SUBLIST_COUNT; list++) {
		const struct zone_entry *entry = &verdict->entries[list];

		if (entry->codes == 0)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s",
		    len > 0 ? ", " : "",
		    list == SUBLIST_MAIN ? "main" : sublists[list].label);
		for (unsigned n = 0; n < 16; n++) {
			if ((entry->codes & CODE_BIT(n)) != 0)
				len += (size_t)snprintf(
				    text + len, size - len, " %u", n);
		}
	}
}

static const struct {
	struct listing listing;
	const char *says;
} cases[] = {
	{ { .state = LISTING_NONE }, "" },
	{ { .state = LISTING_WARNED, .kinds = DSN }, "" },
	{ { .state = LISTING_PENDING, .kinds = DSN }, "" },
	{ { .state = LISTING_LISTED, .kinds = DSN }, "main 2 3, dsn 3" },
	{ { .state = LISTING_LISTED, .kinds = AUTO }, "main 2 4, auto 4" },
	{ { .state = LISTING_LISTED, .kinds = CHALLENGE },
	    "main 2 5, challenge 5" },
	{ { .state = LISTING_LISTED, .kinds = VIRUS }, "main 2 6, virus 6" },
	{ { .state = LISTING_LISTED, .kinds = DSN | AUTO | VIRUS },
	    "main 2 3 4 6, dsn 3, auto 4, virus 6" },
	{ { .state = LISTING_LISTED, .kinds = DSN, .strict = true },
	    "main 2 3, strict 2, dsn 3" },
	{ { .state = LISTING_LISTED, .kinds = DSN, .shared = true },
	    "shared 8" },
	{ { .state = LISTING_WARNED, .callout_until = 9 }, "callout 7" },
	{ { .state = LISTING_WARNED, .callout_until = 9, .shared = true }, "" },
	{ { .state = LISTING_LISTED, .kinds = DSN, .callout_until = 9 },
	    "main 2 3, dsn 3, callout 7" },
	{ { .state = LISTING_NONE, .manual_until = 9 }, "main 2 9, manual 9" },
	{ { .state = LISTING_LISTED, .kinds = DSN, .manual_until = 9 },
	    "main 2 3 9, dsn 3, manual 9" },
	{ { .state = LISTING_LISTED,
	      .kinds = DSN,
	      .shared = true,
	      .manual_until = 9 },
	    "main 2 9, shared 8, manual 9" },
	{ { .state = LISTING_PENDING, .kinds = DSN, .manual_until = 9 },
	    "main 2 9, manual 9" },
};

static void
says_of_a_listing_what_each_list_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct verdict verdict;
		char text[200];

		verdict_of(&cases[i].listing, &verdict);
		write_verdict(&verdict, text, sizeof(text));
		assert_string_equal(text, cases[i].says);
		assert_int_equal(verdict.listed, cases[i].says[0] != '\0');
	}
}

static void
puts_no_code_where_the_list_has_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct verdict verdict;

		verdict_of(&cases[i].listing, &verdict);
		for (int list = 0; list < SUBLIST_COUNT; list++)
			assert_int_equal(verdict.entries[list].codes &
					     (uint16_t)~sublists[list].codes,
			    0);
	}
}

static void
names_the_kinds_and_the_day_last_seen(void **state)
{
	struct listing listing = { .state = LISTING_LISTED,
		.kinds = DSN | AUTO,
		.last_seen_at = 12 * DAY,
		.last_counted_at = 10 * DAY + 5 };
	struct verdict verdict;

	(void)state;
	verdict_of(&listing, &verdict);
	assert_int_equal(verdict.entries[SUBLIST_MAIN].kinds, DSN | AUTO);
	assert_int_equal(verdict.entries[SUBLIST_MAIN].seen_day, 10);
	assert_int_equal(verdict.entries[SUBLIST_DSN].kinds, DSN);
	assert_int_equal(verdict.entries[SUBLIST_AUTO].kinds, AUTO);
	assert_int_equal(verdict.entries[SUBLIST_AUTO].seen_day, 10);
}

/* Who makes a callout and looks the TXT up must not see that it was noticed. */
static void
dates_the_callout_list_by_what_others_bear_out(void **state)
{
	struct listing listing = { .state = LISTING_WARNED,
		.last_seen_at = 12 * DAY,
		.callout_seen_at = 10 * DAY + 5,
		.callout_until = 13 * DAY };
	struct verdict verdict;

	(void)state;
	verdict_of(&listing, &verdict);
	assert_int_equal(verdict.entries[SUBLIST_CALLOUT].seen_day, 10);
	/* Format 4 did not say. */
	listing.callout_seen_at = 0;
	verdict_of(&listing, &verdict);
	assert_int_equal(verdict.entries[SUBLIST_CALLOUT].seen_day, 12);
}

static void
marks_what_the_operator_listed_by_hand(void **state)
{
	struct listing listing = { .manual_at = 20 * DAY,
		.manual_until = 30 * DAY };
	struct verdict verdict;

	(void)state;
	verdict_of(&listing, &verdict);
	assert_int_equal(
	    verdict.entries[SUBLIST_MAIN].flags, ZONE_ENTRY_MANUAL);
	assert_int_equal(
	    verdict.entries[SUBLIST_MANUAL].flags, ZONE_ENTRY_MANUAL);
	assert_int_equal(verdict.entries[SUBLIST_MAIN].seen_day, 20);
	assert_int_equal(verdict.entries[SUBLIST_MAIN].kinds, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_of_a_listing_what_each_list_holds),
		cmocka_unit_test(puts_no_code_where_the_list_has_none),
		cmocka_unit_test(names_the_kinds_and_the_day_last_seen),
		cmocka_unit_test(
		    dates_the_callout_list_by_what_others_bear_out),
		cmocka_unit_test(marks_what_the_operator_listed_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
