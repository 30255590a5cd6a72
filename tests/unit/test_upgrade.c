#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/audit.h"
#include "db/guard.h"
#include "db/session.h"
#include "db/sighting.h"
#include "db/trap.h"
#include "db/upgrade.h"
#include "tests/support/one_record.h"

/*
 * The database is made in today's format and then written back, record by
 * record, as format 1 had it.
 */

/* Each record of a table again: of that version, and so many octets less. */
static void
shorten(
    struct store_txn *txn, enum store_table table, uint8_t version, size_t less)
{
	struct store_cursor *cursor;
	struct octets key, value;
	uint8_t keys[64][64], old[1024];
	size_t lens[64], count = 0;
	int code;

	assert_int_equal(store_cursor_open(txn, table, &cursor), 0);
	for (code = store_move(cursor, STORE_FIRST, &key, &value); code == 0;
	     code = store_move(cursor, STORE_NEXT, &key, &value)) {
		assert_in_range(key.len, 1, 64);
		assert_in_range(count, 0, 63);
		memcpy(keys[count], key.data, key.len);
		lens[count++] = key.len;
	}
	store_cursor_close(cursor);
	while (count-- > 0) {
		key = OCTETS(keys[count], lens[count]);
		assert_int_equal(store_get(txn, table, key, &value), 0);
		if (table == TABLE_TRAP && keys[count][0] == 2)
			continue;
		memcpy(old, value.data, value.len);
		old[0] = version;
		assert_int_equal(
		    store_put(txn, table, key, OCTETS(old, value.len - less)),
		    0);
	}
}

static void
write_as_format_1(void)
{
	struct store_txn *txn = begin(&record);

	shorten(txn, TABLE_AUDIT, 1, META_CHAIN_LEN);
	shorten(txn, TABLE_TRAP, 1, 3);
	shorten(txn, TABLE_SIGHTING, 1, 1);
	assert_int_equal(store_delete(txn, TABLE_META, OCTETS("audit", 5)), 0);
	commit(&record, txn, 0);
}

static void
fill(void)
{
	struct store_txn *txn = begin(&record);
	struct trap trap;

	assert_int_equal(trap_add(txn, "@one.example", record.now, &trap), 0);
	assert_int_equal(trap_add(txn, "a@two.example", record.now, &trap), 0);
	commit(&record, txn, 0);
	for (int i = 1; i <= 20; i++) {
		char address[24];

		snprintf(address, sizeof(address), "192.0.2.%d", i);
		see(&record, address, trap.id);
	}
	/* None before format 6 counted whom the main list has. */
	txn = begin(&record);
	assert_int_equal(store_delete(txn, TABLE_META, OCTETS("listed", 6)), 0);
	commit(&record, txn, 0);
}

static void
count_progress(uint64_t done, uint64_t total, void *context)
{
	(void)done;
	(void)total;
	++*(int *)context;
}

static int
note_weight(const struct trap *trap, void *context)
{
	*(unsigned *)context += trap->weight;
	return 0;
}

static void
format_1_is_brought_up(void **state)
{
	struct ipaddr unit = address_of("192.0.2.7");
	struct sighting sighting;
	struct audit_ends before, after;
	struct store_txn *txn;
	unsigned weights = 0;
	int calls = 0;

	(void)state;
	fill();
	txn = begin(&record);
	assert_int_equal(audit_ends(txn, &before), 0);
	store_abort(txn);
	write_as_format_1();
	txn = begin(&record);
	assert_int_equal(upgrade_store(txn, 1, count_progress, &calls), 0);
	assert_int_equal(trap_list(txn, note_weight, &weights), 0);
	assert_int_equal(weights, 200);
	assert_int_equal(sighting_read(txn, &unit, 0, &sighting, 1), 1);
	assert_int_equal(sighting.event.discount, 0);
	assert_int_equal(audit_ends(txn, &after), 0);
	/* The chain is what it would have been. */
	assert_memory_equal(&before, &after, sizeof(before));
	commit(&record, txn, 0);
}

/* The guard had one record for all that it counts, of other length. */
static void
write_one_guard(struct store_txn *txn)
{
	static const uint8_t one[] = { 1, 0, 0, 0, 20 };

	assert_int_equal(
	    store_delete(txn, TABLE_META, OCTETS("guard main", 10)), 0);
	assert_int_equal(
	    store_delete(txn, TABLE_META, OCTETS("guard callout", 13)), 0);
	assert_int_equal(store_put(txn, TABLE_META, OCTETS("guard", 5),
			     OCTETS(one, sizeof(one))),
	    0);
}

static uint32_t
guard_has(struct store_txn *txn, enum guard_list list)
{
	uint32_t listed;

	assert_int_equal(guard_listed(txn, list, &listed), 0);
	return listed;
}

/* As format 5 had it: the guard counted no callouts, policy had less to see. */
static void
of_format_5_the_guard_counts_callouts_and_all_is_looked_at(void **state)
{
	struct octets value;
	struct ipaddr unit = address_of("192.0.2.7");
	struct sighting sighting;
	struct store_txn *txn;
	int calls = 0;

	(void)state;
	fill();
	see_callout("192.0.2.77", 1);
	txn = begin(&record);
	write_one_guard(txn);
	assert_int_equal(sighting_read(txn, &unit, 0, &sighting, 1), 1);
	assert_int_equal(sighting_remove(txn, &unit, sighting.id), 0);
	assert_int_equal(upgrade_store(txn, 5, count_progress, &calls), 0);
	assert_int_equal(sighting_read(txn, &unit, 0, &sighting, 1), 1);
	assert_int_equal(guard_has(txn, GUARD_MAIN), 20);
	assert_int_equal(guard_has(txn, GUARD_CALLOUTS), 1);
	assert_int_equal(store_get(txn, TABLE_META, OCTETS("guard", 5), &value),
	    ERROR_NOT_FOUND);
	commit(&record, txn, 0);
	assert_int_equal(listing_of(&record, "192.0.2.7").sightings, 1);
}

