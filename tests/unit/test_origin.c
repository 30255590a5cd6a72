#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/origin.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
tells_pages_of_others_from_ours(void **state)
{
	static const struct {
		const char *host, *origin, *site; /* NULL: not sent */
		bool foreign;
	} cases[] = {
		{ "bl.example", NULL, NULL, false },
		{ NULL, NULL, NULL, false },
		{ "bl.example", "https://bl.example", NULL, false },
		{ "BL.example:8080", "http://bl.example:8080", NULL, false },
		{ "bl.example", "https://evil.example", NULL, true },
		{ "bl.example", "https://bl.example.evil.example", NULL, true },
		{ "bl.example", "https://bl.example:444", NULL, true },
		{ "bl.example", "null", NULL, true },
		{ "bl.example", "", NULL, true },
		{ NULL, "https://bl.example", NULL, true },
		{ "bl.example", "https://evil.example", "cross-site", true },
		{ "bl.example", "https://bl.example", "cross-site", true },
		{ "bl.example", "https://a.bl.example", "same-site", true },
		{ "bl.example", NULL, "cross-site", true },
		{ "bl.example", NULL, "", true },
		{ "bl.example", NULL, "none", false },
		{ "bl.example", "null", "same-origin", false },
		/* A server in front has changed the Host. */
		{ "127.0.0.1:8080", "https://bl.example", "same-origin",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct field fields[3];
		size_t count = 0;

		if (cases[i].host != NULL)
			fields[count++] =
			    (struct field){ "Host", cases[i].host };
		if (cases[i].origin != NULL)
			fields[count++] =
			    (struct field){ "origin", cases[i].origin };
		if (cases[i].site != NULL)
			fields[count++] =
			    (struct field){ "Sec-Fetch-Site", cases[i].site };
		assert_int_equal(
		    origin_is_foreign(fields, count), cases[i].foreign);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_pages_of_others_from_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
