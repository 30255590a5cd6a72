#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/one_record.h"

/*
 * Networks that turn out to be the operator's, reserved or shared after they
 * were listed.
 */
#define MANY 250

/* What the tests list, and the same without 192.0.2.0/24. */
#define OPEN                                                                   \
	"listable_reserved = { \"198.18.0.0/15\", \"2001:db8::/32\", "         \
	"\"192.0.2.0/24\" }\n"
#define LESS "listable_reserved = { \"198.18.0.0/15\" }\n"

static void
read_settings_anew(const char *policy)
{
	char path[] = "/tmp/networks.XXXXXX";
	struct settings settings;
	int file = mkstemp(path);

	assert_true(file >= 0);
	dprintf(file, "policy {\npreset = eager\n%s}\n", policy);
	close(file);
	assert_int_equal(settings_read(path, &settings), 0);
	unlink(path);
	recorder_rules_deinit(&record.rules);
	assert_int_equal(
	    recorder_rules_init(&record.rules, &settings, "test"), 0);
	settings_free(&settings);
}

static void
what_turns_out_to_be_ones_own_comes_off(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see(&record, "192.0.2.129", 1);
	see(&record, "2001:db8::1", 1);
	list_by_hand("192.0.2.2/31", DAY);
	list_by_hand("192.0.2.130/32", DAY);
	sweep(&record);
	read_settings_anew(OPEN "own_networks = { \"192.0.2.0/25\" }\n");
	assert_int_equal(main_codes("192.0.2.1"), LISTED_DSN);
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.1"), 0);
	assert_int_equal(main_codes("192.0.2.2"), 0);
	assert_int_equal(main_codes("192.0.2.3"), 0);
	assert_int_equal(main_codes("192.0.2.129"), LISTED_DSN);
	assert_int_equal(main_codes("192.0.2.130"), CODE_BIT(2) | CODE_BIT(9));
	assert_int_equal(main_codes("2001:db8::1"), LISTED_DSN);
	assert_int_equal(audit_of("exempted").count, 1);
}

static void
what_was_reserved_again_comes_off(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see(&record, "198.18.0.1", 1);
	sweep(&record);
	read_settings_anew(LESS);
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.1"), 0);
	assert_int_equal(main_codes("198.18.0.1"), LISTED_DSN);
}

static void
what_turns_out_to_be_shared_changes_its_list(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	see(&record, "192.0.2.129", 1);
	sweep(&record);
	read_settings_anew(OPEN "shared_networks = { \"192.0.2.0/25\" }\n");
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.1"), 0);
	assert_int_equal(
	    codes_of(&record, SUBLIST_SHARED, "192.0.2.1"), CODE_BIT(8));
	read_settings_anew(OPEN "shared_networks = { \"192.0.2.128/25\" }\n");
	sweep(&record);
	assert_int_equal(main_codes("192.0.2.1"), LISTED_DSN);
	assert_int_equal(main_codes("192.0.2.129"), 0);
}

static void
many_are_looked_at_in_many_sweeps(void **state)
{
	char address[32];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(address, sizeof(address), "192.0.2.%u", i);
		see(&record, address, 1);
	}
	sweep(&record);
	assert_int_equal(records_in(&record, TABLE_LISTING), MANY);
	read_settings_anew(OPEN "own_networks = { \"192.0.2.0/24\" }\n");
	sweep(&record);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(address, sizeof(address), "192.0.2.%u", i);
		assert_int_equal(main_codes(address), 0);
	}
}

static int
sweep_once(void)
{
	struct store_txn *txn = begin(&record);

	return commit(
	    &record, txn, record_sweep(txn, &record.rules, record.now, 100));
}

static void
the_same_networks_are_looked_at_once(void **state)
{
	(void)state;
	see(&record, "192.0.2.1", 1);
	sweep(&record);
	read_settings_anew(OPEN "own_networks = { \"192.0.2.128/25\" }\n");
	assert_true(sweep_once() > 0);
	assert_int_equal(sweep_once(), 0);
	read_settings_anew(OPEN "own_networks = { \"192.0.2.128/25\" }\n");
	assert_int_equal(sweep_once(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(what_turns_out_to_be_ones_own_comes_off),
		EAGER(what_was_reserved_again_comes_off),
		EAGER(what_turns_out_to_be_shared_changes_its_list),
		EAGER(many_are_looked_at_in_many_sweeps),
		EAGER(the_same_networks_are_looked_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
