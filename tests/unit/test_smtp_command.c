#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/smtp_command.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define LABEL FIFTY "0123456789abc" /* 63 octets, the longest */

static enum smtp_outcome
parse(const char *line, struct smtp_command *command)
{
	return smtp_command_parse(line, strlen(line), command);
}

static void
knows_verbs_in_any_case(void **state)
{
	static const struct {
		const char *line;
		enum smtp_verb verb;
	} cases[] = {
		{ "EHLO mail.example.net", SMTP_EHLO },
		{ "ehlo [192.0.2.1]", SMTP_EHLO },
		{ "HeLo mail.example.net", SMTP_HELO },
		{ "mail from:<>", SMTP_MAIL },
		{ "MAIL From:<a@b.example>", SMTP_MAIL },
		{ "rcpt to:<a@b.example>", SMTP_RCPT },
		{ "DATA", SMTP_DATA },
		{ "DATA  ", SMTP_DATA },
		{ "DATA\t", SMTP_DATA },
		{ "rset", SMTP_RSET },
		{ "NOOP", SMTP_NOOP },
		{ "NOOP are you there?", SMTP_NOOP },
		{ "VRFY somebody", SMTP_VRFY },
		{ "HELP", SMTP_HELP },
		{ "HELP MAIL", SMTP_HELP },
		{ "QUIT", SMTP_QUIT },
		{ "EXPN list", SMTP_KNOWN_ELSEWHERE },
		{ "STARTTLS", SMTP_STARTTLS },
		{ "BDAT 0 LAST", SMTP_BDAT },
		{ "lhlo mail.example.net", SMTP_LHLO },
		{ "XFORWARD ADDR=192.0.2.1", SMTP_XFORWARD },
		{ "AUTH PLAIN AHgAeQ==", SMTP_KNOWN_ELSEWHERE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct smtp_command command;

		assert_int_equal(
		    parse(cases[i].line, &command), SMTP_UNDERSTOOD);
		assert_int_equal(command.verb, cases[i].verb);
	}
}

static void
reads_paths(void **state)
{
	static const struct {
		const char *line, *path;
	} cases[] = {
		{ "MAIL FROM:<>", "" },
		{ "MAIL FROM:<a@example.net>", "a@example.net" },
		{ "RCPT TO:<A.b+c@Example.NET>", "A.b+c@Example.NET" },
		{ "RCPT TO:<!#$%&'*+-/=?^_`{|}~@example.net>",
		    "!#$%&'*+-/=?^_`{|}~@example.net" },
		{ "RCPT TO:<a@localhost>", "a@localhost" },
		{ "RCPT TO:<a@1.2-3.example>", "a@1.2-3.example" },
		/* No host may be called so, but servers are. */
		{ "MAIL FROM:<a@my_mail_.example>", "a@my_mail_.example" },
		{ "MAIL FROM: <>", "" },
		{ "RCPT TO:  <a@example.net>", "a@example.net" },
		{ "RCPT TO:<a@" LABEL ".example>", "a@" LABEL ".example" },
		{ "RCPT TO:<" FIFTY FIFTY "@example.net>",
		    FIFTY FIFTY "@example.net" },
		/* Every quoted form is the same mailbox. */
		{ "RCPT TO:<\"a\"@example.net>", "a@example.net" },
		{ "RCPT TO:<\"\\a.b\"@example.net>", "a.b@example.net" },
		{ "RCPT TO:<\"a b\"@example.net>", "\"a b\"@example.net" },
		{ "RCPT TO:<\"a\\ b\"@example.net>", "\"a b\"@example.net" },
		{ "RCPT TO:<\"a>b\"@example.net>", "\"a>b\"@example.net" },
		{ "RCPT TO:<\"a@b\"@example.net>", "\"a@b\"@example.net" },
		{ "RCPT TO:<\"\\\"\\\\\"@example.net>",
		    "\"\\\"\\\\\"@example.net" },
		{ "RCPT TO:<\"\"@example.net>", "\"\"@example.net" },
		{ "RCPT TO:<\"a..b\"@example.net>", "\"a..b\"@example.net" },
		/* Source routes are accepted and ignored. */
		{ "RCPT TO:<@one.example:a@example.net>", "a@example.net" },
		{ "RCPT TO:<@one.example,@two.example:a@example.net>",
		    "a@example.net" },
		/* Address literals. */
		{ "RCPT TO:<a@[192.0.2.1]>", "a@[192.0.2.1]" },
		{ "RCPT TO:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]" },
		{ "RCPT TO:<a@[ipv6:::ffff:192.0.2.1]>",
		    "a@[ipv6:::ffff:192.0.2.1]" },
		{ "RCPT TO:<a@[X-Tag:anything!]>", "a@[X-Tag:anything!]" },
		/* RFC 5321 section 4.1.1.3. */
		{ "RCPT TO:<Postmaster>", "Postmaster" },
		/* RFC 6531. */
		{ "RCPT TO:<a\xc3\xa4@b\xc3\xa4.example>",
		    "a\xc3\xa4@b\xc3\xa4.example" },
		{ "RCPT TO:<\"\xc3\xa4\"@example.net>",
		    "\xc3\xa4@example.net" },
		{ "RCPT TO:<postmaster@example.net>",
		    "postmaster@example.net" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct smtp_command command;

		if (parse(cases[i].line, &command) != SMTP_UNDERSTOOD)
			fail_msg("%s", cases[i].line);
		assert_string_equal(command.path, cases[i].path);
	}
}

static void
cuts_what_is_longer_than_a_name(void **state)
{
	struct smtp_command command;
	char line[512];

	(void)state;
	snprintf(line, sizeof(line), "XFORWARD HELO=%0300d ADDR=192.0.2.1", 0);
	assert_int_equal(parse(line, &command), SMTP_UNDERSTOOD);
	assert_int_equal(strlen(command.xclient.helo), ENVELOPE_HELO_MAX);
	assert_true(command.xclient.address_known);
}

static void
refuses_what_is_no_path(void **state)
{
	static const char *const paths[] = { "", "a@example.net",
		"<a@example.net", "a@example.net>", "<a>", "<@example.net>",
		"<a@>", "<a@@example.net>", "<a@b@example.net>", "<.a@b.c>",
		"<a.@b.c>", "<a..b@b.c>", "<a b@b.c>", "<a@b c>", "<a@.b.c>",
		"<a@b.c.>", "<a@b..c>", "<a@-b.c>", "<a@b-.c>", "<\"a@b.c>",
		"<\"a\"b@c.d>", "<\"a\"@>", "<a\"b\"@c.d>", "<\"a\\\"@b.c>",
		"<a@b.c>x", "<a@b.c>>", "<<a@b.c>>", "<a@b.c >", "< a@b.c>",
		"<@one.example a@b.c>", "<@one.example:>",
		"<@one.example,two.example:a@b.c>", "<@:a@b.c>",
		"<a@[192.0.2.256]>", "<a@[192.0.2]>", "<a@[192.0.2.1>",
		"<a@192.0.2.1]>", "<a@[]>", "<a@[IPv6:192.0.2.1]>",
		"<a@[IPv6:]>", "<a@[IPv6:::g]>", "<a@[tag:]>", "<a@[:x]>",
		"<a@[ta g:x]>", "<a@[tag:[]>", "<a\xe4@b.c>", "<a@b\xc3.c>",
		"<\"\xc0\x80\"@b.c>", "<a\xc2\x80@b.c>", "<a\xed\xa0\x80@b.c>",
		"<a@b.c\xc3>", "<a@x" LABEL ".c>" };
	char line[512];

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct smtp_command command;

		snprintf(line, sizeof(line), "RCPT TO:%s", paths[i]);
		if (parse(line, &command) != SMTP_PATH_MALFORMED)
			fail_msg("%s", line);
		snprintf(line, sizeof(line), "MAIL FROM:%s", paths[i]);
		if (parse(line, &command) != SMTP_PATH_MALFORMED)
			fail_msg("%s", line);
	}
}

static void
knows_where_a_path_may_be_special(void **state)
{
	struct smtp_command command;

	(void)state;
	assert_int_equal(parse("RCPT TO:<>", &command), SMTP_PATH_MALFORMED);
	assert_int_equal(
	    parse("MAIL FROM:<Postmaster>", &command), SMTP_PATH_MALFORMED);
}

static void
takes_paths_of_256_octets_and_no_longer(void **state)
{
	struct smtp_command command;
	char line[SMTP_LINE_MAX];

	(void)state;
	for (unsigned local = 1; local <= 400; local++) {
		int len = snprintf(line, sizeof(line),
		    "MAIL FROM:<%0*d@b.example>", (int)local, 0);
		enum smtp_outcome expected =
		    len - (int)strlen("MAIL FROM:") <= 256 ? SMTP_UNDERSTOOD
							   : SMTP_PATH_TOO_LONG;

		assert_int_equal(parse(line, &command), expected);
		snprintf(line, sizeof(line), "MAIL FROM:<\" %0*d\"@b.example>",
		    (int)local, 0);
		assert_int_not_equal(
		    parse(line, &command), SMTP_PATH_MALFORMED);
	}
}

static void
reads_parameters(void **state)
{
	static const struct {
		const char *line;
		enum smtp_outcome outcome;
		uint64_t size;
	} cases[] = {
		{ "MAIL FROM:<> SIZE=0", SMTP_UNDERSTOOD, 0 },
		{ "MAIL FROM:<> SIZE=12345", SMTP_UNDERSTOOD, 12345 },
		{ "MAIL FROM:<> BODY=8BITMIME size=7", SMTP_UNDERSTOOD, 7 },
		{ "MAIL FROM:<> body=7bit", SMTP_UNDERSTOOD, 0 },
		{ "MAIL FROM:<> RET=HDRS ENVID=QQ314159", SMTP_UNDERSTOOD, 0 },
		{ "MAIL FROM:<> SIZE=99999999999999999999", SMTP_UNDERSTOOD,
		    UINT64_MAX },
		{ "MAIL FROM:<> SIZE=", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SIZE", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SIZE=-1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SIZE=1k", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SIZE=1 SIZE=2", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SIZE=100000000000000000000", SMTP_PARAMETER_BAD,
		    0 },
		{ "MAIL FROM:<> BODY=BINARYMIME", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> BODY=8BITMIME=1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<>  SIZE=1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> =1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> -SIZE=1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SI\xc3\x9f=1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<>SIZE=1", SMTP_PATH_MALFORMED, 0 },
		{ "MAIL FROM:<> SMTPUTF8 SIZE=3", SMTP_UNDERSTOOD, 3 },
		{ "MAIL FROM:<> SMTPUTF8=1", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SMTPUTF8=", SMTP_PARAMETER_BAD, 0 },
		{ "MAIL FROM:<> SMTPUTF8 SMTPUTF8", SMTP_PARAMETER_BAD, 0 },
		{ "RCPT TO:<a@b.c> SMTPUTF8", SMTP_PARAMETER_UNKNOWN, 0 },
		{ "MAIL FROM:<> AUTH=<>", SMTP_PARAMETER_UNKNOWN, 0 },
		{ "MAIL FROM:<> NOTIFY=NEVER", SMTP_PARAMETER_UNKNOWN, 0 },
		{ "MAIL FROM:<> SIZES=1", SMTP_PARAMETER_UNKNOWN, 0 },
		{ "RCPT TO:<a@b.c> NOTIFY=FAILURE,DELAY", SMTP_UNDERSTOOD, 0 },
		{ "RCPT TO:<a@b.c> ORCPT=rfc822;a+40b.c", SMTP_UNDERSTOOD, 0 },
		{ "RCPT TO:<a@b.c> SIZE=1", SMTP_PARAMETER_UNKNOWN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct smtp_command command;

		if (parse(cases[i].line, &command) != cases[i].outcome)
			fail_msg("%s", cases[i].line);
		if (cases[i].outcome == SMTP_UNDERSTOOD)
			assert_true(command.size == cases[i].size);
	}
}

static void
refuses_what_is_no_command(void **state)
{
	static const struct {
		const char *line;
		enum smtp_outcome outcome;
	} cases[] = {
		{ "", SMTP_VERB_UNKNOWN },
		{ " ", SMTP_VERB_UNKNOWN },
		{ "HELO", SMTP_ARGUMENT_BAD },
		{ "EHLO ", SMTP_ARGUMENT_BAD },
		{ "EHLO two words", SMTP_ARGUMENT_BAD },
		{ "EHLO m\xc3\xbcller.example", SMTP_ARGUMENT_BAD },
		{ "MAIL", SMTP_ARGUMENT_BAD },
		{ "MAIL <>", SMTP_ARGUMENT_BAD },
		{ "MAIL  FROM:<>", SMTP_ARGUMENT_BAD },
		{ "MAIL FROM :<>", SMTP_ARGUMENT_BAD },
		{ "MAIL TO:<a@b.c>", SMTP_ARGUMENT_BAD },
		{ "RCPT FROM:<a@b.c>", SMTP_ARGUMENT_BAD },
		{ "DATA now", SMTP_ARGUMENT_BAD },
		{ "RSET all", SMTP_ARGUMENT_BAD },
		{ "QUIT please", SMTP_ARGUMENT_BAD },
		{ "STARTTLS please", SMTP_ARGUMENT_BAD },
		{ "BDAT", SMTP_ARGUMENT_BAD },
		{ "BDAT LAST", SMTP_ARGUMENT_BAD },
		{ "BDAT -1", SMTP_ARGUMENT_BAD },
		{ "BDAT 0x10", SMTP_ARGUMENT_BAD },
		{ "BDAT 1  LAST", SMTP_ARGUMENT_BAD },
		{ "BDAT 1 LAST LAST", SMTP_ARGUMENT_BAD },
		{ "BDAT 100000000000000000000", SMTP_ARGUMENT_BAD },
		{ "VRFY", SMTP_ARGUMENT_BAD },
		{ " QUIT", SMTP_VERB_UNKNOWN },
		{ "QUITE", SMTP_VERB_UNKNOWN },
		{ "QUI", SMTP_VERB_UNKNOWN },
		{ "\xc3\x84HLO a", SMTP_VERB_UNKNOWN },
		{ "GET / HTTP/1.1", SMTP_VERB_UNKNOWN },
		{ "QUIT\r", SMTP_LINE_GARBLED },
		{ "QUIT\nQUIT", SMTP_LINE_GARBLED },
		{ "NOOP\rQUIT", SMTP_LINE_GARBLED },
		{ "NOOP\x7f", SMTP_LINE_GARBLED },
		{ "NOOP\tx", SMTP_LINE_GARBLED },
		{ "MAIL FROM:<\x01@b.c>", SMTP_LINE_GARBLED },
	};
	struct smtp_command command;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (parse(cases[i].line, &command) != cases[i].outcome)
			fail_msg("case %zu: %s", i, cases[i].line);
	}
	assert_int_equal(
	    smtp_command_parse("NOOP\0QUIT", 9, &command), SMTP_LINE_GARBLED);
}

static void
takes_long_and_odd_names_in_helo(void **state)
{
	static const char *const names[] = { "localhost", "MY_SERVER",
		"exch-01.corp.local.", "[192.0.2.1]", "-", "a=b" };
	struct smtp_command command;
	char line[400];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(line, sizeof(line), "EHLO %s", names[i]);
		assert_int_equal(parse(line, &command), SMTP_UNDERSTOOD);
		assert_string_equal(command.host, names[i]);
	}
	snprintf(line, sizeof(line), "EHLO %0255d", 0);
	assert_int_equal(parse(line, &command), SMTP_UNDERSTOOD);
	snprintf(line, sizeof(line), "EHLO %0256d", 0);
	assert_int_equal(parse(line, &command), SMTP_ARGUMENT_BAD);
}

static void
reads_xclient_attributes(void **state)
{
	static const struct {
		const char *line;
		const char *address; /* NULL not given, "" not known */
		const char *helo;
	} cases[] = {
		{ "XCLIENT ADDR=192.0.2.7", "192.0.2.7", NULL },
		{ "XCLIENT NAME=a.example ADDR=192.0.2.7 HELO=b.example",
		    "192.0.2.7", "b.example" },
		{ "xclient addr=IPV6:2001:db8::7 port=25 proto=ESMTP",
		    "2001:db8::7", NULL },
		{ "XCLIENT ADDR=2001:db8::7", "2001:db8::7", NULL },
		{ "XCLIENT ADDR=[UNAVAILABLE] NAME=[TEMPUNAVAIL]", "", NULL },
		{ "XCLIENT HELO=[UNAVAILABLE]", NULL, "" },
		{ "XCLIENT HELO=a+2Bb+3Dc", NULL, "a+b=c" },
		{ "XCLIENT HELO=m+C3+BCller", NULL, "m??ller" },
		{ "XCLIENT LOGIN=x DESTADDR=192.0.2.1 DESTPORT=25", NULL,
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct smtp_command command;
		struct smtp_xclient *xclient = &command.xclient;
		char text[IPADDR_TEXT_MAX];

		if (parse(cases[i].line, &command) != SMTP_UNDERSTOOD)
			fail_msg("%s", cases[i].line);
		assert_int_equal(command.verb, SMTP_XCLIENT);
		assert_int_equal(
		    xclient->address_given, cases[i].address != NULL);
		if (xclient->address_known)
			assert_string_equal(
			    ipaddr_format(&xclient->address, text),
			    cases[i].address);
		assert_int_equal(xclient->helo_given, cases[i].helo != NULL);
		if (xclient->helo_given)
			assert_string_equal(xclient->helo, cases[i].helo);
	}
}

static void
refuses_malformed_xclient(void **state)
{
	static const char *const lines[] = { "XCLIENT", "XCLIENT ADDR",
		"XCLIENT ADDR=", "XCLIENT ADDR=192.0.2", "XCLIENT ADDR=a.b.c.d",
		"XCLIENT ADDR=IPV6:x", "XCLIENT ADDR=192.0.2.1  HELO=a",
		"XCLIENT WHAT=1", "XCLIENT ADDRESS=192.0.2.1",
		"XCLIENT HELO=a+2", "XCLIENT HELO=a+zz", "XCLIENT HELO=a+0D",
		"XCLIENT HELO=a+2b", "XCLIENT HELO=a=b", "XCLIENT IDENT=1" };

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct smtp_command command;

		if (parse(lines[i], &command) != SMTP_ARGUMENT_BAD)
			fail_msg("%s", lines[i]);
		assert_int_equal(command.verb, SMTP_XCLIENT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_verbs_in_any_case),
		cmocka_unit_test(reads_paths),
		cmocka_unit_test(cuts_what_is_longer_than_a_name),
		cmocka_unit_test(refuses_what_is_no_path),
		cmocka_unit_test(knows_where_a_path_may_be_special),
		cmocka_unit_test(takes_paths_of_256_octets_and_no_longer),
		cmocka_unit_test(reads_parameters),
		cmocka_unit_test(refuses_what_is_no_command),
		cmocka_unit_test(takes_long_and_odd_names_in_helo),
		cmocka_unit_test(reads_xclient_attributes),
		cmocka_unit_test(refuses_malformed_xclient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
