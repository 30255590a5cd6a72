#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/trap.h"
#include "ingest/handover.h"
#include "ingest/message.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct test_store test;
static struct mailboxes *mailboxes;

static int
setup(void **state)
{
	struct store_txn *txn;
	struct trap trap;

	(void)state;
	message_init();
	test_store_open(&test);
	assert_int_equal(store_begin_write(test.store, &txn), 0);
	assert_int_equal(
	    trap_add(txn, "trap@trap.example", TEST_NOW, &trap), 0);
	assert_int_equal(trap_add(txn, "two@trap.example", TEST_NOW, &trap), 0);
	assert_int_equal(store_commit(txn), 0);
	return mailboxes_open(test.store, &mailboxes);
}

static int
teardown(void **state)
{
	(void)state;
	mailboxes_close(mailboxes);
	test_store_close(&test);
	return 0;
}

static int
hand_over(
    const struct handover *hints, const char *text, struct recorder_job **job)
{
	*job = NULL;
	return handover_job(mailboxes, hints, strdup(text), strlen(text), job);
}

static void
takes_what_it_is_told(void **state)
{
	static const char *const recipients[] = { "nobody@trap.example",
		"TRAP@trap.example", "two@trap.example" };
	struct ipaddr client;
	struct handover hints = { .client = &client,
		.helo = "mail.example.net",
		.sender = "person@example.net",
		.recipients = recipients,
		.recipient_count = 3,
		.received_at = TEST_NOW };
	struct recorder_job *job;

	(void)state;
	assert_int_equal(ipaddr_parse("192.0.2.1", &client), 0);
	assert_int_equal(hand_over(&hints,
			     "Return-Path: <other@example.net>\n"
			     "Delivered-To: trap@trap.example\n\n",
			     &job),
	    0);
	assert_true(job->envelope.client_known);
	assert_string_equal(job->envelope.helo, "mail.example.net");
	assert_string_equal(job->envelope.sender, "person@example.net");
	assert_int_equal(job->envelope.recipient_count, 2);
	assert_string_equal(
	    job->envelope.recipients[1].path, "two@trap.example");
	assert_int_equal(job->envelope.received_at, TEST_NOW);
	recorder_job_free(job);
}

static void
knows_the_null_sender_in_its_disguises(void **state)
{
	static const struct {
		const char *given, *otherwise, *header, *sender; /* NULL none */
	} cases[] = {
		{ "", NULL, "", "" },
		{ "MAILER-DAEMON", NULL, "", "" },
		{ "mailer-daemon", NULL, "", "" },
		{ "<>", NULL, "", "" },
		{ "MAILER-DAEMON@example.net", NULL, "",
		    "MAILER-DAEMON@example.net" },
		{ NULL, "MAILER-DAEMON", "", "" },
		{ NULL, "a@example.net", "Return-Path: <>\n", "" },
		{ NULL, NULL, "Return-Path: <b@example.net>\n",
		    "b@example.net" },
		{ "a@example.net", NULL, "Return-Path: <>\n", "a@example.net" },
		{ NULL, NULL, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct handover hints = { .sender = cases[i].given,
			.sender_else = cases[i].otherwise };
		struct recorder_job *job;
		char text[200];

		snprintf(text, sizeof(text), "%sTo: trap@trap.example\n\n",
		    cases[i].header);
		assert_int_equal(hand_over(&hints, text, &job), 0);
		assert_int_equal(
		    job->envelope.sender_known, cases[i].sender != NULL);
		if (cases[i].sender != NULL)
			assert_string_equal(
			    job->envelope.sender, cases[i].sender);
		recorder_job_free(job);
	}
}

static void
finds_the_recipient_in_the_header(void **state)
{
	static const struct {
		const char *header, *otherwise, *recipient; /* NULL: none */
	} cases[] = {
		{ "X-Original-To: trap@trap.example\nTo: x@y.example\n", NULL,
		    "trap@trap.example" },
		{ "Delivered-To: store@y.example\nTo: <trap@trap.example>\n",
		    NULL, "trap@trap.example" },
		{ "Envelope-To: two@trap.example\nTo: trap@trap.example\n",
		    NULL, "two@trap.example" },
		{ "To: trap@trap.example\n", "two@trap.example",
		    "two@trap.example" },
		{ "To: trap@trap.example\n", "no@trap.example",
		    "trap@trap.example" },
		{ "To: someone@y.example\n", NULL, NULL },
		{ "Subject: x\n", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct handover hints = { .recipient_else =
					      cases[i].otherwise };
		struct recorder_job *job;

		assert_int_equal(hand_over(&hints, cases[i].header, &job),
		    cases[i].recipient != NULL ? 0 : ERROR_NOT_FOUND);
		if (job != NULL)
			assert_string_equal(job->envelope.recipients[0].path,
			    cases[i].recipient);
		recorder_job_free(job);
	}
}

static void
believes_the_last_servers_clock_but_no_future(void **state)
{
	static const struct {
		const char *header;
		int64_t otherwise, at; /* 0: now */
	} cases[] = {
		{ "Received: from a by b; Tue, 14 Nov 2023 22:13:20 +0000\n", 5,
		    TEST_NOW },
		{ "Received: from a by b; Tue, 14 Nov 2123 22:13:20 +0000\n", 5,
		    0 },
		{ "Received: from a by b\n", TEST_NOW, TEST_NOW },
		{ "", 0, 0 },
		{ "", INT64_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct handover hints = { .received_else = cases[i].otherwise };
		int64_t before = clock_seconds();
		struct recorder_job *job;
		char text[200];

		snprintf(text, sizeof(text), "%sTo: trap@trap.example\n\n",
		    cases[i].header);
		assert_int_equal(hand_over(&hints, text, &job), 0);
		if (cases[i].at != 0)
			assert_int_equal(
			    job->envelope.received_at, cases[i].at);
		else
			assert_in_range(
			    job->envelope.received_at, before, before + 60);
		recorder_job_free(job);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_it_is_told),
		cmocka_unit_test(knows_the_null_sender_in_its_disguises),
		cmocka_unit_test(finds_the_recipient_in_the_header),
		cmocka_unit_test(believes_the_last_servers_clock_but_no_future),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
