#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/reason.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
finds_what_the_text_says_of_a_recipient(void **state)
{
	static const struct {
		const char *text, *recipient, *reason;
	} cases[] = {
		{ "", "a@example.net", "" },
		{ "It failed:\n\n  a@example.net\n    mailbox is "
		  "full\n\nBye.\n",
		    "a@example.net", "mailbox is full" },
		{ "a@example.net: \"no such user\"\n", "A@example.NET",
		    "no such user" },
		{ "<a@example.net>:\r\n550 5.1.1 unknown\r\n\r\n", "",
		    "550 5.1.1 unknown" },
		{ "<a@example.net>: one\n<b@example.net>: two\n",
		    "b@example.net", "two" },
		{ "<a@example.net>: one\n<b@example.net>: two\n", NULL, "one" },
		{ "  a@example.net\n    SMTP error:\n    host mx: 550 no\n",
		    "a@example.net", "SMTP error: host mx: 550 no" },
		{ "Write to a@example.net.\n\na@example.net\n  not here\n",
		    "a@example.net", "not here" },
		{ "nothing is said\n", "a@example.net", "" },
		{ "a@example.net", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char reason[64];
		size_t n = reason_find(cases[i].text, strlen(cases[i].text),
		    cases[i].recipient, reason, sizeof(reason));

		assert_string_equal(reason, cases[i].reason);
		assert_int_equal(n, strlen(reason));
	}
}

static void
keeps_within_its_room(void **state)
{
	static const char text[] = "a@example.net: it does not work at all\n"
				   "and never will\n";

	(void)state;
	for (size_t size = 1; size < sizeof(text); size++) {
		char reason[sizeof(text) + 1];

		memset(reason, '#', sizeof(reason));
		reason_find(text, sizeof(text) - 1, NULL, reason, size);
		assert_true(strlen(reason) < size);
		assert_int_equal(reason[size], '#');
	}
}

static void
tells_others_replies_from_words_of_its_own(void **state)
{
	(void)state;
	assert_true(reason_is_remote("550 no"));
	assert_true(reason_is_remote("421-later"));
	assert_true(reason_is_remote("Remote host said: no"));
	assert_true(reason_is_remote("host mx.example.net said: 550 no"));
	assert_false(reason_is_remote("no such user"));
	assert_false(reason_is_remote("5500 messages"));
	assert_false(reason_is_remote(""));
}

static void
finds_a_status_code(void **state)
{
	static const char *const cases[][2] = {
		{ "550 5.1.1 unknown", "5.1.1" },
		{ "Sorry. (#4.4.2)", "4.4.2" },
		{ "host 5.1.1.7 is down", "" },
		{ "version 15.1.1", "" },
		{ "5.1", "" },
		{ "5.7.1000", "" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char status[16];

		reason_status(cases[i][0], status, sizeof(status));
		assert_string_equal(status, cases[i][1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_the_text_says_of_a_recipient),
		cmocka_unit_test(keeps_within_its_room),
		cmocka_unit_test(tells_others_replies_from_words_of_its_own),
		cmocka_unit_test(finds_a_status_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
