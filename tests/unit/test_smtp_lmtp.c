#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/smtp_transcript.h"

/*
 * The server in front would bounce what we refuse: behind LMTP (RFC 2033)
 * nothing is refused.
 */

/* It would come again for days, and then be bounced. */
static void
throws_away_what_is_for_too_long_an_address_behind_lmtp(void **state)
{
	static const char begin[] = LHLO FORWARD MAIL_NULL "RCPT TO:<",
			  end[] =
			      "@trap.example>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n";
	struct transcript transcript;
	struct smtp_session *session;
	char local[4000];

	(void)state;
	memset(local, 'a', sizeof(local));
	session = open_session(&transcript, FRONT);
	say(session, &transcript, begin, strlen(begin));
	say(session, &transcript, local, sizeof(local));
	say(session, &transcript, end, strlen(end));
	assert_true(ends_with(
	    &transcript.replies, MAIL_OK RCPT_OK DATA_OK MESSAGE_OK BYE));
	assert_string_equal(transcript.events.text,
	    "discarded 198.51.100.7  <> for <> reason=2\n");
	close_session(session, &transcript);
}

static void
throws_away_what_is_too_big_behind_lmtp(void **state)
{
	static const char start[] = LHLO FORWARD MAIL_NULL RCPT_TRAP RCPT_TRAP;
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, FRONT);

	(void)state;
	say(session, &transcript, start, strlen(start));
	say_message(session, &transcript, 200000);
	assert_true(
	    ends_with(&transcript.replies, DATA_OK MESSAGE_OK MESSAGE_OK));
	assert_string_equal(transcript.events.text,
	    "discarded 198.51.100.7  <> <trap@trap.example> for <> reason=3\n");
	close_session(session, &transcript);
}

/* More answers to one message than there is room for at a time. */
static void
answers_lmtp_for_each_recipient(void **state)
{
	static const char nobody[] = "RCPT TO:<nobody@trap.example>\r\n";
	static const char start[] = LHLO FORWARD MAIL_NULL;
	struct smtp_rules many = rules;
	const struct smtp_peer peer = { .lmtp = true, .may_xforward = true };
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, FRONT);

	(void)state;
	smtp_session_free(session);
	many.recipients = many.commands = 1000;
	session = smtp_session_new(&many, &handler, &transcript, &peer);
	say(session, &transcript, start, strlen(start));
	for (unsigned n = 0; n < 900; n++)
		say(session, &transcript, nobody, strlen(nobody));
	strbuf_clear(&transcript.replies);
	say_message(session, &transcript, 1000);
	say(session, &transcript, "NOOP\r\n", 6);
	for (unsigned n = 0; n < 900; n++)
		read_replies(session, &transcript);
	assert_int_equal(count_lines(transcript.replies.text, MESSAGE_OK), 900);
	assert_true(ends_with(&transcript.replies, OK));
	close_session(session, &transcript);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(throws_away_what_is_too_big_behind_lmtp),
		cmocka_unit_test(
		    throws_away_what_is_for_too_long_an_address_behind_lmtp),
		cmocka_unit_test(answers_lmtp_for_each_recipient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
