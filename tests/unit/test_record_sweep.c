#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/trap.h"
#include "tests/support/one_record.h"

/*
 * What the sweep does beside listings and evidence: traps become active, and
 * the audit learns of other numbers.
 */
#define YEAR (365 * DAY)

/* --- the audit ------------------------------------------------------------ */

struct told {
	const char *what;
	unsigned count;
	char details[1024];
};

static int
note_told(const struct audit_entry *entry, void *context)
{
	struct told *told = context;

	if (strcmp(entry->what, told->what) != 0)
		return 0;
	told->count++;
	strncat(told->details, entry->details,
	    sizeof(told->details) - strlen(told->details) - 2);
	strcat(told->details, ";");
	return 0;
}

static struct told
told_of(const char *what)
{
	struct store_txn *txn = begin(&record);
	struct told told = { .what = what };

	assert_int_equal(audit_newest(txn, note_told, &told), 0);
	store_abort(txn);
	return told;
}

static void
other_numbers_are_told_once(void **state)
{
	(void)state;
	sweep(&record);
	assert_int_equal(told_of("policy_in_force").count, 1);
	record.rules.policy.list_score = 9;
	record.rules.policy.submission_weight = 0.5;
	record.rules.policy.conditioning_seconds = 60;
	record.rules.guard_additions = 7;
	record.rules.guard_seconds = 5;
	sweep(&record);
	sweep(&record);
	assert_int_equal(told_of("policy_changed").count, 1);
	assert_string_equal(told_of("policy_changed").details,
	    "submission_weight=0.25>0.5 list_score=1.4>9 "
	    "conditioning_seconds=31536000s>60s guard_additions=2000>7 "
	    "guard_seconds=600>5;");
	assert_int_equal(told_of("policy_in_force").count, 1);
}

static void
many_numbers_are_told_in_many_lines(void **state)
{
	struct told told;

	(void)state;
	sweep(&record);
	assert_int_equal(policy_preset("large", &record.rules.policy), 0);
	sweep(&record);
	told = told_of("policy_changed");
	assert_true(told.count > 1);
	assert_non_null(strstr(told.details, "preset=small>large"));
	assert_non_null(strstr(told.details, "list_score=1.4>2"));
	assert_non_null(strstr(told.details, "corroborating_networks=3>5"));
}

/* --- traps ---------------------------------------------------------------- */

static enum trap_state
trap_state_of(const char *mailbox)
{
	struct store_txn *txn = begin(&record);
	struct trap trap;

	assert_int_equal(trap_find(txn, mailbox, &trap), TRAP_MATCH_TRAP);
	store_abort(txn);
	return trap.state;
}

static void
add_trap(const char *pattern, enum trap_state state)
{
	struct store_txn *txn = begin(&record);
	struct trap trap;

	assert_int_equal(trap_add(txn, pattern, record.now, &trap), 0);
	assert_int_equal(
	    trap_set(txn, pattern,
		&(struct trap_change){ (int)state, TRAP_KEEP, NULL },
		record.now, &trap),
	    0);
	commit(&record, txn, 0);
}

static void
a_conditioned_trap_becomes_active_after_a_year(void **state)
{
	(void)state;
	add_trap("@old.example", TRAP_CONDITIONING);
	add_trap("@gone.example", TRAP_RETIRED);
	record.now += YEAR - 1;
	sweep(&record);
	assert_int_equal(trap_state_of("a@old.example"), TRAP_CONDITIONING);
	record.now += HOUR;
	sweep(&record);
	assert_int_equal(trap_state_of("a@old.example"), TRAP_ACTIVE);
	assert_int_equal(trap_state_of("a@gone.example"), TRAP_RETIRED);
	assert_string_equal(told_of("trap_set").details,
	    "trap=@old.example state=active weight=100 reason=conditioned;");
}

static void
conditioning_anew_takes_as_long_again(void **state)
{
	struct store_txn *txn;
	struct trap trap;

	(void)state;
	add_trap("@old.example", TRAP_ACTIVE);
	record.now += YEAR;
	txn = begin(&record);
	assert_int_equal(
	    trap_set(txn, "@old.example",
		&(struct trap_change){ TRAP_CONDITIONING, TRAP_KEEP, NULL },
		record.now, &trap),
	    0);
	commit(&record, txn, 0);
	record.now += YEAR - HOUR;
	sweep(&record);
	assert_int_equal(trap_state_of("a@old.example"), TRAP_CONDITIONING);
	record.now += HOUR;
	sweep(&record);
	assert_int_equal(trap_state_of("a@old.example"), TRAP_ACTIVE);
}

static void
a_clock_that_was_ahead_delays_nothing(void **state)
{
	(void)state;
	add_trap("@old.example", TRAP_CONDITIONING);
	record.rules.policy.conditioning_seconds = DAY;
	record.now += DAY - 1;
	sweep(&record);
	record.now -= HOUR;
	sweep(&record);
	record.now += 2 * HOUR;
	sweep(&record);
	assert_int_equal(trap_state_of("a@old.example"), TRAP_ACTIVE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SMALL(other_numbers_are_told_once),
		SMALL(many_numbers_are_told_in_many_lines),
		SMALL(a_conditioned_trap_becomes_active_after_a_year),
		SMALL(conditioning_anew_takes_as_long_again),
		SMALL(a_clock_that_was_ahead_delays_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
