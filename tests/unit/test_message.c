#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/strbuf.h"
#include "ingest/message.h"
#include "tests/support/monsters.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct message *
read_text(const char *text)
{
	return message_read((const uint8_t *)text, strlen(text));
}

static void
decodes_fields(void **state)
{
	static const char *const cases[][2] = {
		{ "Subject: plain\n\n", "plain" },
		{ "Subject:no space\n\n", "no space" },
		{ "Subject: folded\n\tonce\n  twice\n\n",
		    "folded once  twice" },
		{ "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\n", "Grüße" },
		{ "Subject: =?iso-8859-1?q?a?= =?iso-8859-1?q?b?=\n\n", "ab" },
		{ "Subject: =?iso-2022-jp?B?GyRCR0BDWxsoQg==?=\n\n", "農築" },
		{ "Subject: Gr\xfc\xdf"
		  "e\n\n",
		    "Grüße" },
		{ "Subject: "
		  "\xf3\xcf\xcf\xc2\xdd\xc5\xce\xc9\xc5\nContent-Type: "
		  "text/plain; charset=koi8-r\n\nx",
		    "Сообщение" },
		{ "subject: any case\n\n", "any case" },
		{ "\n \n\nSubject: after blank lines\n\n",
		    "after blank lines" },
		{ "From x Tue Jan 13 08:15:29 2026\nSubject: mbox\n\n",
		    "mbox" },
		{ "A: b\rSubject: Macintosh\r\rtext\r", "Macintosh" },
		{ "A: b\r\nSubject: CRLF\r\n\r\n", "CRLF" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message *message = read_text(cases[i][0]);
		const char *value = message_field(message, "Subject");

		assert_non_null(value);
		assert_string_equal(value, cases[i][1]);
		assert_null(message_field(message, "Subjec"));
		message_free(message);
	}
}

static void
finds_the_address_of_a_field(void **state)
{
	static const char *const cases[][2] = {
		{ "<A@Example.NET>", "a@example.net" },
		{ "Name <a@example.net>", "a@example.net" },
		{ "\"x <y>\" <a@example.net>", "a@example.net" },
		{ "a@example.net (Name)", "a@example.net" },
		{ "  a@example.net , b@example.net", "a@example.net" },
		{ "mailer-daemon", "mailer-daemon" },
		{ "<>", "" },
		{ "", "" },
		{ "Name < a@example.net >", "a@example.net" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char address[MESSAGE_ADDRESS_MAX];

		message_address(cases[i][0], address);
		assert_string_equal(address, cases[i][1]);
	}
}

static void
reads_encoded_words_that_stand_together_as_one_text(void **state)
{
	static const char *const cases[][2] = {
		{ "=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo" },
		{ "=?utf-8?b?b25l?=\n\t=?utf-8?b?dHdv?=", "onetwo" },
		/* Each padded by itself: the rest must not be lost. */
		{ "=?utf-8?b?b25lcw==?= =?utf-8?b?dHdvcw==?= x", "onestwos x" },
		{ "=?utf-8?b?b25lcw==?==?utf-8?b?dHdvcw==?=", "onestwos" },
		{ "=?utf-8?b?b25lcw==?= and =?utf-8?b?dHdv?=", "ones and two" },
		/* One character in two words. */
		{ "=?utf-8?q?d=C3?= =?utf-8?q?=A9j=C3=A0?=",
		    "d\xc3\xa9j\xc3\xa0" },
		{ "=?=", "=?=" },
		{ "=?==?==?=", "=?==?==?=" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct message *message;

		snprintf(text, sizeof(text), "X-Test: %s\n\n", cases[i][0]);
		message = read_text(text);
		assert_string_equal(
		    message_field(message, "X-Test"), cases[i][1]);
		message_free(message);
	}
}

/* Written as nearly everybody does, and as some do. */
static void
reads_dates_in_every_form(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds;
	} cases[] = {
		{ "Sat, 31 Jan 2026 12:00:00 +0000", 1769860800 },
		{ "31 Jan 2026 12:00:00 +0000", 1769860800 },
		{ "Sat, 31 Jan 2026 13:30 +0130", 1769860800 },
		{ "Sat, 31 jan 2026 07:00:00 -0500 (EST)", 1769860800 },
		{ "Thu, 29 Feb 2024 00:00:00 +0000", 1709164800 },
		{ "Thu, 1 Jan 1970 00:00:01 +0000", 1 },
		/* GMime's. */
		{ "Sat, 31 Jan 26 12:00:00 GMT", 1769860800 },
		{ "Sat,  31  Jan 2026 12:00:00 EST", 1769878800 },
		{ "Thu, 1 Jan 1970 00:00:00 +0100", 0 },
		{ "soon", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    message_date(cases[i].value), cases[i].seconds);
	assert_int_equal(message_date(NULL), 0);
}

static void
gathers_the_text_that_a_reader_sees(void **state)
{
	static const char *const cases[][2] = {
		{ "Subject: x\n\nplain\n", "plain\n\n" },
		{ "Content-Type: text/html\n\n<b>bold</b>\n", "bold\n\n" },
		{ "Content-Transfer-Encoding: base64\n\naGFsbG8=\n",
		    "hallo\n" },
		{ "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n"
		  "this is said in more than forty letters of text\n--b\n"
		  "Content-Type: text/html\n\n<p>the same</p>\n--b--\n",
		    "this is said in more than forty letters of text\n" },
		{ "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n"
		  "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nnot me\n"
		  "--b\n\ntwo\n--b--\n",
		    "one\ntwo\n" },
		{ "Content-Type: multipart/mixed; boundary=lost\n\n--b\n\n"
		  "one\n--b--\n",
		    "--b\n\none\n--b--\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message *message = read_text(cases[i][0]);
		size_t len;

		assert_string_equal(message_text(message, &len), cases[i][1]);
		assert_int_equal(len, strlen(cases[i][1]));
		message_free(message);
	}
}

/* --- bounds --------------------------------------------------------------- */

static char *
repeated(const char *begin, const char *middle, unsigned count)
{
	struct strbuf text;

	strbuf_init(&text, 64u << 20);
	strbuf_puts(&text, begin);
	for (unsigned i = 0; i < count; i++)
		strbuf_puts(&text, middle);
	return strbuf_take(&text);
}

static void
reads_monsters_within_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < MONSTER_COUNT; i++) {
		char *text = monster_text(&monsters[i]);
		struct message *message;
		unsigned count;
		size_t len;

		assert_non_null(text);
		message = read_text(text);
		assert_non_null(message);
		assert_true(
		    message_fields(message)->count <= MESSAGE_FIELDS_MAX);
		message_parts(message, &count);
		assert_true(count <= MESSAGE_PARTS_MAX);
		message_text(message, &len);
		assert_true(len < MESSAGE_TEXT_MAX);
		message_subject(message);
		message_free(message);
		free(text);
	}
}

static void
keeps_the_body_of_a_long_header(void **state)
{
	char *header = repeated("Subject: kept\n",
	    "X-Padding: 0123456789012345678901234567890123456789\n", 1500);
	struct strbuf text;
	struct message *message;
	size_t len;

	(void)state;
	strbuf_init(&text, 1u << 20);
	strbuf_puts(&text, header);
	strbuf_puts(&text, "\nthe body\n");
	message = read_text(text.text);
	assert_string_equal(message_field(message, "Subject"), "kept");
	assert_string_equal(message_text(message, &len), "the body\n\n");
	message_free(message);
	strbuf_deinit(&text);
	free(header);
}

/* A message with charsets that nobody has: words, parts, parameters. */
static void
read_with_odd_charsets(unsigned number)
{
	struct message *message;
	struct strbuf text;

	strbuf_init(&text, 1 << 16);
	strbuf_puts(&text, "Subject:");
	for (unsigned i = 0; i < 30; i++)
		strbuf_printf(&text, " =?x-%u-%u-%050u?q?=e4?=", number, i, i);
	strbuf_puts(&text, "\nContent-Type: multipart/mixed; boundary=b\n\n");
	for (unsigned i = 0; i < 30; i++)
		strbuf_printf(&text,
		    "--b\nContent-Type: text/plain; charset=y-%u-%u-%050u;"
		    " name*=z-%u-%u-%050u''%%e4\n\n\xe4\n",
		    number, i, i, number, i, i);
	message = read_text(text.text);
	assert_non_null(message_field(message, "Subject"));
	message_free(message);
	strbuf_deinit(&text);
}

static void
forgets_charsets_that_are_none(void **state)
{
	size_t before, after;

	(void)state;
	for (unsigned number = 0; number < 500; number++)
		read_with_odd_charsets(number);
	before = mallinfo2().uordblks;
	for (unsigned number = 500; number < 4500; number++)
		read_with_odd_charsets(number);
	after = mallinfo2().uordblks;
	/* A hundred names of 80 octets each make 40 MB of 4000 messages. */
	assert_true(after < before + (8u << 20));
}

/* "=?koi8-r?q?=C1?= =?big5?q?=A4=40?=" and so on, many times. */
static void
puts_words(struct strbuf *text, const char *name, unsigned times)
{
	strbuf_puts(text, name);
	for (unsigned i = 0; i < times; i++)
		strbuf_puts(text, "=?koi8-r?q?=C1?=.=?big5?q?=A4=40?=.");
	strbuf_puts(text, "\n");
}

static void
decodes_no_more_charsets_than_a_person_writes(void **state)
{
	struct strbuf text;
	struct message *message;
	char *octets;

	(void)state;
	strbuf_init(&text, 64u << 10);
	puts_words(&text, "Subject: ", 2);
	puts_words(&text, "Comments: ", 100);
	puts_words(&text, "Keywords: ", 1);
	strbuf_puts(&text, "To: =?utf-8?q?=C3=BC?=\n\n");
	octets = strbuf_take(&text);
	message = read_text(octets);
	assert_string_equal(message_field(message, "Subject"), "а.一.а.一.");
	assert_true(strlen(message_field(message, "Comments")) < 100 * 7);
	assert_string_equal(message_field(message, "Keywords"), "");
	assert_string_equal(message_field(message, "To"), "ü");
	message_free(message);
	free(octets);
}

/* One attachment, and its name in words that end in padding. */
static void
puts_named_part(struct strbuf *text)
{
	strbuf_puts(text, "--b\nContent-Disposition: attachment;\n"
			  " filename=\"=?iso-8859-1?b?/A==?=\n"
			  " =?utf-8?b?YQ==?= =?utf-8?b?LnppcA==?=\"\n\nx\n");
}

static void
decodes_the_names_of_many_attachments(void **state)
{
	struct strbuf text;
	struct message *message;
	unsigned count;
	char *octets;

	(void)state;
	strbuf_init(&text, 64u << 10);
	strbuf_puts(&text, MONSTER_MIXED);
	for (unsigned i = 0; i < MESSAGE_PARTS_MAX - 1; i++)
		puts_named_part(&text);
	octets = strbuf_take(&text);
	message = read_text(octets);
	assert_int_equal(message_parts(message, &count)[0].depth, 0);
	assert_int_equal(count, MESSAGE_PARTS_MAX);
	for (unsigned i = 1; i < count; i++)
		assert_string_equal(
		    message_parts(message, &count)[i].filename, "üa.zip");
	message_free(message);
	free(octets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_fields),
		cmocka_unit_test(finds_the_address_of_a_field),
		cmocka_unit_test(
		    reads_encoded_words_that_stand_together_as_one_text),
		cmocka_unit_test(reads_dates_in_every_form),
		cmocka_unit_test(gathers_the_text_that_a_reader_sees),
		cmocka_unit_test(reads_monsters_within_bounds),
		cmocka_unit_test(keeps_the_body_of_a_long_header),
		cmocka_unit_test(forgets_charsets_that_are_none),
		cmocka_unit_test(decodes_no_more_charsets_than_a_person_writes),
		cmocka_unit_test(decodes_the_names_of_many_attachments),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
