#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/diagnosis.h"

static const struct {
	enum backscatter_kind kind;
	uint32_t flags;
	const char *status, *diagnostic, *remote, *sign;
	const char *cause;
} cases[] = {
	{ BACKSCATTER_NONE, 0, "", "", "", "", "none" },
	{ BACKSCATTER_DSN, 0, "5.1.1", "", "", "", "unknown-user" },
	{ BACKSCATTER_DSN, 0, "5.1.1", "", "mx2.example.net", "", "backup-mx" },
	{ BACKSCATTER_DSN, 0, "5.0.0", "550 no such user", "", "",
	    "unknown-user" },
	{ BACKSCATTER_DSN, 0, "5.2.2", "", "", "", "quota" },
	{ BACKSCATTER_DSN, 0, "", "552 Mailbox full", "x", "", "quota" },
	{ BACKSCATTER_DSN, 0, "5.7.1", "", "", "", "after-queue-filter" },
	{ BACKSCATTER_DSN, 0, "5.7.1", "554 looks like spam", "mx.example.org",
	    "", "forwarding" },
	{ BACKSCATTER_DSN, 0, "5.4.6", "", "", "", "loop" },
	{ BACKSCATTER_DSN, 0, "5.4.7", "", "", "", "unreachable" },
	{ BACKSCATTER_DSN, EVIDENCE_DELAY, "", "", "", "", "unreachable" },
	{ BACKSCATTER_DSN, 0, "5.3.4", "", "", "", "too-large" },
	{ BACKSCATTER_DSN, 0, "", "", "", "", "accepted-then-bounced" },
	{ BACKSCATTER_DSN, EVIDENCE_SUCCESS, "2.0.0", "", "", "", "none" },
	/* As Exim and OpenSMTPD say it, in the text alone. */
	{ BACKSCATTER_DSN, 0, "5.0.0", "no such person here", "", "",
	    "unknown-user" },
	{ BACKSCATTER_DSN, 0, "5.0.0", "Unrouteable address", "", "",
	    "unknown-user" },
	{ BACKSCATTER_DSN, 0, "5.0.0",
	    "mailbox is full: retry timeout exceeded", "", "", "quota" },
	{ BACKSCATTER_DSN, 0, "5.0.0", "local delivery failed", "", "",
	    "local-delivery" },
	{ BACKSCATTER_DSN, 0, "5.0.0", "we want no prizes here", "", "",
	    "local-delivery" },
	{ BACKSCATTER_DSN, 0, "5.3.0", "73", "", "", "local-delivery" },
	{ BACKSCATTER_DSN, 0, "5.7.1", "", "", "sieve-reject", "sieve-reject" },
	{ BACKSCATTER_DSN, 0, "5.2.2", "", "", "sieve-rejected", "quota" },
	{ BACKSCATTER_DSN, EVIDENCE_SUBMISSION, "5.7.1", "spam", "x", "",
	    "own-user" },
	{ BACKSCATTER_AUTOREPLY, 0, "", "", "", "text-absent-de", "vacation" },
	{ BACKSCATTER_AUTOREPLY, 0, "", "", "", "x-autorespond",
	    "autoresponder" },
	{ BACKSCATTER_AUTOREPLY, EVIDENCE_WEB_FORM, "", "", "", "",
	    "web-form" },
	{ BACKSCATTER_AUTOREPLY, 0, "", "", "", "list-administrivia",
	    "list-hold" },
	{ BACKSCATTER_AUTOREPLY, 0, "", "", "", "disposition-notification",
	    "read-receipt" },
	{ BACKSCATTER_CHALLENGE, 0, "", "", "", "", "challenge" },
	{ BACKSCATTER_VIRUS_NOTICE, 0, "", "", "", "", "scanner-notice" },
	{ BACKSCATTER_CALLOUT, 0, "", "", "", "", "callout" },
};

static void
finds_the_likely_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct evidence evidence = { .kind = cases[i].kind,
			.flags = cases[i].flags };
		struct signs signs = { .count = 0 };

		strcpy(evidence.status, cases[i].status);
		strcpy(evidence.diagnostic, cases[i].diagnostic);
		if (*cases[i].sign != '\0')
			signs_add(&signs, cases[i].sign);
		assert_string_equal(
		    diagnosis_cause(&evidence, &signs, *cases[i].remote != '\0')
			->name,
		    cases[i].cause);
	}
}

static void
names_no_cause_that_is_not_in_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_non_null(cause_find(cases[i].cause));
	assert_null(cause_find("no-such-cause"));
}

static void
knows_the_software_by_its_signs(void **state)
{
	struct signs signs = { .count = 0 };

	(void)state;
	assert_null(diagnosis_software(&signs));
	signs_add(&signs, "null-sender");
	signs_add(&signs, "text-postfix");
	assert_string_equal(diagnosis_software(&signs), "Postfix");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_likely_cause),
		cmocka_unit_test(names_no_cause_that_is_not_in_the_table),
		cmocka_unit_test(knows_the_software_by_its_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
