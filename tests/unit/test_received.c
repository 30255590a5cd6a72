#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "ingest/culprit.h"
#include "ingest/received.h"
#include "tests/support/addresses.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *value;
	const char *client; /* NULL: none */
	const char *by, *with, *id;
} lines[] = {
	/* Postfix, Sendmail */
	{ "from pc.example.org (dsl.example.org [203.0.113.7]) by "
	  "mx.example.net (Postfix) with ESMTPS id 4A5B for <a@b.c>; Tue, 13 "
	  "Jan 2026 08:15:20 +0000 (UTC)",
	    "203.0.113.7", "mx.example.net", "ESMTPS", "4A5B" },
	{ "from pc (dsl.example.org [203.0.113.7] (may be forged)) by "
	  "mx.example.net (8.17/8.17) with ESMTP id 60D8; Tue, 13 Jan 2026 "
	  "08:15:20 GMT",
	    "203.0.113.7", "mx.example.net", "ESMTP", "60D8" },
	{ "from pc (unknown [IPv6:2001:db8::7]) by mx.example.net with SMTP id "
	  "1; Tue, 13 Jan 2026 08:15:20 +0000",
	    "2001:db8::7", "mx.example.net", "SMTP", "1" },
	/* Exim */
	{ "from dsl.example.org ([203.0.113.7] helo=pc) by mx.example.net with "
	  "esmtp (Exim 4.96) id 1vfZ7E; Tue, 13 Jan 2026 08:15:20 +0000",
	    "203.0.113.7", "mx.example.net", "esmtp", "1vfZ7E" },
	{ "from [203.0.113.7] (helo=[198.51.100.1]) by mx.example.net with "
	  "esmtp (Exim 4.96) id 1vfZ7E; Tue, 13 Jan 2026 08:15:20 +0000",
	    "203.0.113.7", "mx.example.net", "esmtp", "1vfZ7E" },
	/* qmail, Exchange */
	{ "from unknown (HELO [198.51.100.1]) (203.0.113.7) by mx.example.net "
	  "with SMTP; 13 Jan 2026 08:15:20 -0000",
	    "203.0.113.7", "mx.example.net", "SMTP", "" },
	{ "from mail.example.org (203.0.113.7) by EX1.example.net (10.0.0.4) "
	  "with Microsoft SMTP Server id 15.1; Tue, 13 Jan 2026 08:15:20 +0000",
	    "203.0.113.7", "EX1.example.net", "Microsoft", "15.1" },
	/* A HELO that pretends. */
	{ "from [198.51.100.1] (dsl.example.org [203.0.113.7]) by "
	  "mx.example.net with ESMTP id 1; Tue, 13 Jan 2026 08:15:20 +0000",
	    "203.0.113.7", "mx.example.net", "ESMTP", "1" },
	{ "from x([198.51.100.1]) (dsl.example.org [203.0.113.7]) by "
	  "mx.example.net with ESMTP id 1; Tue, 13 Jan 2026 08:15:20 +0000",
	    "203.0.113.7", "mx.example.net", "ESMTP", "1" },
	/* By hand */
	{ "by mx.example.net (Postfix, from userid 33) id 4A5B; Tue, 13 Jan "
	  "2026 08:15:20 +0000",
	    NULL, "mx.example.net", "", "4A5B" },
	{ "", NULL, "", "", "" },
	{ "from", NULL, "", "", "" },
	{ "((((((", NULL, "", "", "" },
};

static void
reads_the_lines_of_many_programs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct received received;
		char text[IPADDR_TEXT_MAX];

		received_parse(lines[i].value, &received);
		assert_int_equal(
		    received.client_known, lines[i].client != NULL);
		if (lines[i].client != NULL)
			assert_string_equal(
			    ipaddr_format(&received.client, text),
			    lines[i].client);
		assert_string_equal(received.by, lines[i].by);
		assert_string_equal(received.with, lines[i].with);
		assert_string_equal(received.id, lines[i].id);
	}
}

static void
reads_when_it_was(void **state)
{
	struct received received;

	(void)state;
	received_parse(lines[0].value, &received);
	assert_int_equal(received.at, 1768292120);
	received_parse("by x; no date", &received);
	assert_int_equal(received.at, 0);
}

