#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/smtp_transcript.h"

/*
 * What other servers may take for the end of a message. All of it is data here,
 * and what follows is no command (SMTP smuggling).
 */
static const struct {
	const char *said, *kept;
} spellings[] = {
	{ "\n.\n", "\n.\n" },
	{ "\n.\r\n", "\n.\r\n" },
	{ "\n.\r", "\n.\r" },
	{ "\r.\r", "\r.\r" },
	{ "\r.\n", "\r.\n" },
	{ "\r.\r\n", "\r.\r\n" },
	{ "\r\n.\n", "\r\n\n" },
	{ "\r\n.\r", "\r\n\r" },
	{ "\r\n.\r\r\n", "\r\n\r\r\n" },
	{ "\r\n.\r\r", "\r\n\r\r" },
	{ "\r\r\n.\r\r\n", "\r\r\n\r\r\n" },
	{ "\n\r.\r\n", "\n\r.\r\n" },
	{ "\n\n.\n\n", "\n\n.\n\n" },
	{ "\r\r.\r\r", "\r\r.\r\r" },
	{ "\n\n.\r\n", "\n\n.\r\n" },
	{ "\n.\n\r\n", "\n.\n\r\n" },
	{ "\r\n..\r\n", "\r\n.\r\n" },
	{ "\r\n...\r\n", "\r\n..\r\n" },
	{ "\r\n. \r\n", "\r\n \r\n" },
	{ "\r\n .\r\n", "\r\n .\r\n" },
	{ "\r\n.\x85", "\r\n\x85" },
	{ "\x85.\x85", "\x85.\x85" },
	{ "\xe2\x80\xa8.\xe2\x80\xa8", "\xe2\x80\xa8.\xe2\x80\xa8" },
	{ "\v.\v", "\v.\v" },
	{ "\f.\f", "\f.\f" },
};

static void
takes_nothing_but_the_dot_line_for_the_end(void **state)
{
	static const char smuggled[] = "MAIL FROM:<x@y.example>\r\n"
				       "RCPT TO:<other@trap.example>\r\n"
				       "DATA\r\nevil\r\n";
	char said[512], events[512];

	(void)state;
	for (size_t i = 0; i < COUNT(spellings); i++) {
		struct dialogue dialogue = { said,
			START_OK DATA_OK MESSAGE_OK BYE, events, 0 };

		snprintf(said, sizeof(said),
		    START "DATA\r\nbefore%s%s.\r\nQUIT\r\n", spellings[i].said,
		    smuggled);
		snprintf(events, sizeof(events),
		    "message " FROM_NULL " [before%s%s]\n", spellings[i].kept,
		    smuggled);
		play(&dialogue, 0, SIZE_MAX);
		play(&dialogue, 0, 1);
	}
}

static void
unstuffs_dots(void **state)
{
	static const struct {
		const char *said, *kept;
	} cases[] = {
		{ "", "" },
		{ "..\r\n", ".\r\n" },
		{ ".a\r\n", "a\r\n" },
		{ "a.b\r\n.c.\r\n...\r\n", "a.b\r\nc.\r\n..\r\n" },
		{ "\r\n\r\n", "\r\n\r\n" },
		{ "no end of line\r\n", "no end of line\r\n" },
	};
	char said[512], events[512];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dialogue dialogue = { said, START_OK DATA_OK MESSAGE_OK,
			events, 0 };

		snprintf(
		    said, sizeof(said), START "DATA\r\n%s.\r\n", cases[i].said);
		snprintf(events, sizeof(events), "message " FROM_NULL " [%s]\n",
		    cases[i].kept);
		play(&dialogue, 0, SIZE_MAX);
		play(&dialogue, 0, 1);
	}
}

