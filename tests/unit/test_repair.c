#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/backscatter.h"
#include "httpapi/repair.h"
#include "ingest/cause.h"

/* Those that ingest gives to what counts; "none" is of what does not. */
static void
every_cause_of_ingest_has_its_repair(void **state)
{
	static const char *const names[] = { "unknown_user", "backup_mx",
		"quota", "after_queue_filter", "forwarding", "sieve_reject",
		"loop", "unreachable", "too_large", "own_user", "bounce",
		"vacation", "auto_reply", "web_form", "list_hold",
		"read_receipt", "challenge", "virus_notice", "callout" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct repair *repair = repair_find(names[i], 0);

		assert_non_null(cause_by_name(names[i]));
		assert_non_null(repair);
		assert_string_equal(repair->cause, names[i]);
		assert_true(strlen(repair->what) > 20);
		assert_true(strlen(repair->repair) > 20);
	}
}

static void
every_kind_has_a_repair_when_no_cause_is_known(void **state)
{
	(void)state;
	for (int k = BACKSCATTER_DSN; k < BACKSCATTER_KIND_COUNT; k++) {
		assert_non_null(repair_find("", BACKSCATTER_BIT(k)));
		assert_non_null(
		    repair_find("of a later version", BACKSCATTER_BIT(k)));
	}
	assert_null(repair_find("", 0));
	assert_null(repair_find("none", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cause_of_ingest_has_its_repair),
		cmocka_unit_test(
		    every_kind_has_a_repair_when_no_cause_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
