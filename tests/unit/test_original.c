#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "db/campaign.h"
#include "ingest/original.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t key[META_KEY_LEN] = { 7 };

static struct message *
read_text(const char *text)
{
	return message_read((const uint8_t *)text, strlen(text));
}

/* --- where it is quoted --------------------------------------------------- */

#define HEADER                                                                 \
	"Return-Path: <trap@trap.example.test>\n"                              \
	"Received: from a (b [203.0.113.7]) by mx.example.net with ESMTP id "  \
	"4A5B;\n\tTue, 13 Jan 2026 08:15:20 +0000\n"                           \
	"From: Someone <trap@trap.example.test>\n"                             \
	"Subject: Shovels\n"                                                   \
	"Message-ID: <1@spam.example>\n"

static const struct {
	const char *message;
	bool found;
	const char *own; /* the text's own words begin with that, NULL any */
} quotes[] = {
	{ "Subject: x\n\nIt failed.\n\n" HEADER "\nBuy\n", true,
	    "It failed.\n\n" },
	{ "Subject: x\n\nIt failed.\n\n> Return-Path: <trap@trap.example.test>"
	  "\n> Received: from a (b [203.0.113.7]) by mx.example.net with ESMTP "
	  "id 4A5B;\n> \tTue, 13 Jan 2026 08:15:20 +0000\n> From: "
	  "trap@trap.example.test\n> Subject: Shovels\n> Message-ID: "
	  "<1@spam.example>\n",
	    true, "It failed.\n\n" },
	{ "Content-Type: message/rfc822\n\n" HEADER "\nBuy\n", true, NULL },
	{ "Content-Type: text/rfc822-headers\n\n" HEADER, true, NULL },
	{ "Subject: x\n\nFrom: a\nTo: b\nSubject: c\n\nsays it all\n", false,
	    "From: a\nTo: b\nSubject: c\n\nsays it all\n" },
	{ "Subject: x\n\nA letter.\nReceived: yesterday\nThanks\n", false,
	    "A letter." },
	{ "Subject: x\n\n", false, NULL },
};

static void
finds_the_original_as_part_or_in_the_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(quotes); i++) {
		struct message *message = read_text(quotes[i].message);
		struct original original;
		size_t len;
		const char *text = message_text(message, &len);

		original_find(message, &original);
		assert_int_equal(original.found, quotes[i].found);
		if (quotes[i].own != NULL)
			assert_memory_equal(
			    text, quotes[i].own, strlen(quotes[i].own));
		if (quotes[i].own != NULL && quotes[i].found)
			assert_int_equal(
			    original.own_text_len, strlen(quotes[i].own));
		if (quotes[i].found) {
			assert_string_equal(original.subject, "Shovels");
			assert_string_equal(
			    original.message_id, "1@spam.example");
			assert_string_equal(
			    original.received_by, "mx.example.net");
			assert_string_equal(original.queue_id, "4A5B");
			assert_int_equal(original.arrived_at, 1768292120);
			assert_string_equal(
			    original.from, "trap@trap.example.test");
		}
		message_free(message);
	}
}

/* --- how it was submitted ------------------------------------------------- */

#define BY_MX(from, with)                                                      \
	"Received: from " from " by mx.example.net with " with                 \
	" id 1; Tue, 13 Jan 2026 08:15:20 +0000\n"
#define OUTSIDE "pc.example.org (dsl [203.0.113.7])"

static const struct {
	const char *header;
	const char *sign;
} submissions[] = {
	{ BY_MX(OUTSIDE, "ESMTP"), NULL },
	{ BY_MX(OUTSIDE, "ESMTPSA"), "submission-authenticated" },
	{ BY_MX("root", "local"), "submission-local" },
	{ "Received: by mx.example.net (Postfix, from userid 33) id 1; x\n",
	    "submission-local" },
	{ BY_MX("pc (pc [192.168.1.2])", "ESMTP"), "submission-internal" },
	/* the lowest line of their own decides */
	{ BY_MX("in.example.net (in [10.0.0.2])",
	      "ESMTP") "Received: from " OUTSIDE
		       " by in.example.net with ESMTP id 2; x\n",
	    NULL },
	{ BY_MX("in.example.net (in [198.51.100.2])",
	      "ESMTP") "Received: from pc (pc [10.0.0.2]) by in.example.net "
		       "with ESMTPA "
		       "id 2; x\n",
	    "submission-authenticated" },
	/* what others wrote below may be forged */
	{ BY_MX(OUTSIDE, "ESMTP") "Received: from pc (pc [10.0.0.2]) by "
				  "pc.example.org with ESMTPSA "
				  "id 2; x\n",
	    NULL },
	{ "X-PHP-Originating-Script: 33:a.php\n" BY_MX(OUTSIDE, "ESMTP"),
	    "submission-script" },
	{ "Subject: no trace\n", NULL },
};

