#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "tests/support/one_record.h"

/* --- the publish guard ---------------------------------------------------- */

static void
see_many(unsigned first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", first + i);
		see(&record, address, 1);
	}
}

static unsigned
count_in_state(unsigned first, unsigned count, enum listing_state wanted)
{
	unsigned found = 0;

	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.18.%u.1", first + i);
		found += state_of(address) == wanted;
	}
	return found;
}

static void
the_guard_holds_back_what_is_too_much(void **state)
{
	struct audit_search search;

	(void)state;
	record.rules.guard_additions = 10;
	see_many(0, 15);
	assert_int_equal(count_in_state(0, 10, LISTING_LISTED), 10);
	assert_int_equal(count_in_state(10, 5, LISTING_PENDING), 5);
	assert_int_equal(main_codes("198.18.9.1"), LISTED_DSN);
	assert_int_equal(main_codes("198.18.10.1"), 0);
	assert_int_equal(codes_of(&record, SUBLIST_DSN, "198.18.10.1"), 0);
	search = audit_of("guard_holds");
	assert_int_equal(search.count, 1);
	assert_int_equal(audit_of("pending").count, 5);
	/* More of the same does not help. */
	record.now += HOUR;
	see_many(10, 5);
	sweep(&record);
	assert_int_equal(count_in_state(10, 5, LISTING_PENDING), 5);
	/* Ten minutes later others may come in, as many as the list had. */
	see_many(20, 10);
	assert_int_equal(count_in_state(20, 10, LISTING_LISTED), 10);
	/* What nothing bears out expires unseen. */
	record.now += 3 * DAY;
	sweep(&record);
	assert_int_equal(count_in_state(10, 5, LISTING_WARNED), 5);
	assert_int_equal(audit_of("pending_ended").count, 5);
}

static void
a_second_trap_lets_go_what_waited_six_hours(void **state)
{
	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 3);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	see(&record, "198.18.1.1", 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	record.now += 6 * HOUR - 1;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	record.now += 1;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_DSN);
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
	see(&record, "198.18.2.1", 2);
	assert_int_equal(state_of("198.18.2.1"), LISTING_LISTED);
}

static void
a_large_list_may_grow_by_as_much_as_it_was(void **state)
{
	(void)state;
	record.rules.guard_additions = 2;
	for (unsigned i = 0; i < 6; i++) {
		see_many(i, 1);
		record.now += HOUR;
	}
	see_many(10, 8);
	/* Six were there; that they become more changes nothing. */
	assert_int_equal(count_in_state(10, 6, LISTING_LISTED), 6);
	assert_int_equal(count_in_state(16, 2, LISTING_PENDING), 2);
	record.now += HOUR;
	see_many(20, 13);
	assert_int_equal(count_in_state(20, 12, LISTING_LISTED), 12);
	assert_int_equal(count_in_state(32, 1, LISTING_PENDING), 1);
	assert_int_equal(audit_of("guard_holds").count, 2);
}

static void
nobody_waits_to_leave(void **state)
{
	(void)state;
	record.rules.guard_additions = 10;
	see_many(0, 10);
	record.rules.guard_additions = 1;
	record.now += 3 * DAY;
	sweep(&record);
	assert_int_equal(count_in_state(0, 10, LISTING_WARNED), 10);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
a_removal_ends_what_is_pending(void **state)
{
	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 2);
	assert_int_equal(state_of("198.18.1.1"), LISTING_PENDING);
	assert_int_equal(delist("198.18.1.1"), ERROR_NOT_FOUND);
	record.now += HOUR;
	assert_int_equal(take_off("198.18.1.1"), 0);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
	record.now += 7 * HOUR;
	sweep(&record);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
}

static int
decide(enum record_guard_act act, const char *address, unsigned *done)
{
	struct ipaddr unit = address_of(address);
	struct store_txn *txn = begin(&record);

	return commit(&record, txn,
	    record_guard(txn, &record.rules, act, &unit, 1, "a test", INT64_MAX,
		record.now, done));
}

