#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/event.h"
#include "db/record.h"
#include "db/trap.h"
#include "tests/support/test_record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define LEAST                                                                  \
	"\"address\":\"192.0.2.25\",\"kind\":\"dsn\",\"grade\":\"A\","         \
	"\"trap\":\"trap@trap.example\""

static int
read_text(const char *text, struct event *event, char why[EVENT_WHY_MAX])
{
	return event_read(text, strlen(text), event, why);
}

static void
read_good(const char *text, struct event *event)
{
	char why[EVENT_WHY_MAX] = "";

	if (read_text(text, event, why) != 0)
		fail_msg("%s: %s", text, why);
}

/* --- reading -------------------------------------------------------------- */

static void
reads_every_member(void **state)
{
	struct event event;

	(void)state;
	read_good("{" LEAST ",\"time\":\"2026-01-31T12:00:00Z\","
		  "\"id\":\"a/1\",\"campaign\":\"c\","
		  "\"message_id\":\"<m@example.net>\","
		  "\"original_time\":\"2026-01-31\","
		  "\"flags\":[\"delay\",\"relayed\"],\"helo\":\"h\","
		  "\"sender\":\"\",\"reporting_mta\":\"r\","
		  "\"software\":\"s\",\"queue_id\":\"q\","
		  "\"status\":\"5.1.1\",\"diagnostic\":\"d\"}",
	    &event);
	assert_int_equal(event.evidence.kind, BACKSCATTER_DSN);
	assert_int_equal(event.evidence.grade, GRADE_A);
	assert_int_equal(event.evidence.seen_at, 1769860800);
	assert_int_equal(event.evidence.original_at, 1769817600);
	assert_int_equal(
	    event.evidence.flags, EVIDENCE_DELAY | EVIDENCE_RELAYED);
	assert_string_equal(event.trap, "trap@trap.example");
	assert_string_equal(event.id, "a/1");
	assert_string_equal(event.campaign, "c");
	assert_string_equal(event.message_id, "<m@example.net>");
	assert_string_equal(event.evidence.helo, "h");
	assert_string_equal(event.evidence.reporting_mta, "r");
	assert_string_equal(event.evidence.software, "s");
	assert_string_equal(event.evidence.queue_id, "q");
	assert_string_equal(event.evidence.status, "5.1.1");
	assert_string_equal(event.evidence.diagnostic, "d");
}

static void
says_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "not JSON" },
		{ "[]", "not an object" },
		{ "{" LEAST "} x", "not JSON" },
		{ "{" LEAST ",\"kind\":\"auto\"}", "not JSON" },
		{ "{\"kind\":\"dsn\"}", "address is missing" },
		{ "{" LEAST ",\"colour\":1}", "no member colour" },
		{ "{" LEAST ",\"helo\":1}", "helo must be a text" },
		{ "{" LEAST ",\"time\":\"30d\"}", "time must be a time" },
		{ "{" LEAST ",\"time\":1769860800}", "time must be a time" },
		{ "{" LEAST ",\"flags\":\"delay\"}", "flags must be a list" },
		{ "{" LEAST ",\"flags\":[\"no\"]}", "flags must be a list" },
		{ "{\"address\":\"host.example\",\"kind\":\"dsn\","
		  "\"grade\":\"A\",\"trap\":\"t@trap.example\"}",
		    "address must be an IP address" },
		{ "{\"address\":\"192.0.2.1\",\"kind\":\"none\","
		  "\"grade\":\"A\",\"trap\":\"t@trap.example\"}",
		    "kind must be dsn" },
		{ "{\"address\":\"192.0.2.1\",\"kind\":\"dsn\","
		  "\"grade\":\"E\",\"trap\":\"t@trap.example\"}",
		    "grade must be A" },
		{ "{\"address\":\"192.0.2.1\",\"kind\":\"dsn\","
		  "\"grade\":\"D\",\"trap\":\"t@trap.example\"}",
		    "grade D is for callouts" },
		{ "{\"address\":\"192.0.2.1\",\"kind\":\"callout\","
		  "\"grade\":\"A\",\"trap\":\"t@trap.example\"}",
		    "grade D is for callouts" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char why[EVENT_WHY_MAX] = "";
		struct event event;

		assert_int_equal(
		    read_text(cases[i].text, &event, why), ERROR_FORMAT);
		if (strstr(why, cases[i].why) == NULL)
			fail_msg("%s: %s", cases[i].text, why);
	}
}