static void
tells_own_users_from_strangers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(submissions); i++) {
		char text[2048];
		struct message *message;
		struct original original;
		const char *sign;

		snprintf(text, sizeof(text),
		    "Content-Type: message/rfc822\n\n%sFrom: a@b.example\n"
		    "Message-ID: <1@x>\n\nBuy\n",
		    submissions[i].header);
		message = read_text(text);
		original_find(message, &original);
		sign = original_submission(message, &original);
		if (submissions[i].sign == NULL)
			assert_null(sign);
		else
			assert_string_equal(sign, submissions[i].sign);
		message_free(message);
	}
}

/* --- fingerprints --------------------------------------------------------- */

static uint64_t
fingerprint(const char *from, const char *subject, const char *body)
{
	struct original original = {
		.body = body, .body_len = strlen(body), .subject = subject
	};

	snprintf(original.from, sizeof(original.from), "%s", from);
	return original_fingerprint(&original, key);
}

#define LETTER                                                                 \
	"Dear friend, our shovels cost half of what they cost elsewhere. "     \
	"Order at http://shovels.example.org/a1 until Friday and dig deeper "  \
	"than ever before. Yours, the garden tools"

static void
stays_the_same_over_small_variations(void **state)
{
	static const struct {
		const char *from, *subject, *body;
	} same[] = {
		{ "a@trap.example", "Shovels and rakes at half the price",
		    LETTER },
		{ "b@trap.example", "SHOVELS and rakes  at half the price!",
		    LETTER },
		{ "c@trap.example", "Re: Shovels and rakes at half the price",
		    "" },
		{ "d@trap.example",
		    "Shovels and rakes at half the price 77123 x7k2q",
		    "other" },
		{ "e@trap.example", "Shövels, and rakes at half the price #12",
		    "other" },
	};
	uint64_t expected =
	    fingerprint(same[0].from, same[0].subject, same[0].body);

	(void)state;
	assert_true(expected != 0);
	for (size_t i = 0; i < COUNT(same); i++)
		assert_true(fingerprint(same[i].from, same[i].subject,
				same[i].body) == expected);
}

static void
differs_between_campaigns(void **state)
{
	const char *subject = "Shovels and rakes at half the price";
	uint64_t first = fingerprint("a@trap.example", subject, LETTER);

	(void)state;
	assert_true(fingerprint("a@trap.example",
			"Watering cans from the maker", LETTER) != first);
	assert_true(fingerprint("a@other.example", subject, LETTER) != first);
	assert_true(
	    fingerprint("a@x.example", "hi", LETTER) !=
	    fingerprint("a@x.example", "hi",
		"Something else at http://cans.example.org/ entirely."));
	assert_true(fingerprint("a@trap.example", "", "") == 0);
}

static void
looks_at_the_body_where_the_subject_says_little(void **state)
{
	(void)state;
	assert_true(
	    fingerprint("a@x.example", "hi", LETTER) ==
	    fingerprint("a@x.example", "Hi 123", LETTER "\n\n9981 qwrtz"));
}

static void
begins_alike_where_the_subject_is_the_same(void **state)
{
	const char *subject = "Shovels and rakes at half the price";
	uint64_t first = fingerprint("a@trap.example", subject, LETTER);

	(void)state;
	assert_int_equal(campaign_subject(first),
	    campaign_subject(fingerprint("a@other.example", subject, "")));
	assert_true(campaign_subject(first) !=
		    campaign_subject(fingerprint("a@trap.example",
			"Watering cans from the maker", LETTER)));
}

static void
needs_the_key(void **state)
{
	static const uint8_t other[META_KEY_LEN] = { 8 };
	struct original original = { .body = "",
		.subject = "Shovels and rakes at half the price" };

	(void)state;
	assert_true(original_fingerprint(&original, key) !=
		    original_fingerprint(&original, other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_original_as_part_or_in_the_text),
		cmocka_unit_test(tells_own_users_from_strangers),
		cmocka_unit_test(stays_the_same_over_small_variations),
		cmocka_unit_test(differs_between_campaigns),
		cmocka_unit_test(
		    looks_at_the_body_where_the_subject_says_little),
		cmocka_unit_test(begins_alike_where_the_subject_is_the_same),
		cmocka_unit_test(needs_the_key),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