static void
refuses_too_big_messages_after_their_end(void **state)
{
	static const struct {
		size_t len;
		const char *reply;
	} cases[] = {
		{ 99999, MESSAGE_OK },
		{ 100000, MESSAGE_OK },
		{ 100001, "552 5.3.4 Message too big\r\n" },
		{ 5000000, "552 5.3.4 Message too big\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		say(session, &transcript, START, strlen(START));
		say_message(session, &transcript, cases[i].len);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		/* The session goes on with the next transaction. */
		say(session, &transcript, MAIL_NULL, strlen(MAIL_NULL));
		assert_true(ends_with(&transcript.replies, MAIL_OK));
		close_session(session, &transcript);
	}
}

static void
refuses_messages_for_which_no_memory_is_lent(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	transcript.memory_max = 40000;
	say(session, &transcript, START, strlen(START));
	say_message(session, &transcript, 50000);
	assert_true(ends_with(&transcript.replies,
	    "452 4.3.1 No space now, try again later\r\n"));
	assert_true(transcript.memory == 0);
	say(session, &transcript, MAIL_NULL RCPT_TRAP,
	    strlen(MAIL_NULL RCPT_TRAP));
	say_message(session, &transcript, 30000);
	assert_true(ends_with(&transcript.replies, MESSAGE_OK));
	close_session(session, &transcript);
}

static void
waits_for_the_answer_to_a_message(void **state)
{
	static const char said[] = START "DATA\r\nx\r\n.\r\nNOOP\r\n";
	static const struct {
		enum smtp_result result;
		const char *reply;
	} cases[] = {
		{ SMTP_ACCEPTED, MESSAGE_OK OK },
		{ SMTP_TRY_LATER, LATER OK },
		{ SMTP_NO_SPACE,
		    "452 4.3.1 No space now, try again later\r\n" OK },
	};
	const size_t len = strlen(said), waiting = strlen("NOOP\r\n");

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		transcript.result = SMTP_PENDING;
		assert_int_equal(
		    smtp_session_feed(session, said, len), len - waiting);
		assert_int_equal(smtp_session_state(session), SMTP_IN_ANSWER);
		read_replies(session, &transcript);
		assert_true(ends_with(&transcript.replies, DATA_OK));
		assert_int_equal(
		    smtp_session_feed(session, "NOOP\r\n", waiting), 0);
		smtp_session_answer(session, cases[i].result);
		say(session, &transcript, "NOOP\r\n", waiting);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		close_session(session, &transcript);
	}
}

static void
stops_listening_to_who_does_not_read(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);
	size_t before, len;

	(void)state;
	while (smtp_session_feed(session, "HELP\r\n", 6) > 0)
		;
	smtp_session_output(session, &before);
	assert_in_range(before, 1024, 4096);
	assert_int_equal(smtp_session_feed(session, "HELP\r\n", 6), 0);
	smtp_session_output(session, &len);
	assert_int_equal(len, before);
	assert_int_equal(smtp_session_state(session), SMTP_IN_COMMAND);
	/* It goes on where it stopped. */
	read_replies(session, &transcript);
	assert_int_equal(smtp_session_feed(session, "HELP\r\n", 6), 6);
	close_session(session, &transcript);
}

static void
hangs_up_on_too_many_errors_or_commands(void **state)
{
	static const struct {
		const char *said, *reply, *end;
		unsigned count;
	} cases[] = {
		{ "WHAT\r\n", "500 ", "421 4.7.0 mx.example Too many errors",
		    SMTP_ERRORS_MAX },
		{ "NOOP\n\r\n", "500 ", "421 4.7.0 mx.example Too many errors",
		    SMTP_ERRORS_MAX },
		{ "NOOP\r\n", "250 ", "421 4.7.0 mx.example Too many commands",
		    60 },
		{ "VRFY x\r\n", "252 ",
		    "421 4.7.0 mx.example Too many commands", 60 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		for (unsigned n = 0; n < 100; n++)
			say(session, &transcript, cases[i].said,
			    strlen(cases[i].said));
		assert_int_equal(smtp_session_state(session), SMTP_OVER);
		assert_int_equal(
		    count_lines(transcript.replies.text, cases[i].reply),
		    cases[i].count);
		assert_int_equal(
		    count_lines(transcript.replies.text, cases[i].end), 1);
		close_session(session, &transcript);
	}
}

static void
counts_errors_and_commands_from_the_last_message(void **state)
{
	static const char round[] = MAIL_NULL RCPT_TRAP
	    "RCPT TO:<no@trap.example>\r\nDATA\r\nx\r\n.\r\n";
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	say(session, &transcript, HELO, strlen(HELO));
	for (unsigned n = 0; n < 100; n++)
		say(session, &transcript, round, strlen(round));
	assert_int_equal(smtp_session_state(session), SMTP_IN_COMMAND);
	assert_int_equal(count_lines(transcript.replies.text, MESSAGE_OK), 100);
	assert_int_equal(count_lines(transcript.replies.text, RCPT_NO), 100);
	close_session(session, &transcript);
}

static void
refuses_long_lines_and_goes_on(void **state)
{
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);
	char line[4096];

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "NOOP ", 5);
	/* 1152 octets with CR LF still are a line. */
	say(session, &transcript, line, 1150);
	say(session, &transcript, "\r\n", 2);
	assert_true(ends_with(&transcript.replies, OK));
	say(session, &transcript, line, 1151);
	say(session, &transcript, "\r\n", 2);
	assert_true(
	    ends_with(&transcript.replies, "500 5.5.2 Line too long\r\n"));
	say(session, &transcript, line, sizeof(line));
	say(session, &transcript, "\n\r\nNOOP\r\n", 9);
	assert_true(
	    ends_with(&transcript.replies, "500 5.5.2 Line too long\r\n" OK));
	for (unsigned n = 0; n < 20; n++)
		say(session, &transcript, line, sizeof(line));
	assert_true(ends_with(&transcript.replies,
	    "421 4.7.0 mx.example Line without an end\r\n"));
	assert_int_equal(smtp_session_state(session), SMTP_OVER);
	close_session(session, &transcript);
}