static void
cuts_texts_between_characters_and_names_not_at_all(void **state)
{
	char text[2000], why[EVENT_WHY_MAX];
	struct event event;
	size_t len;

	(void)state;
	len = (size_t)snprintf(
	    text, sizeof(text), "{" LEAST ",\"diagnostic\":\"x");
	for (unsigned i = 0; i < EVIDENCE_TEXT_MAX / 2; i++, len += 2)
		memcpy(text + len, "\xc3\xa9", 2);
	strcpy(text + len, "\"}");
	read_good(text, &event);
	/* One octet and pairs: the last pair would not fit. */
	assert_int_equal(
	    strlen(event.evidence.diagnostic), EVIDENCE_TEXT_MAX - 1);
	len = (size_t)snprintf(text, sizeof(text), "{" LEAST ",\"id\":\"");
	memset(text + len, 'i', EVENT_TEXT_MAX + 1);
	strcpy(text + len + EVENT_TEXT_MAX + 1, "\"}");
	assert_int_equal(read_text(text, &event, why), ERROR_FORMAT);
	strcpy(text + len + EVENT_TEXT_MAX, "\"}");
	read_good(text, &event);
}

static void
takes_so_many_octets(void **state)
{
	static char text[EVENT_MAX + 2];
	char why[EVENT_WHY_MAX];
	struct event event;

	(void)state;
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{" LEAST "}", sizeof("{" LEAST "}") - 1);
	assert_int_equal(read_text(text, &event, why), ERROR_FORMAT);
	text[EVENT_MAX] = '\0';
	assert_int_equal(read_text(text, &event, why), 0);
}

/* --- recording ------------------------------------------------------------ */

static struct test_record record;

static int
open_record(void **state)
{
	struct store_txn *txn;
	struct trap trap;

	(void)state;
	test_record_open(&record, "eager");
	txn = begin(&record);
	assert_int_equal(
	    trap_add(txn, "trap@trap.example", record.now, &trap), 0);
	assert_int_equal(trap_add(txn, "@old.example", record.now, &trap), 0);
	assert_int_equal(
	    trap_set(txn, "@old.example",
		&(struct trap_change){ TRAP_RETIRED, TRAP_KEEP, NULL },
		TEST_NOW, &trap),
	    0);
	assert_int_equal(store_commit(txn), 0);
	return 0;
}

static int
close_record(void **state)
{
	(void)state;
	test_record_close(&record);
	return 0;
}

static int
make(const char *text, uint32_t sensor, struct evidence *evidence)
{
	struct store_txn *txn;
	struct event event;
	int code;

	read_good(text, &event);
	assert_int_equal(store_begin_read(record.test.store, &txn), 0);
	code = event_evidence(txn, &event, sensor, record.now, evidence);
	store_abort(txn);
	return code;
}

static void
becomes_evidence_that_lists(void **state)
{
	struct evidence evidence;
	struct store_txn *txn;

	(void)state;
	assert_int_equal(make("{" LEAST "}", 3, &evidence), 0);
	assert_int_equal(evidence.sensor, 3);
	assert_int_equal(evidence.seen_at, record.now);
	assert_int_not_equal(evidence.trap, 0);
	txn = begin(&record);
	assert_int_equal(
	    commit(&record, txn,
		record_evidence(txn, &record.rules, &evidence, record.now)),
	    0);
	assert_int_equal(
	    listing_of(&record, "192.0.2.25").state, LISTING_LISTED);
}

