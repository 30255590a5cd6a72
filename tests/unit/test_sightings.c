#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/classify.h"
#include "ingest/sightings.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t hash_key[META_KEY_LEN] = { 1, 2, 3 };

static const char message[] = "From: <mailer-daemon@mail.example.net>\r\n"
			      "Subject: Returned mail\r\n\r\ntext\r\n";

/* Recipients by their traps; 0 ends the list of those given. */
static struct envelope
envelope_for(struct envelope_recipient recipients[], const uint64_t *traps,
    unsigned count)
{
	struct envelope envelope = { .client_known = true,
		.helo = "mail.example.net",
		.sender_known = true,
		.recipients = recipients,
		.recipient_count = count,
		.received_at = 1700000000 };

	assert_int_equal(ipaddr_parse("192.0.2.1", &envelope.client), 0);
	for (unsigned i = 0; i < count; i++) {
		snprintf(recipients[i].path, sizeof(recipients[i].path),
		    "user%u@trap.example", i);
		recipients[i].trap = traps[i];
		recipients[i].whole_domain = false;
	}
	return envelope;
}

static void
look(const struct envelope *envelope, const char *text,
    struct sightings *sightings)
{
	assert_int_equal(sightings_of_message(envelope, (const uint8_t *)text,
			     strlen(text), hash_key, sightings),
	    0);
	assert_int_equal(sightings->count, sightings_expected(envelope));
}

static void
makes_one_sighting_of_each_trap(void **state)
{
	static const struct {
		uint64_t traps[5];
		unsigned count;
		uint64_t expected[3];
		unsigned expected_count;
	} cases[] = {
		{ { 7 }, 1, { 7 }, 1 },
		{ { 7, 8, 9 }, 3, { 7, 8, 9 }, 3 },
		{ { 7, 7, 8, 7, 8 }, 5, { 7, 8 }, 2 },
		{ { 0, 7, 0 }, 3, { 7 }, 1 },
		{ { 7, 0, 8 }, 3, { 7, 8 }, 2 },
		/* Role addresses alone. */
		{ { 0 }, 1, { 0 }, 1 },
		{ { 0, 0, 0 }, 3, { 0 }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct envelope_recipient recipients[5];
		struct envelope envelope =
		    envelope_for(recipients, cases[i].traps, cases[i].count);
		struct sightings sightings;

		look(&envelope, message, &sightings);
		assert_int_equal(sightings.count, cases[i].expected_count);
		for (unsigned k = 0; k < sightings.count; k++) {
			const struct evidence *evidence = &sightings.list[k];

			assert_true(evidence->trap == cases[i].expected[k]);
			assert_int_equal(
			    (evidence->flags & EVIDENCE_UNCOUNTED) != 0,
			    evidence->trap == 0);
			assert_true(evidence->seen_at == 1700000000);
			assert_string_equal(evidence->helo, envelope.helo);
		}
		sightings_deinit(&sightings);
	}
}

/* A bounce whose original bears `from` and `return_path`. */
static void
look_at_bounce(const struct envelope *envelope, const char *from,
    const char *return_path, struct sightings *sightings)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "From: <mailer-daemon@mail.example.net>\r\n"
	    "Subject: Undelivered Mail Returned to Sender\r\n"
	    "Content-Type: multipart/report; boundary=b;\r\n"
	    "\treport-type=delivery-status\r\n"
	    "\r\n"
	    "--b\r\n\r\nIt could not be delivered.\r\n"
	    "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
	    "Reporting-MTA: dns; mail.example.net\r\n\r\n"
	    "Final-Recipient: rfc822; nobody@example.net\r\n"
	    "Action: failed\r\nStatus: 5.1.1\r\n\r\n"
	    "--b\r\nContent-Type: message/rfc822\r\n\r\n"
	    "Return-Path: <%s>\r\n"
	    "Received: from a.example by mail.example.net id 1;\r\n"
	    "\tMon, 6 Jan 2025 09:59:00 +0000\r\n"
	    "From: <%s>\r\nSubject: offer\r\n\r\nBuy.\r\n"
	    "--b--\r\n",
	    return_path, from);
	look(envelope, text, sightings);
}

