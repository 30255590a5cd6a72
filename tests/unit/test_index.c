#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/index_fixture.h"

/* What it says; how it keeps up is for test_index_keep.c. */

static void
answers_as_the_table_does_after_any_changes(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned round = 0; round < 80; round++) {
		for (unsigned i = number(fixture, 4); i > 0; i--)
			change_some(fixture, 1 + number(fixture, 30));
		follow(fixture);
		assert_true(same_answers(fixture, 150));
	}
	assert_int_equal(figures(fixture).builds, 1);
}

static void
is_silent_about_names_that_no_publisher_makes(void **state)
{
	static const char *const names[] = { "*", "*.dsn", "*.0.192", "x.0.192",
		"5.4.3.2.1", "0.0", "*.d", "x.2", "*.2.0.192.auto",
		"1.*.8.b.d.0.1.0.0.2" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		change_some(fixture, 20);
		follow(fixture);
		assert_int_not_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		put_name(fixture, names[i]);
		follow(fixture);
		assert_int_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		same_answers(fixture, 200);
		remove_name(fixture, names[i]);
		follow(fixture);
		assert_int_not_equal(ask(fixture, "2.0.0.127"), INDEX_SILENT);
		same_answers(fixture, 200);
	}
}

static void
minds_no_names_beside_its_own(void **state)
{
	static const char *const names[] = { "ns1", "a", "*.wild", "www.dsn",
		"1.ns", "256", "01", "x*", "1a" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_name(fixture, names[i]);
	change_some(fixture, 100);
	follow(fixture);
	assert_int_equal(ask(fixture, "2.0.0.127"), INDEX_FOUND);
	assert_true(same_answers(fixture, 2000));
}

static void
knows_the_tree_that_addresses_share(void **state)
{
	static const struct {
		const char *name;
		enum index_outcome outcome;
	} cases[] = {
		{ "1.2.0.192", INDEX_FOUND },
		{ "1.2.0.192.DSN", INDEX_NOTHING },
		{ "2.2.0.192", INDEX_NOTHING },
		{ "2.0.192", INDEX_EMPTY },
		{ "3.0.192", INDEX_NOTHING },
		{ "0.192", INDEX_EMPTY },
		{ "192", INDEX_EMPTY },
		{ "193", INDEX_NOTHING },
		{ "01.2.0.192", INDEX_SILENT },
		{ "1.2.0.256", INDEX_SILENT },
		{ "", INDEX_SILENT },
		{ "dsn", INDEX_SILENT },
		{ "x.1.2.0.192", INDEX_SILENT },
		/* Above 2001:db8::/64, in the list of bounces alone. */
		{ "1.0.0.2.dsn", INDEX_EMPTY },
		{ "0.0.2.dsn", INDEX_EMPTY },
		{ "0.2.Dsn", INDEX_EMPTY },
		{ "2.dsn", INDEX_EMPTY },
		{ "2.0.0.2.dsn", INDEX_NOTHING },
		{ "1.0.0.2", INDEX_NOTHING },
		{ "0.0.2", INDEX_NOTHING },
		/* Above the test entries' IPv6 names. */
		{ "0.0.0.0", INDEX_EMPTY },
		{ "0", INDEX_EMPTY },
		{ "0.0.0.0.0.0.0.0.0.0.0.0.8.B.d.0.1.0.0.2.dsn", INDEX_FOUND },
		{ "f.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dsn",
		    INDEX_FOUND },
		{ "f.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2", INDEX_NOTHING },
		{ "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.dsn", INDEX_SILENT },
		{ "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", INDEX_SILENT },
	};
	struct fixture *fixture = *state;
	struct store_txn *txn = begin(fixture);

	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.1", CODE_BIT(2));
	dnszone_list(txn, SUBLIST_DSN, "2001:db8::", CODE_BIT(3));
	commit(txn);
	follow(fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum index_outcome outcome = ask(fixture, cases[i].name);

		if (outcome != cases[i].outcome)
			fail_msg("%s: %d, not %d", cases[i].name, outcome,
			    cases[i].outcome);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(answers_as_the_table_does_after_any_changes),
		test(is_silent_about_names_that_no_publisher_makes),
		test(minds_no_names_beside_its_own),
		test(knows_the_tree_that_addresses_share),
	};

	return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
