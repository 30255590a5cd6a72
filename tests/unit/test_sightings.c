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
	assert_int_equal(
	    sightings_of_dialogue(&envelope, true, 0, hash_key, &sightings), 0);
	assert_int_equal(sightings.list[0].kind, BACKSCATTER_CALLOUT);
	assert_int_equal(sightings.list[0].grade, GRADE_D);
	/* The same dialogue a day later is another sighting. */
	assert_true(sightings.list[0].digest == 0);
	sightings_deinit(&sightings);
	assert_int_equal(
	    sightings_of_dialogue(&envelope, false, 0, hash_key, &sightings),
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
		cmocka_unit_test(tells_a_repeated_message_from_another),
		cmocka_unit_test(counts_polite_callouts_alone),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