/* Other versions of bsbl did not write by which numbers they judged. */
static void
of_format_5_everybody_is_judged_anew(void **state)
{
	struct store_txn *txn;

	(void)state;
	fill();
	record.rules.policy.weight[GRADE_A] = 0;
	see(&record, "192.0.2.50", 1);
	record.rules.policy.weight[GRADE_A] = 1;
	sweep(&record);
	assert_int_equal(state_of("192.0.2.50"), LISTING_NONE);
	txn = begin(&record);
	assert_int_equal(upgrade_store(txn, 5, NULL, NULL), 0);
	commit(&record, txn, 0);
	sweep(&record);
	assert_int_equal(state_of("192.0.2.50"), LISTING_LISTED);
}

/* Format 6 began with it, and was never upgraded. */
static void
one_record_of_both_lists_is_counted_anew(void **state)
{
	struct store_txn *txn;

	(void)state;
	fill();
	see_callout("192.0.2.77", 1);
	txn = begin(&record);
	write_one_guard(txn);
	assert_int_equal(meta_change_listed(txn, 20), 0);
	assert_int_equal(guard_has(txn, GUARD_MAIN), 20);
	assert_int_equal(guard_has(txn, GUARD_CALLOUTS), 1);
	commit(&record, txn, 0);
	see_callout("192.0.2.78", 1);
	see(&record, "192.0.2.79", 1);
	txn = begin(&record);
	assert_int_equal(guard_has(txn, GUARD_MAIN), 21);
	assert_int_equal(guard_has(txn, GUARD_CALLOUTS), 2);
	store_abort(txn);
}

static int
has_no_reason(const struct trap *trap, void *context)
{
	assert_string_equal(trap->reason, "");
	assert_int_equal(trap->weight, 100);
	++*(int *)context;
	return 0;
}

static void
of_format_3_the_traps_alone_change(void **state)
{
	struct store_txn *txn;
	int traps = 0, calls = 0;

	(void)state;
	fill();
	txn = begin(&record);
	shorten(txn, TABLE_TRAP, 2, 2);
	assert_int_equal(upgrade_store(txn, 3, count_progress, &calls), 0);
	assert_int_equal(trap_list(txn, has_no_reason, &traps), 0);
	assert_int_equal(traps, 2);
	commit(&record, txn, 0);
}

static int
has_no_client(const struct session *session, void *context)
{
	static const struct ipaddr none;

	assert_memory_equal(&session->client, &none, sizeof(none));
	assert_string_equal(session->account, "alice");
	++*(int *)context;
	return 0;
}

/* Nobody is signed out by it, and listings are as they were. */
static void
of_format_4_the_sessions_alone_change(void **state)
{
	static const struct session_limits limits = { 1800, 43200 };
	struct ipaddr unit = address_of("192.0.2.7");
	struct account account = { .role = ROLE_VIEWER, .password = "hash" };
	struct listing before, after;
	uint8_t secret[SECRET_LEN];
	struct store_txn *txn;
	int sessions = 0;

	(void)state;
	fill();
	txn = begin(&record);
	strcpy(account.name, "alice");
	assert_int_equal(
	    account_add(txn, &account, NULL, "test", record.now), 0);
	assert_int_equal(account_get(txn, "alice", &account), 0);
	assert_int_equal(
	    session_begin(txn, &account, &unit, &limits, record.now, secret),
	    0);
	assert_int_equal(listing_get(txn, &unit, &before), 0);
	shorten(txn, TABLE_SESSION, 1, 16);
	assert_int_equal(upgrade_store(txn, 4, NULL, NULL), 0);
	assert_int_equal(
	    session_list(txn, &limits, record.now, has_no_client, &sessions),
	    0);
	assert_int_equal(sessions, 1);
	assert_int_equal(listing_get(txn, &unit, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	commit(&record, txn, 0);
}

static void
a_damaged_record_stops_it(void **state)
{
	struct store_txn *txn;
	uint8_t key[9] = { 1, 1, 2, 3, 4, 5, 6, 7, 8 };

	(void)state;
	fill();
	write_as_format_1();
	txn = begin(&record);
	assert_int_equal(
	    store_put(txn, TABLE_TRAP, OCTETS(key, sizeof(key)), OCTETS("", 0)),
	    0);
	assert_int_equal(upgrade_store(txn, 1, NULL, NULL), ERROR_DAMAGED);
	store_abort(txn);
	txn = begin(&record);
	assert_int_equal(upgrade_store(txn, 1, NULL, NULL), 0);
	commit(&record, txn, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EAGER(format_1_is_brought_up),
		EAGER(of_format_3_the_traps_alone_change),
		EAGER(
		    of_format_5_the_guard_counts_callouts_and_all_is_looked_at),
		EAGER(of_format_5_everybody_is_judged_anew),
		EAGER(one_record_of_both_lists_is_counted_anew),
		EAGER(of_format_4_the_sessions_alone_change),
		EAGER(a_damaged_record_stops_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