static void
knows_the_organisation_of_a_host(void **state)
{
	static const char *const cases[][2] = {
		{ "mx.example.net", "example.net" },
		{ "a.b.c.example.net", "example.net" },
		{ "example.net", "example.net" },
		{ "mx.example.co.uk", "example.co.uk" },
		{ "a.mx.example.ne.jp", "example.ne.jp" },
		{ "localhost", "localhost" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    received_organisation(cases[i][0]), cases[i][1]);
}

/* --- who answers for it --------------------------------------------------- */

static bool
find(const char *header, const char *connection, struct ipaddr *address)
{
	struct ipprefix networks[2];
	const struct prefixes relays = { networks, 2 };
	struct message *message =
	    message_read((const uint8_t *)header, strlen(header));
	struct culprit culprit = { .known = connection != NULL };
	bool found;

	ipprefix_parse("192.0.2.0/28", &networks[0]);
	ipprefix_parse("2001:db8:1::/48", &networks[1]);
	if (connection != NULL)
		culprit.address = address_of(connection);
	found = culprit_find(message, &relays, &culprit);
	if (connection != NULL && found)
		assert_int_equal(
		    culprit.relayed, strcmp(connection, "198.51.100.5") != 0);
	*address = culprit.address;
	message_free(message);
	return found;
}

#define RELAYED(from)                                                          \
	"Received: from helo (name [" from                                     \
	"])\n\tby relay.example.test; Tue, 13 Jan 2026 08:15:20 +0000\n"

static void
believes_lines_as_long_as_their_writer_is_trusted(void **state)
{
	static const struct {
		const char *header, *connection, *culprit; /* NULL: none */
	} cases[] = {
		{ RELAYED("203.0.113.9") "\n", "198.51.100.5", "198.51.100.5" },
		{ RELAYED("203.0.113.9") "\n", "192.0.2.1", "203.0.113.9" },
		{ RELAYED("192.0.2.2") RELAYED("203.0.113.9")
			RELAYED("198.51.100.5") "\n",
		    "192.0.2.1", "203.0.113.9" },
		{ RELAYED("IPv6:2001:db8:1::2") RELAYED("203.0.113.9") "\n",
		    "192.0.2.1", "203.0.113.9" },
		{ RELAYED("192.0.2.2") "\n", "192.0.2.1", NULL },
		{ "Subject: x\n\n", "192.0.2.1", NULL },
		{ "Received: from helo by relay; x\n\n", "192.0.2.1", NULL },
		{ "Received: by relay (Postfix) id 1; x\n" RELAYED(
		      "203.0.113.9") "\n",
		    "192.0.2.1", "203.0.113.9" },
		/* What a local user writes is believed of no relay. */
		{ "Received: by relay (Postfix, from userid 5) id 1; "
		  "x\n" RELAYED("203.0.113.9") "\n",
		    "192.0.2.1", NULL },
		{ RELAYED("192.0.2.2") "Received: (qmail 7 invoked by uid 5); "
				       "x\n" RELAYED("203.0.113.9") "\n",
		    "192.0.2.1", NULL },
		{ "Received: by relay (Postfix, from userid 5) id 1; "
		  "x\n" RELAYED("203.0.113.9") "\n",
		    NULL, NULL },
		/* In a mailbox the first line is our own. */
		{ RELAYED("203.0.113.9") RELAYED("198.51.100.5") "\n", NULL,
		    "203.0.113.9" },
		{ RELAYED("192.0.2.2") RELAYED("203.0.113.9") "\n", NULL,
		    "203.0.113.9" },
		{ RELAYED("192.0.2.2") "\n", NULL, NULL },
		{ "Subject: x\n\n", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ipaddr address;
		char text[IPADDR_TEXT_MAX];

		assert_int_equal(
		    find(cases[i].header, cases[i].connection, &address),
		    cases[i].culprit != NULL);
		if (cases[i].culprit != NULL)
			assert_string_equal(
			    ipaddr_format(&address, text), cases[i].culprit);
	}
}

static const char mail[] =
    RELAYED("203.0.113.9") "Subject: x\r\n\r\n"
			   "Received: from a (b [198.51.100.5]) by c; d\n";

static int
settle(const char *client, const char *text, struct envelope *envelope)
{
	struct ipprefix network;
	const struct prefixes relays = { &network, 1 };

	ipprefix_parse("192.0.2.0/28", &network);
	memset(envelope, 0, sizeof(*envelope));
	strcpy(envelope->helo, "helo.of.connection");
	envelope->client_known = client != NULL;
	if (client != NULL)
		envelope->client = address_of(client);
	return culprit_settle(envelope, text, strlen(text), &relays);
}

static void
settles_who_an_envelope_is_from(void **state)
{
	struct envelope envelope;
	char text[IPADDR_TEXT_MAX];

	(void)state;
	assert_int_equal(settle("198.51.100.5", mail, &envelope), 0);
	assert_false(envelope.relayed || envelope.own_relay);
	assert_string_equal(envelope.helo, "helo.of.connection");
	assert_int_equal(settle("192.0.2.1", mail, &envelope), 0);
	assert_true(envelope.relayed && !envelope.own_relay);
	assert_string_equal(
	    ipaddr_format(&envelope.client, text), "203.0.113.9");
	assert_string_equal(envelope.helo, "helo");
	/* A local user's words about somebody else count against nobody. */
	assert_int_equal(settle("192.0.2.1",
			     "Received: by relay (Postfix, from userid 33) id "
			     "1; x\n" RELAYED("203.0.113.9") "\n",
			     &envelope),
	    0);
	assert_true(envelope.own_relay && !envelope.relayed);
	assert_string_equal(ipaddr_format(&envelope.client, text), "192.0.2.1");
	/* A relay's own mail, and what no line tells of. */
	assert_int_equal(settle("192.0.2.1", "Subject: x\n\n", &envelope), 0);
	assert_true(envelope.own_relay && !envelope.relayed);
	assert_int_equal(settle(NULL, mail, &envelope), 0);
	assert_true(envelope.relayed && envelope.client_known);
	assert_int_equal(
	    settle(NULL, "Subject: x\n\n", &envelope), ERROR_NOT_FOUND);
	/* Only the header is looked at. */
	assert_int_equal(settle(NULL,
			     "Subject: x\n\nReceived: from a (b [203.0.113.9]) "
			     "by c; d\n",
			     &envelope),
	    ERROR_NOT_FOUND);
	assert_int_equal(settle(NULL, "", &envelope), ERROR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_lines_of_many_programs),
		cmocka_unit_test(reads_when_it_was),
		cmocka_unit_test(knows_the_organisation_of_a_host),
		cmocka_unit_test(
		    believes_lines_as_long_as_their_writer_is_trusted),
		cmocka_unit_test(settles_who_an_envelope_is_from),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
