#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/message.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct message *
read_text(const char *text)
{
	return message_read((const uint8_t *)text, strlen(text));
}

/* Each part as its parent, its type, and its text without line ends. */
static void
describe(struct message *message, char *out, size_t size)
{
	unsigned count;
	const struct message_part *parts = message_parts(message, &count);
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < count; i++) {
		size_t len;
		const char *text = message_part_text(message, &parts[i], &len);

		at += (size_t)snprintf(out + at, size - at, "%s%d%s %s[%.*s]",
		    i > 0 ? " " : "", parts[i].parent,
		    parts[i].quoted ? "q" : "", parts[i].type,
		    (int)strcspn(text, "\r\n"), text);
	}
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"
#define INNER "Content-Type: multipart/mixed; boundary=c\n\n"

static void
finds_the_parts_of_whole_and_broken_structures(void **state)
{
	static const struct {
		const char *text, *parts;
	} cases[] = {
		{ "A: b\n\nx\n", "-1 text/plain[x]" },
		{ "A: b\n", "-1 text/plain[]" },
		{ MIXED "before\n--b\n\none\n--b\n\ntwo\n--b--\nafter\n",
		    "-1 multipart/mixed[] 0 text/plain[one] "
		    "0 text/plain[two]" },
		{ MIXED "--b\r\n\r\none\r\n--b--\r\n",
		    "-1 multipart/mixed[] 0 text/plain[one]" },
		{ MIXED "--b \t\n\none\n--bb\n--b-- \n",
		    "-1 multipart/mixed[] 0 text/plain[one]" },
		/* No end, no text, no boundary line that is whole. */
		{ MIXED "--b\n\none\n",
		    "-1 multipart/mixed[] 0 text/plain[one]" },
		{ MIXED "--b\n\none\n--b--",
		    "-1 multipart/mixed[] 0 text/plain[one]" },
		{ MIXED "--b\nContent-Type: text/html\n--b\n\ntwo\n--b--\n",
		    "-1 multipart/mixed[] 0 text/html[] 0 text/plain[two]" },
		{ MIXED "--b\n--b\n\ntwo\n--b--\n",
		    "-1 multipart/mixed[] 0 text/plain[two]" },
		{ MIXED "lost\n", "-1 multipart/mixed[lost]" },
		{ "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
		    "-1 multipart/mixed[--b]" },
		/* An outer boundary ends what is inside. */
		{ MIXED "--b\n" INNER "--c\n\nin\n--c--\nx\n--b\n\nout\n--b--",
		    "-1 multipart/mixed[] 0 multipart/mixed[] "
		    "1 text/plain[in] 0 text/plain[out]" },
		{ MIXED "--b\n" INNER "--c\n\nin\n--b\n\nout\n--b--\n",
		    "-1 multipart/mixed[] 0 multipart/mixed[] "
		    "1 text/plain[in] 0 text/plain[out]" },
		{ MIXED "--b\n" INNER "--c\nX: y\n--b\n\nout\n--b--\n",
		    "-1 multipart/mixed[] 0 multipart/mixed[] "
		    "1 text/plain[] 0 text/plain[out]" },
		/* Messages within. */
		{ MIXED "--b\nContent-Type: message/rfc822\n\nSubject: s\n\n"
			"in\n--b--\n",
		    "-1 multipart/mixed[] 0 message/rfc822[] "
		    "1q text/plain[in]" },
		{ MIXED "--b\nContent-Type: message/rfc822\n\n--b--\n",
		    "-1 multipart/mixed[] 0 message/rfc822[]" },
		{ MIXED "--b\nContent-Type: message/rfc822\n"
			"Content-Transfer-Encoding: base64\n\neA==\n--b--\n",
		    "-1 multipart/mixed[] 0 message/rfc822[x]" },
		{ "Content-Type: multipart/digest; boundary=b\n\n"
		  "--b\n\nSubject: s\n\nin\n--b--\n",
		    "-1 multipart/digest[] 0 message/rfc822[] "
		    "1q text/plain[in]" },
		/* What is no header at all. */
		{ "no field\nA: b\n\nx\n", "" },
		{ "A: b\nno field\n\nx\n", "-1 text/plain[x]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message *message = read_text(cases[i].text);
		char parts[1024];

		describe(message, parts, sizeof(parts));
		assert_string_equal(parts, cases[i].parts);
		message_free(message);
	}
}

static void
finds_the_fields_of_whole_and_broken_headers(void **state)
{
	static const struct {
		const char *text;
		unsigned count;
		const char *value; /* of X */
	} cases[] = {
		{ "X: y\n\n", 1, "y" },
		{ "X:y", 1, "y" },
		{ "X \t: y\n\n", 1, "y" },
		{ "A: b\nX: y\n z\n\n", 2, "y z" },
		/* Passed over with the lines that continue them. */
		{ "A: b\nno field\n X: z\nX: y\n\n", 2, "y" },
		{ "A: b\n: z\nX: y\n\n", 2, "y" },
		{ "A: b\nX z: z\nX: y\n\n", 2, "y" },
		{ ">From x\nX: y\n\n", 1, "y" },
		{ "Content-Type: text/plain\nX: y\n\n", 2, "y" },
		/* It ends within a name. */
		{ "X: y\nB", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message *message = read_text(cases[i].text);
		const char *value = message_field(message, "X");

		assert_int_equal(
		    message_fields(message)->count, cases[i].count);
		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
		message_free(message);
	}
}

/* Written as nearly everybody does, and as some do. */
static void
reads_content_types_in_every_form(void **state)
{
	static const struct {
		const char *fields, *type, *name, *charset;
	} cases[] = {
		{ "Content-Type: Text/HTML; charset=UTF-8; name=A.txt",
		    "text/html", "a.txt", "UTF-8" },
		{ "Content-Type: text/plain;\n charset=\"us-ascii\" ;\n"
		  "\tname=\"a b.txt\";",
		    "text/plain", "a b.txt", "us-ascii" },
		{ "Content-Type: text/plain (x); charset = koi8-r",
		    "text/plain", "", "koi8-r" },
		{ "Content-Type: text/plain; name=\"a\\\"b\"; charset=x",
		    "text/plain", "a\"b", "x" },
		{ "Content-Type: text/plain; name*0=a; name*1=b", "text/plain",
		    "ab", NULL },
		{ "Content-Type: text/plain; name*=utf-8''%C3%A4", "text/plain",
		    "\xc3\xa4", NULL },
		{ "Content-Type: text/plain; name==?utf-8?q?=C3=A4?=",
		    "text/plain", "\xc3\xa4", NULL },
		{ "Content-Type: text/plain; name=a b; charset=x", "text/plain",
		    "a b", "x" },
		{ "Content-Type: text/plain; charset=x; charset=y",
		    "text/plain", "", "x" },
		{ "Content-Type: text/plain\nContent-Type: text/html",
		    "text/html", "", NULL },
		{ "Content-Type: text", "application/octet-stream", "", NULL },
		{ "Content-Type:", "application/octet-stream", "", NULL },
		{ "Content-Type: text/plain; name=a\n"
		  "Content-Disposition: attachment; filename=\"B\"",
		    "text/plain", "b", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct message *message;
		const struct message_part *part;
		unsigned count;

		snprintf(text, sizeof(text), "%s\n\nx\n", cases[i].fields);
		message = read_text(text);
		part = message_parts(message, &count);
		assert_int_equal(count, 1);
		assert_string_equal(part->type, cases[i].type);
		assert_string_equal(part->filename, cases[i].name);
		if (cases[i].charset == NULL)
			assert_null(part->content.charset);
		else
			assert_string_equal(
			    part->content.charset, cases[i].charset);
		message_free(message);
	}
}

/* Deeper than is looked at; what stands around it is found nevertheless. */
static void
passes_over_what_is_too_deep(void **state)
{
	char text[4096] = "";
	size_t at = 0;
	struct message *message;
	const struct message_part *parts;
	unsigned count;

	(void)state;
	for (int i = 0; i < 20; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	snprintf(text + at, sizeof(text) - at,
	    "\ndeep\n--b0\nContent-Type: text/html\n\nhere\n--b0--\n");
	message = read_text(text);
	parts = message_parts(message, &count);
	assert_int_equal(count, MESSAGE_DEPTH_MAX + 2);
	assert_string_equal(parts[count - 1].type, "text/html");
	assert_int_equal(parts[count - 1].parent, 0);
	message_free(message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    finds_the_parts_of_whole_and_broken_structures),
		cmocka_unit_test(finds_the_fields_of_whole_and_broken_headers),
		cmocka_unit_test(reads_content_types_in_every_form),
		cmocka_unit_test(passes_over_what_is_too_deep),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
