#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ingest/classify.h"
#include "tests/support/monsters.h"
#include "tests/support/skip.h"

#define TRAP "trap@trap.example.test"

static const uint8_t key[META_KEY_LEN] = { 1 };

static struct envelope_recipient trap = { .path = TRAP, .trap = 7 };

static struct envelope
envelope_from(const char *sender)
{
	struct envelope envelope = { .sender_known = sender != NULL,
		.recipients = &trap,
		.recipient_count = 1,
		.received_at = 1000000 };

	if (sender != NULL)
		strcpy(envelope.sender, sender);
	return envelope;
}

static struct classification
classify(const char *sender, const char *text)
{
	struct envelope envelope = envelope_from(sender);
	struct classification result;

	classify_message(
	    &envelope, 0, (const uint8_t *)text, strlen(text), key, &result);
	return result;
}

static const char report[] =
    "From: MAILER-DAEMON@mx.example.net\n"
    "To: " TRAP "\n"
    "Subject: Undelivered Mail Returned to Sender\n"
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    "\tboundary=b\n"
    "\n"
    "--b\n"
    "\n"
    "It did not work.\n"
    "--b\n"
    "Content-Type: message/delivery-status\n"
    "\n"
    "Reporting-MTA: dns; mx.example.net\n"
    "Arrival-Date: Sat, 10 Jan 2026 12:00:00 +0000\n"
    "\n"
    "Final-Recipient: rfc822; nobody@example.net\n"
    "Action: failed\n"
    "Status: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 no such user\n"
    "--b\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "Return-Path: <" TRAP ">\n"
    "From: someone <" TRAP ">\n"
    "Message-ID: <1@spam.example>\n"
    "Subject: cheap watches for the whole family\n"
    "\n"
    "Buy.\n"
    "--b--\n";

static void
proves_a_report_by_its_original(void **state)
{
	struct classification result = classify("", report);
	const struct evidence *evidence = &result.evidence;

	(void)state;
	assert_null(result.veto);
	assert_int_equal(evidence->kind, BACKSCATTER_DSN);
	assert_int_equal(evidence->grade, GRADE_A);
	assert_true(signs_have(&result.signs, "report-delivery-status"));
	assert_string_equal(evidence->reporting_mta, "mx.example.net");
	assert_string_equal(evidence->status, "5.1.1");
	assert_string_equal(evidence->diagnostic, "550 no such user");
	assert_string_equal(evidence->cause, "unknown-user");
	assert_int_equal(evidence->original_at, 1768046400);
	assert_true(evidence->original != 0);
	assert_true((evidence->flags & EVIDENCE_FINGERPRINTED) != 0);
}

static void
counts_only_double_bounce_and_null_as_callouts(void **state)
{
	static const struct {
		const char *sender;
		enum dialogue_end end;
		unsigned refused;
		enum backscatter_kind kind;
		enum proof_grade grade;
	} cases[] = {
		{ "", DIALOGUE_POLITE, 0, BACKSCATTER_CALLOUT, GRADE_D },
		{ "double-bounce@mx.example.net", DIALOGUE_POLITE, 0,
		    BACKSCATTER_CALLOUT, GRADE_D },
		{ "", DIALOGUE_DROPPED, 0, BACKSCATTER_CALLOUT, GRADE_E },
		{ "", DIALOGUE_UNTOLD, 0, BACKSCATTER_CALLOUT, GRADE_D },
		{ "", DIALOGUE_UNTOLD, 1, BACKSCATTER_CALLOUT, GRADE_E },
		{ "", DIALOGUE_POLITE, 1, BACKSCATTER_CALLOUT, GRADE_E },
		{ "", DIALOGUE_POLITE, 50, BACKSCATTER_NONE, GRADE_E },
		{ "someone@example.net", DIALOGUE_POLITE, 0, BACKSCATTER_NONE,
		    GRADE_E },
		{ "double-bounce.example.net", DIALOGUE_POLITE, 0,
		    BACKSCATTER_NONE, GRADE_E },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct envelope envelope = envelope_from(cases[i].sender);
		struct classification result;

		classify_dialogue(
		    &envelope, 0, cases[i].end, cases[i].refused, key, &result);
		assert_int_equal(result.evidence.kind, cases[i].kind);
		assert_int_equal(result.evidence.grade, cases[i].grade);
		assert_int_equal(
		    signs_have(&result.signs, "dialogue-end-untold"),
		    cases[i].end == DIALOGUE_UNTOLD &&
			cases[i].kind != BACKSCATTER_NONE);
	}
}

static void
cuts_signs_at_the_end_of_a_name(void **state)
{
	struct signs signs = { .count = 0 };
	char text[16];

	(void)state;
	signs_add(&signs, "null-sender");
	signs_add(&signs, "null-sender");
	assert_int_equal(signs.count, 1);
	signs_add(&signs, "in-reply-to");
	assert_string_equal(
	    signs_format(&signs, text, sizeof(text)), "null-sender");
}

/* --- bounds --------------------------------------------------------------- */

/* Octets of private memory that the process has now. */
static size_t
data_octets(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (statm == NULL)
		return 0;
	if (fscanf(statm, "%*u %*u %*u %*u %*u %lu", &pages) != 1)
		pages = 0;
	fclose(statm);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* In a process of its own that gets no more memory than that. */
static bool
is_classified_within(size_t octets, const char *text)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		rlim_t most = data_octets() + octets;
		struct rlimit limit = { most, most };

		if (setrlimit(RLIMIT_DATA, &limit) != 0)
			_exit(2);
		classify("", text);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
needs_little_memory_for_monsters(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	SKIP_FOR("the address sanitizer has memory of its own");
#endif
	for (size_t i = 0; i < MONSTER_COUNT; i++) {
		char *text = monster_text(&monsters[i]);

		assert_non_null(text);
		if (!is_classified_within(64u << 20, text))
			fail_msg("%s", monsters[i].name);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proves_a_report_by_its_original),
		cmocka_unit_test(
		    counts_only_double_bounce_and_null_as_callouts),
		cmocka_unit_test(cuts_signs_at_the_end_of_a_name),
		cmocka_unit_test(needs_little_memory_for_monsters),
	};

	classify_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