static void
the_operator_lets_go_what_is_pending(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 3);
	assert_int_equal(decide(RECORD_GUARD_RELEASE, "198.18.1.1", &done), 1);
	assert_int_equal(done, 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(main_codes("198.18.1.1"), LISTED_DSN);
	assert_int_equal(state_of("198.18.2.1"), LISTING_PENDING);
	assert_int_equal(audit_of("listed").count, 2);
	assert_int_equal(audit_of("guard_released").count, 1);
	/* It does not wait again, and is not let go twice. */
	see(&record, "198.18.1.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
	assert_int_equal(decide(RECORD_GUARD_RELEASE, "198.18.1.1", &done), 1);
	assert_int_equal(done, 0);
}

static void
the_operator_rejects_what_is_pending(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 2);
	record.now += HOUR;
	assert_int_equal(decide(RECORD_GUARD_REJECT, "198.18.1.1", &done), 1);
	assert_int_equal(done, 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_NONE);
	assert_int_equal(audit_of("rejected").count, 1);
	assert_int_equal(audit_of("guard_rejected").count, 1);
	/* What is listed, the guard has nothing to do with. */
	assert_int_equal(decide(RECORD_GUARD_REJECT, "198.18.0.1", &done), 1);
	assert_int_equal(done, 0);
	assert_int_equal(state_of("198.18.0.1"), LISTING_LISTED);
	/* New evidence is looked at anew. */
	record.now += DAY;
	see(&record, "198.18.1.1", 1);
	assert_int_equal(state_of("198.18.1.1"), LISTING_LISTED);
}

/* The guard holds back what was seen: a person's word is not its business. */
static void
what_is_rejected_stays_listed_by_hand(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_many(0, 2);
	list_by_hand("198.18.1.1", DAY);
	assert_int_equal(decide(RECORD_GUARD_REJECT, "198.18.1.1", &done), 1);
	assert_int_equal(done, 1);
	assert_int_equal(
	    main_codes("198.18.1.1"), CODE_BIT(2) | CODE_BIT(CODE_MANUAL));
}

/* --- the log -------------------------------------------------------------- */

/* What record_log_decisions writes to standard error. */
static size_t
logged(bool committed, char *text, size_t size)
{
	FILE *file = tmpfile();
	int old = dup(STDERR_FILENO);
	ssize_t len;

	assert_non_null(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	record_log_decisions(&record.rules, committed);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	len = pread(fileno(file), text, size - 1, 0);
	fclose(file);
	assert_true(len >= 0);
	text[len] = '\0';
	return (size_t)len;
}

static void
decisions_are_logged_once_they_are_on_disk(void **state)
{
	char text[4000];
	struct evidence evidence = bounce(&record, "192.0.2.1", 1);
	struct store_txn *txn = begin(&record);

	(void)state;
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	store_abort(txn);
	assert_int_equal(logged(false, text, sizeof(text)), 0);
	txn = begin(&record);
	assert_int_equal(
	    record_evidence(txn, &record.rules, &evidence, record.now), 0);
	assert_int_equal(store_commit(txn), 0);
	logged(true, text, sizeof(text));
	assert_non_null(strstr(text,
	    "listed address=192.0.2.1 kind=dsn score=1.00 traps=1 "
	    "campaigns=1 sightings=1 expires=2023-11-17T22:13:20Z\n"));
	assert_int_equal(logged(true, text, sizeof(text)), 0);
}

static void
decisions_beyond_a_bound_are_counted(void **state)
{
	const char *line = NULL;
	struct store_txn *txn = begin(&record);
	char text[30000];
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		char address[32];
		struct evidence evidence;

		sprintf(address, "198.18.%u.1", i);
		evidence = bounce(&record, address, 1);
		assert_int_equal(
		    record_evidence(txn, &record.rules, &evidence, record.now),
		    0);
	}
	assert_int_equal(store_commit(txn), 0);
	logged(true, text, sizeof(text));
	for (line = strstr(text, "listed address="); line != NULL;
	     line = strstr(line + 1, "listed address="))
		lines++;
	assert_int_equal(lines, 64);
	assert_non_null(strstr(text, "decisions more=36"));
}

/* --- callouts ------------------------------------------------------------- */

static bool
is_in_callouts(const char *address)
{
	return codes_of(&record, SUBLIST_CALLOUT, address) != 0;
}

static void
callouts_have_to_pass_the_guard(void **state)
{
	struct audit_search search;

	(void)state;
	record.rules.guard_additions = 1;
	see_callout("192.0.2.1", 1);
	see_callout("192.0.2.3", 1);
	assert_true(is_in_callouts("192.0.2.1"));
	assert_false(is_in_callouts("192.0.2.3"));
	assert_int_equal(audit_of("callout_listed").count, 1);
	assert_int_equal(audit_of("callout_pending").count, 1);
	search = audit_of("guard_holds");
	assert_int_equal(search.count, 1);
	assert_non_null(strstr(search.newest.details, "list=callout "));
	/* Whom the main list has passes no more easily. */
	see(&record, "192.0.2.2", 1);
	see_callout("192.0.2.2", 1);
	assert_int_equal(main_codes("192.0.2.2"), LISTED_DSN);
	assert_false(is_in_callouts("192.0.2.2"));
	/* What nothing bears out expires unseen. */
	record.now += 3 * DAY;
	sweep(&record);
	assert_int_equal(audit_of("callout_pending_ended").count, 2);
	assert_int_equal(audit_of("callout_expired").count, 1);
	assert_int_equal(records_in(&record, TABLE_ZONE), 0);
}