static void
tells_how_a_connection_ended(void **state)
{
	static const struct {
		const char *said;
		enum smtp_end end;
		const char *reply, *events;
	} cases[] = {
		{ START, SMTP_END_DROPPED, START_OK,
		    "dialogue " FROM_NULL " refused=0\n" },
		{ START, SMTP_END_TIMEOUT,
		    "421 4.4.2 mx.example Time is up, goodbye\r\n",
		    "dialogue " FROM_NULL " refused=0\n" },
		{ START, SMTP_END_SHUTDOWN,
		    "421 4.3.2 mx.example Going down for a while\r\n", "" },
		{ START "DATA\r\nhalf a mess", SMTP_END_DROPPED, DATA_OK, "" },
		{ START "DATA\r\nhalf a mess", SMTP_END_TIMEOUT,
		    "421 4.4.2 mx.example Time is up, goodbye\r\n", "" },
		{ HELO, SMTP_END_DROPPED, HELO_OK, "" },
		{ HELO MAIL_NULL, SMTP_END_DROPPED, MAIL_OK, "" },
		{ "QUIT\r\n", SMTP_END_SHUTDOWN, BYE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct transcript transcript;
		struct smtp_session *session = open_session(&transcript, 0);

		say(session, &transcript, cases[i].said, strlen(cases[i].said));
		smtp_session_end(session, cases[i].end);
		read_replies(session, &transcript);
		assert_true(ends_with(&transcript.replies, cases[i].reply));
		assert_string_equal(transcript.events.text, cases[i].events);
		assert_int_equal(smtp_session_state(session), SMTP_OVER);
		close_session(session, &transcript);
	}
}

/* RFC 3207 section 4.2. */
static void
forgets_what_was_said_before_tls(void **state)
{
	static const char before[] =
	    "XCLIENT ADDR=198.51.100.7 HELO=b\r\n" HELO MAIL_NULL
	    "STARTTLS\r\n";
	static const char after[] =
	    MAIL_NULL "EHLO c\r\nSTARTTLS\r\n" MAIL_NULL RCPT_TRAP "QUIT\r\n";
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, MAY_XCLIENT);

	(void)state;
	say(session, &transcript, before, strlen(before));
	assert_true(ends_with(&transcript.replies, TLS_OK));
	assert_int_equal(smtp_session_state(session), SMTP_IN_TLS);
	smtp_session_secured(session);
	strbuf_clear(&transcript.replies);
	strbuf_clear(&transcript.events);
	say(session, &transcript, after, strlen(after));
	assert_string_equal(transcript.replies.text,
	    "503 5.5.1 Please say EHLO or HELO first\r\n"
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR "
	    "DESTPORT\r\n" EHLO_END
	    "503 5.5.1 TLS is not offered now\r\n" MAIL_OK RCPT_OK BYE);
	assert_string_equal(transcript.events.text,
	    "dialogue 192.0.2.1 c <> <trap@trap.example> refused=0 politely\n");
	close_session(session, &transcript);
}

static void
bounds_what_comes_in_chunks(void **state)
{
	static const char chunk[] = "BDAT 60000\r\n";
	char octets[60000];
	struct transcript transcript;
	struct smtp_session *session = open_session(&transcript, 0);

	(void)state;
	memset(octets, '\n', sizeof(octets));
	say(session, &transcript, START, strlen(START));
	for (unsigned n = 0; n < 3; n++) {
		say(session, &transcript, chunk, strlen(chunk));
		say(session, &transcript, octets, sizeof(octets));
	}
	assert_true(ends_with(&transcript.replies,
	    CHUNK_OK "552 5.3.4 Message too big\r\n" ORDER));
	assert_true(transcript.memory == 0);
	say(session, &transcript, MAIL_NULL, strlen(MAIL_NULL));
	assert_true(ends_with(&transcript.replies, MAIL_OK));
	close_session(session, &transcript);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_nothing_but_the_dot_line_for_the_end),
		cmocka_unit_test(unstuffs_dots),
		cmocka_unit_test(refuses_too_big_messages_after_their_end),
		cmocka_unit_test(refuses_messages_for_which_no_memory_is_lent),
		cmocka_unit_test(waits_for_the_answer_to_a_message),
		cmocka_unit_test(stops_listening_to_who_does_not_read),
		cmocka_unit_test(hangs_up_on_too_many_errors_or_commands),
		cmocka_unit_test(
		    counts_errors_and_commands_from_the_last_message),
		cmocka_unit_test(refuses_long_lines_and_goes_on),
		cmocka_unit_test(tells_how_a_connection_ended),
		cmocka_unit_test(forgets_what_was_said_before_tls),
		cmocka_unit_test(bounds_what_comes_in_chunks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
