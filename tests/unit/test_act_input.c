#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/act_input.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
takes_no_member_that_is_misspelt_or_of_another_type(void **state)
{
	static const struct {
		const char *input;
		bool good;
	} cases[] = {
		{ "{}", true },
		{ "{\"prefix\":\"192.0.2.1\",\"until\":\"1d\"}", true },
		{ "{\"prefix\":\"192.0.2.1\",\"utnil\":\"1d\"}", false },
		{ "{\"prefix\":\"192.0.2.1\",\"Until\":\"1d\"}", false },
		{ "{\"prefix\":\"192.0.2.1\",\"until\":1830000000}", false },
		{ "{\"prefix\":\"192.0.2.1\",\"until\":null}", false },
		{ "{\"prefix\":[\"192.0.2.1\"]}", false },
		{ "{\"disabled\":true}", true },
		{ "{\"disabled\":\"true\"}", false },
		{ "{\"dry_run\":0}", false },
		{ "{\"weight\":7}", true },
		{ "{\"weight\":7.5}", false },
		{ "{\"sensor\":\"7\"}", false },
		{ "{\"units\":[\"192.0.2.1\"]}", true },
		{ "{\"units\":\"192.0.2.1\"}", false },
		{ "{\"\":\"\"}", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *input = json_loads(cases[i].input, 0, NULL);
		const char *why = act_input_refusal(input);

		assert_non_null(input);
		assert_int_equal(why == NULL, cases[i].good);
		json_decref(input);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    takes_no_member_that_is_misspelt_or_of_another_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