static void
call_out(unsigned first, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char address[32];

		sprintf(address, "198.19.%u.1", first + i);
		see_callout(address, 1);
	}
}

static void
a_flood_of_callouts_holds_no_bounces_back(void **state)
{
	struct audit_search search;

	(void)state;
	record.rules.guard_additions = 3;
	call_out(0, 20);
	see_many(0, 3);
	assert_int_equal(count_in_state(0, 3, LISTING_LISTED), 3);
	see_many(3, 1);
	assert_int_equal(count_in_state(3, 1, LISTING_PENDING), 1);
	/* Each list has its alarm. */
	search = audit_of("guard_holds");
	assert_int_equal(search.count, 2);
	assert_non_null(strstr(search.newest.details, "list=main "));
}

static void
many_callouts_let_no_more_into_the_main_list(void **state)
{
	(void)state;
	record.rules.guard_additions = 1000;
	call_out(0, 20);
	record.now += DAY;
	record.rules.guard_additions = 3;
	see_many(0, 4);
	assert_int_equal(count_in_state(0, 3, LISTING_LISTED), 3);
	assert_int_equal(count_in_state(3, 1, LISTING_PENDING), 1);
	/* While they may become as many as they were. */
	call_out(20, 21);
	assert_true(is_in_callouts("198.19.39.1"));
	assert_false(is_in_callouts("198.19.40.1"));
}

static void
a_second_trap_lets_go_callouts_that_waited_six_hours(void **state)
{
	(void)state;
	record.rules.guard_additions = 1;
	see_callout("192.0.2.1", 1);
	see_callout("192.0.2.2", 1);
	see_callout("192.0.2.3", 1);
	see_callout("192.0.2.3", 2);
	/* Bounces are of another list: they bear no callout out. */
	see(&record, "192.0.2.2", 2);
	record.now += 6 * HOUR - 1;
	sweep(&record);
	assert_false(is_in_callouts("192.0.2.3"));
	record.now += 1;
	sweep(&record);
	assert_true(is_in_callouts("192.0.2.3"));
	assert_false(is_in_callouts("192.0.2.2"));
}

static void
the_operator_decides_about_callouts(void **state)
{
	unsigned done;

	(void)state;
	record.rules.guard_additions = 1;
	see_callout("192.0.2.1", 1);
	see_callout("192.0.2.2", 1);
	see_callout("192.0.2.3", 1);
	decide(RECORD_GUARD_RELEASE, "192.0.2.2", &done);
	assert_int_equal(done, 1);
	assert_true(is_in_callouts("192.0.2.2"));
	decide(RECORD_GUARD_RELEASE, "192.0.2.2", &done);
	assert_int_equal(done, 0);
	/* A second later: what comes with an act counts after it. */
	record.now++;
	decide(RECORD_GUARD_REJECT, "192.0.2.3", &done);
	assert_int_equal(done, 1);
	record.now += 7 * HOUR;
	see_callout("192.0.2.4", 1);
	sweep(&record);
	assert_false(is_in_callouts("192.0.2.3"));
	assert_int_equal(
	    listing_of(&record, "192.0.2.3").callout_pending_at, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(the_guard_holds_back_what_is_too_much),
		EAGER(a_second_trap_lets_go_what_waited_six_hours),
		EAGER(a_large_list_may_grow_by_as_much_as_it_was),
		EAGER(nobody_waits_to_leave),
		EAGER(a_removal_ends_what_is_pending),
		EAGER(the_operator_lets_go_what_is_pending),
		EAGER(the_operator_rejects_what_is_pending),
		EAGER(what_is_rejected_stays_listed_by_hand),
		EAGER(callouts_have_to_pass_the_guard),
		EAGER(a_flood_of_callouts_holds_no_bounces_back),
		EAGER(many_callouts_let_no_more_into_the_main_list),
		EAGER(a_second_trap_lets_go_callouts_that_waited_six_hours),
		EAGER(the_operator_decides_about_callouts),
		EAGER(decisions_are_logged_once_they_are_on_disk),
		EAGER(decisions_beyond_a_bound_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
