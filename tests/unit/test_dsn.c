#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/dsn.h"

#define PER_MESSAGE                                                            \
	"Reporting-MTA: dns; mx.example.net\n"                                 \
	"Arrival-Date: Tue, 13 Jan 2026 08:15:20 +0000\n"                      \
	"\n"
#define RECIPIENT(action)                                                      \
	"Final-Recipient: rfc822; a@example.net\n"                             \
	"Action: " action "\n"                                                 \
	"Status: 5.1.1\n"                                                      \
	"\n"

static bool
parse(const char *text, struct dsn *dsn)
{
	return dsn_parse(text, strlen(text), dsn);
}

static void
counts_recipients_by_what_became_of_them(void **state)
{
	static const struct {
		const char *text;
		unsigned failed, delayed, succeeded;
		bool success, delay;
	} cases[] = {
		{ PER_MESSAGE RECIPIENT("failed"), 1, 0, 0, false, false },
		{ PER_MESSAGE RECIPIENT("Failed (bad address)"), 1, 0, 0, false,
		    false },
		{ PER_MESSAGE RECIPIENT("delayed"), 0, 1, 0, false, true },
		{ PER_MESSAGE RECIPIENT("DELIVERED"), 0, 0, 1, true, false },
		{ PER_MESSAGE RECIPIENT("relayed") RECIPIENT("expanded"), 0, 0,
		    2, true, false },
		{ PER_MESSAGE RECIPIENT("delivered") RECIPIENT("failed"), 1, 0,
		    1, false, false },
		{ PER_MESSAGE RECIPIENT("delayed") RECIPIENT("failed"), 1, 1, 0,
		    false, false },
		{ PER_MESSAGE RECIPIENT("delayed") RECIPIENT("delivered"), 0, 1,
		    1, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dsn dsn;

		assert_true(parse(cases[i].text, &dsn));
		assert_int_equal(dsn.failed, cases[i].failed);
		assert_int_equal(dsn.delayed, cases[i].delayed);
		assert_int_equal(dsn.succeeded, cases[i].succeeded);
		assert_int_equal(dsn_is_success(&dsn), cases[i].success);
		assert_int_equal(dsn_is_delay(&dsn), cases[i].delay);
	}
}

static void
is_no_report_without_recipient_and_action(void **state)
{
	static const char *const texts[] = { "", "\n", "Action: failed\n",
		"Final-Recipient: rfc822; a@example.net\n",
		PER_MESSAGE "Action: failed\n",
		"Final-Recipient: rfc822; a@b.example\nAction: maybe\n",
		"Final-Recipient: rfc822; a@b.example\nAction: failedly\n",
		"He said Final-Recipient: x and Action: failed\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct dsn dsn;

		assert_false(parse(texts[i], &dsn));
	}
}

static void
keeps_the_facts_of_the_gravest_recipient(void **state)
{
	struct dsn dsn;

	(void)state;
	assert_true(parse("Reporting-MTA: dns;mx.example.net\n"
			  "X-Postfix-Queue-ID: 4A5B6C\n\n"
			  "Final-Recipient: rfc822;fine@example.net\n"
			  "Action: delivered\nStatus: 2.0.0\n\n"
			  "Original-Recipient: rfc822;bad@example.net\n"
			  "Final-Recipient: rfc822;worse@example.net\n"
			  "Action: failed\n"
			  "Status: 5.7.1 (refused)\n"
			  "Remote-MTA: dns; inner.example.net\n"
			  "Diagnostic-Code: smtp; 554 5.7.1 We do not\n"
			  "    want that\n",
	    &dsn));
	assert_string_equal(dsn.reporting_mta, "mx.example.net");
	assert_string_equal(dsn.queue_id, "4A5B6C");
	assert_string_equal(dsn.queue_id_field, "X-Postfix-Queue-ID");
	assert_string_equal(dsn.recipient, "bad@example.net");
	assert_string_equal(dsn.status, "5.7.1");
	assert_string_equal(dsn.remote_mta, "inner.example.net");
	assert_string_equal(dsn.diagnostic, "554 5.7.1 We do not want that");
}

static void
reads_reports_whose_line_ends_were_doubled(void **state)
{
	struct dsn dsn;

	(void)state;
	assert_true(parse("Reporting-MTA: dns; mx.example.net\n\n\n"
			  "Final-Recipient: rfc822; a@example.net\n\n"
			  "Action: failed\n\nStatus: 5.1.1\n\n",
	    &dsn));
	assert_int_equal(dsn.failed, 1);
}

static void
cuts_what_is_too_long(void **state)
{
	static char text[8192];
	struct dsn dsn;

	(void)state;
	strcpy(text, "Final-Recipient: rfc822; ");
	memset(text + strlen(text), 'x', 4000);
	strcat(text, "\nAction: failed\nDiagnostic-Code: smtp; ");
	memset(text + strlen(text), 'y', 3000);
	assert_true(parse(text, &dsn));
	assert_int_equal(strlen(dsn.recipient), DSN_NAME_MAX - 1);
	assert_int_equal(strlen(dsn.diagnostic), DSN_TEXT_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_recipients_by_what_became_of_them),
		cmocka_unit_test(is_no_report_without_recipient_and_action),
		cmocka_unit_test(keeps_the_facts_of_the_gravest_recipient),
		cmocka_unit_test(reads_reports_whose_line_ends_were_doubled),
		cmocka_unit_test(cuts_what_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