static void
any_address_of_a_trap_is_its_proof(void **state)
{
	static const struct {
		uint64_t traps[3];
		unsigned count;
		bool whole_domain;
		const char *from, *return_path;
		enum proof_grade grades[3];
	} cases[] = {
		{ { 7 }, 1, false, "user0@trap.example", "", { GRADE_A } },
		{ { 7 }, 1, false, "USER0@Trap.example", "", { GRADE_A } },
		{ { 7 }, 1, false, "", "user0@trap.example", { GRADE_A } },
		{ { 7 }, 1, false, "user1@trap.example", "", { GRADE_B } },
		/* Several recipients that are one trap. */
		{ { 7, 7, 7 }, 3, false, "user2@trap.example", "",
		    { GRADE_A } },
		{ { 7, 7, 7 }, 3, false, "user3@trap.example", "",
		    { GRADE_B } },
		/* Each trap has its own proof. */
		{ { 7, 8, 8 }, 3, false, "user2@trap.example", "",
		    { GRADE_B, GRADE_A } },
		{ { 7, 8, 9 }, 3, false, "user0@trap.example",
		    "user2@trap.example", { GRADE_A, GRADE_B, GRADE_A } },
		/* Of a domain that is one trap, whatever stands before it. */
		{ { 7 }, 1, true, "other@trap.example", "", { GRADE_A } },
		{ { 7 }, 1, true, "", "other@TRAP.example", { GRADE_A } },
		{ { 7 }, 1, true, "other@no-trap.example", "", { GRADE_B } },
		{ { 7 }, 1, true, "other@trap.example.net", "", { GRADE_B } },
		{ { 7 }, 1, true, "", "", { GRADE_B } },
		/* A role address is no trap's. */
		{ { 7, 0 }, 2, false, "user1@trap.example", "", { GRADE_B } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct envelope_recipient recipients[3];
		struct envelope envelope =
		    envelope_for(recipients, cases[i].traps, cases[i].count);
		struct sightings sightings;

		recipients[0].whole_domain = cases[i].whole_domain;
		look_at_bounce(
		    &envelope, cases[i].from, cases[i].return_path, &sightings);
		for (unsigned k = 0; k < sightings.count; k++) {
			assert_int_equal(
			    sightings.list[k].kind, BACKSCATTER_DSN);
			assert_int_equal(
			    sightings.list[k].grade, cases[i].grades[k]);
		}
		sightings_deinit(&sightings);
	}
}

static void
tells_a_repeated_message_from_another(void **state)
{
	static const uint64_t one[] = { 7 }, two[] = { 7, 8 };
	struct envelope_recipient first[1], other[2];
	struct envelope envelope = envelope_for(first, one, 1);
	struct envelope wider = envelope_for(other, two, 2);
	struct sightings a, b;

	(void)state;
	look(&envelope, message, &a);
	look(&wider, message, &b);
	assert_true(a.list[0].digest != 0);
	assert_true(a.list[0].digest == b.list[0].digest);
	assert_true(a.list[0].digest != b.list[1].digest);
	sightings_deinit(&b);

	look(&envelope, "From: <somebody@example.net>\r\n\r\n", &b);
	assert_true(a.list[0].digest != b.list[0].digest);
	sightings_deinit(&b);

	assert_int_equal(ipaddr_parse("192.0.2.2", &envelope.client), 0);
	look(&envelope, message, &b);
	assert_true(a.list[0].digest != b.list[0].digest);
	sightings_deinit(&b);
	sightings_deinit(&a);
}

static void
counts_polite_callouts_alone(void **state)
{
	static const uint64_t traps[] = { 7 };
	struct envelope_recipient recipients[1];
	struct envelope envelope = envelope_for(recipients, traps, 1);
	struct sightings sightings;

	(void)state;
	assert_int_equal(sightings_of_dialogue(&envelope, DIALOGUE_POLITE, 0,
			     hash_key, &sightings),
	    0);
	assert_int_equal(sightings.list[0].kind, BACKSCATTER_CALLOUT);
	assert_int_equal(sightings.list[0].grade, GRADE_D);
	/* The same dialogue a day later is another sighting. */
	assert_true(sightings.list[0].digest == 0);
	sightings_deinit(&sightings);
	assert_int_equal(sightings_of_dialogue(&envelope, DIALOGUE_DROPPED, 0,
			     hash_key, &sightings),
	    0);
	assert_int_equal(sightings.list[0].grade, GRADE_E);
	sightings_deinit(&sightings);
}

static int
begin(void **state)
{
	(void)state;
	classify_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one_sighting_of_each_trap),
		cmocka_unit_test(any_address_of_a_trap_is_its_proof),
		cmocka_unit_test(tells_a_repeated_message_from_another),
		cmocka_unit_test(counts_polite_callouts_alone),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