static void
told_again_it_is_there_already(void **state)
{
	static const struct {
		const char *again;
		uint32_t sensor;
		bool same;
	} cases[] = {
		{ "{" LEAST ",\"id\":\"1\"}", 1, true },
		{ "{" LEAST ",\"id\":\"1\",\"helo\":\"other\"}", 1, true },
		{ "{" LEAST ",\"id\":\"2\"}", 1, false },
		{ "{" LEAST ",\"id\":\"1\"}", 2, false },
		{ "{" LEAST "}", 1, false },
	};
	struct evidence first, again;

	(void)state;
	assert_int_equal(make("{" LEAST ",\"id\":\"1\"}", 1, &first), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    make(cases[i].again, cases[i].sensor, &again), 0);
		assert_int_equal(again.digest == first.digest, cases[i].same);
	}
	record.now += HOUR;
	make("{" LEAST "}", 1, &first);
	record.now += HOUR;
	make("{" LEAST "}", 1, &again);
	assert_true(first.digest == again.digest);
}

static int
record_text(const char *text)
{
	struct evidence evidence;

	assert_int_equal(make(text, 1, &evidence), 0);
	return put(&record, evidence);
}

/* A sensor may have been cut off for days; and the same may happen again. */
static void
told_days_later_it_is_the_same_by_id_or_time_alone(void **state)
{
	static const struct {
		const char *text;
		int later;
	} cases[] = {
		{ "{" LEAST ",\"id\":\"days\"}", ERROR_EXISTS },
		{ "{" LEAST ",\"time\":\"2023-11-13T12:00:00Z\"}",
		    ERROR_EXISTS },
		{ "{" LEAST ",\"flags\":[\"relayed\"]}", 0 },
		{ "{" LEAST ",\"helo\":\"again.example\"}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(record_text(cases[i].text), 0);
		record.now += HOUR;
		assert_int_equal(record_text(cases[i].text), ERROR_EXISTS);
		record.now += 2 * DAY;
		assert_int_equal(record_text(cases[i].text), cases[i].later);
	}
}

static void
is_for_our_traps_alone(void **state)
{
	struct evidence evidence;

	(void)state;
	assert_int_equal(
	    make("{\"address\":\"192.0.2.1\",\"kind\":\"dsn\","
		 "\"grade\":\"A\",\"trap\":\"user@elsewhere.example\"}",
		0, &evidence),
	    ERROR_NOT_FOUND);
	assert_int_equal(make("{\"address\":\"192.0.2.1\",\"kind\":\"dsn\","
			      "\"grade\":\"A\",\"trap\":\"user@old.example\"}",
			     0, &evidence),
	    ERROR_NOT_FOUND);
	assert_int_equal(
	    make("{\"address\":\"192.0.2.1\",\"kind\":\"dsn\","
		 "\"grade\":\"A\",\"trap\":\"abuse@trap.example\"}",
		0, &evidence),
	    0);
	assert_int_equal(evidence.trap, 0);
	assert_true((evidence.flags & EVIDENCE_UNCOUNTED) != 0);
}

static void
knows_an_original_however_it_is_spelled(void **state)
{
	struct evidence a, b, c;

	(void)state;
	make("{" LEAST ",\"message_id\":\"<M@example.net>\"}", 0, &a);
	make("{" LEAST ",\"message_id\":\"m@EXAMPLE.net\"}", 0, &b);
	make("{" LEAST ",\"message_id\":\"<>\",\"campaign\":\"x\"}", 0, &c);
	assert_int_not_equal(a.original, 0);
	assert_true(a.original == b.original);
	assert_int_equal(c.original, 0);
	assert_true((a.flags & EVIDENCE_FINGERPRINTED) == 0);
	assert_true((c.flags & EVIDENCE_FINGERPRINTED) != 0);
	assert_true(a.campaign != c.campaign);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_member),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(
		    cuts_texts_between_characters_and_names_not_at_all),
		cmocka_unit_test(takes_so_many_octets),
		cmocka_unit_test_setup_teardown(
		    becomes_evidence_that_lists, open_record, close_record),
		cmocka_unit_test_setup_teardown(
		    told_again_it_is_there_already, open_record, close_record),
		cmocka_unit_test_setup_teardown(
		    told_days_later_it_is_the_same_by_id_or_time_alone,
		    open_record, close_record),
		cmocka_unit_test_setup_teardown(
		    is_for_our_traps_alone, open_record, close_record),
		cmocka_unit_test_setup_teardown(
		    knows_an_original_however_it_is_spelled, open_record,
		    close_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
