#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the four above. */
#include <cmocka.h>

#include <string.h>

#include "db/backscatter.h"
#include "db/cause.h"
#include "db/evidence.h"

static bool
is_whole_sentences(const char *text)
{
	return text[0] >= 'A' && text[0] <= 'Z' &&
	       text[strlen(text) - 1] == '.' && strstr(text, "  ") == NULL;
}

static void
says_what_happened_and_what_repairs_it(void **state)
{
	(void)state;
	for (int id = 0; id < CAUSE_COUNT; id++) {
		const struct cause *cause = &causes[id];
		struct evidence evidence;

		assert_true(strlen(cause->name) < sizeof(evidence.cause));
		assert_true(is_whole_sentences(cause->what));
		assert_true(is_whole_sentences(cause->repair));
		assert_ptr_equal(cause_find(cause->name), cause);
	}
	assert_null(cause_find(""));
}

static void
knows_a_cause_for_every_kind(void **state)
{
	(void)state;
	for (int kind = BACKSCATTER_DSN; kind < BACKSCATTER_KIND_COUNT; kind++)
		assert_ptr_not_equal(
		    cause_of_kinds(BACKSCATTER_BIT(kind)), &causes[CAUSE_NONE]);
	assert_null(cause_of_kinds(0));
	/* Bounces stand before callouts. */
	assert_ptr_equal(cause_of_kinds(BACKSCATTER_BIT(BACKSCATTER_CALLOUT) |
					BACKSCATTER_BIT(BACKSCATTER_DSN)),
	    &causes[CAUSE_BOUNCE]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_happened_and_what_repairs_it),
		cmocka_unit_test(knows_a_cause_for_every_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
