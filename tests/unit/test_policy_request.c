#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/policy_request.h"

/* As Postfix 3.7 sends it. */
static const char example[] = "request=smtpd_access_policy\n"
			      "protocol_state=RCPT\n"
			      "protocol_name=ESMTP\n"
			      "client_address=192.0.2.25\n"
			      "client_name=mail.example.net\n"
			      "client_port=51234\n"
			      "reverse_client_name=mail.example.net\n"
			      "server_address=192.0.2.1\n"
			      "server_port=25\n"
			      "helo_name=mail.example.net\n"
			      "sender=\n"
			      "recipient=trap@trap.example\n"
			      "recipient_count=0\n"
			      "queue_id=\n"
			      "instance=1d2c.65a1b2c3.4d5e6.0\n"
			      "size=0\n"
			      "etrn_domain=\n"
			      "stress=\n"
			      "sasl_method=\n"
			      "sasl_username=\n"
			      "sasl_sender=\n"
			      "ccert_subject=\n"
			      "policy_context=\n"
			      "\n";

static enum policy_outcome
feed(struct policy_reader *reader, const char *text)
{
	size_t taken;

	return policy_reader_feed(reader, text, strlen(text), &taken);
}

static void
check_example(const struct policy_request *request)
{
	struct ipaddr client;

	assert_int_equal(ipaddr_parse("192.0.2.25", &client), 0);
	assert_int_equal(request->stage, POLICY_STAGE_RCPT);
	assert_true(request->client_known);
	assert_true(ipaddr_equal(&request->client, &client));
	assert_string_equal(request->helo, "mail.example.net");
	assert_string_equal(request->sender, "");
	assert_string_equal(request->recipient, "trap@trap.example");
	assert_string_equal(request->instance, "1d2c.65a1b2c3.4d5e6.0");
	assert_string_equal(request->user, "");
	assert_false(request->cut);
}

static void
reads_what_postfix_sends(void **state)
{
	struct policy_reader reader;

	(void)state;
	policy_reader_init(&reader);
	assert_int_equal(feed(&reader, example), POLICY_COMPLETE);
	check_example(&reader.request);
}

static void
reads_it_in_whatever_pieces(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 40; piece++) {
		struct policy_reader reader;
		size_t at = 0, taken = 0;
		enum policy_outcome outcome = POLICY_MORE;

		policy_reader_init(&reader);
		while (outcome == POLICY_MORE) {
			size_t left = sizeof(example) - 1 - at;

			assert_true(left > 0);
			outcome = policy_reader_feed(&reader, example + at,
			    left < piece ? left : piece, &taken);
			at += taken;
		}
		assert_int_equal(outcome, POLICY_COMPLETE);
		assert_int_equal(at, sizeof(example) - 1);
		check_example(&reader.request);
	}
}

static void
takes_one_request_at_a_time(void **state)
{
	static const char two[] = "protocol_state=DATA\ninstance=a\n\n"
				  "instance=b\n\n";
	struct policy_reader reader;
	size_t taken;

	(void)state;
	policy_reader_init(&reader);
	assert_int_equal(
	    policy_reader_feed(&reader, two, sizeof(two) - 1, &taken),
	    POLICY_COMPLETE);
	assert_string_equal(reader.request.instance, "a");
	assert_int_equal(reader.request.stage, POLICY_STAGE_MESSAGE);
	assert_int_equal(feed(&reader, two + taken), POLICY_COMPLETE);
	assert_string_equal(reader.request.instance, "b");
	/* Nothing of the one before. */
	assert_int_equal(reader.request.stage, POLICY_STAGE_OTHER);
}

static void
knows_the_stages(void **state)
{
	static const struct {
		const char *text;
		enum policy_stage stage;
	} stages[] = {
		{ "protocol_state=CONNECT\n\n", POLICY_STAGE_OTHER },
		{ "protocol_state=MAIL\n\n", POLICY_STAGE_OTHER },
		{ "protocol_state=RCPT\n\n", POLICY_STAGE_RCPT },
		{ "protocol_state=DATA\n\n", POLICY_STAGE_MESSAGE },
		{ "protocol_state=BDAT\n\n", POLICY_STAGE_MESSAGE },
		{ "protocol_state=END-OF-MESSAGE\n\n", POLICY_STAGE_MESSAGE },
		{ "protocol_state=rcpt\n\n", POLICY_STAGE_OTHER },
		{ "request=other\n\n", POLICY_STAGE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		struct policy_reader reader;

		policy_reader_init(&reader);
		assert_int_equal(
		    feed(&reader, stages[i].text), POLICY_COMPLETE);
		assert_int_equal(reader.request.stage, stages[i].stage);
	}
}

static void
refuses_other_protocols(void **state)
{
	static const char *const texts[] = { "\n", "GET / HTTP/1.1\r\n",
		"EHLO client\r\n", "a=b\nc\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct policy_reader reader;

		policy_reader_init(&reader);
		assert_int_equal(feed(&reader, texts[i]), POLICY_MALFORMED);
	}
}

static void
refuses_a_nul(void **state)
{
	struct policy_reader reader;
	size_t taken;

	(void)state;
	policy_reader_init(&reader);
	assert_int_equal(
	    policy_reader_feed(&reader, "sender=a\0b\n", 11, &taken),
	    POLICY_MALFORMED);
}

static void
refuses_a_request_without_end(void **state)
{
	struct policy_reader reader;
	enum policy_outcome outcome = POLICY_MORE;
	size_t sent = 0;

	(void)state;
	policy_reader_init(&reader);
	while (outcome == POLICY_MORE) {
		outcome = feed(&reader, "ccert_subject=xxxxxxxxxxxxxxxxx\n");
		sent += 32;
	}
	assert_int_equal(outcome, POLICY_MALFORMED);
	assert_in_range(sent, POLICY_REQUEST_MAX, POLICY_REQUEST_MAX + 64);
}

static void
says_when_a_value_was_cut(void **state)
{
	char text[1100] = "sender=";
	struct policy_reader reader;

	(void)state;
	for (size_t len = 200; len < 1000; len += 100) {
		policy_reader_init(&reader);
		memset(text + 7, 'x', len);
		strcpy(text + 7 + len, "\n\n");
		assert_int_equal(feed(&reader, text), POLICY_COMPLETE);
		assert_int_equal(reader.request.cut, len > ENVELOPE_PATH_MAX);
	}
	/* What nobody reads may be as long as it likes. */
	policy_reader_init(&reader);
	memcpy(text, "ccert_", 6);
	assert_int_equal(feed(&reader, text), POLICY_COMPLETE);
	assert_false(reader.request.cut);
}

static void
knows_no_client_where_postfix_knows_none(void **state)
{
	struct policy_reader reader;

	(void)state;
	policy_reader_init(&reader);
	assert_int_equal(
	    feed(&reader, "client_address=unknown\n\n"), POLICY_COMPLETE);
	assert_false(reader.request.client_known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_postfix_sends),
		cmocka_unit_test(reads_it_in_whatever_pieces),
		cmocka_unit_test(takes_one_request_at_a_time),
		cmocka_unit_test(knows_the_stages),
		cmocka_unit_test(refuses_other_protocols),
		cmocka_unit_test(refuses_a_nul),
		cmocka_unit_test(refuses_a_request_without_end),
		cmocka_unit_test(says_when_a_value_was_cut),
		cmocka_unit_test(knows_no_client_where_postfix_knows_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
