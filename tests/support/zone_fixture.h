#ifndef TESTS_SUPPORT_ZONE_FIXTURE_H
#define TESTS_SUPPORT_ZONE_FIXTURE_H

/*
 * A database with a write transaction for tests of the published zone. Include
 * it after cmocka.h.
 */

#include "db/zonedata.h"
#include "tests/support/addresses.h"
#include "tests/support/test_store.h"

#define START TEST_NOW

struct fixture {
	struct test_store test;
	struct store_txn *txn;
};

static inline int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	test_store_open(&fixture->test);
	assert_int_equal(
	    store_begin_write(fixture->test.store, &fixture->txn), 0);
	*state = fixture;
	return 0;
}

static inline int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	store_abort(fixture->txn);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

/* Commits what was done and begins anew. */
static inline void
next_transaction(struct fixture *fixture)
{
	assert_int_equal(store_commit(fixture->txn), 0);
	assert_int_equal(
	    store_begin_write(fixture->test.store, &fixture->txn), 0);
}

static inline uint32_t
serial_of(struct fixture *fixture)
{
	struct zone_version version;

	assert_int_equal(meta_zone_version(fixture->txn, &version), 0);
	return version.serial;
}

static inline int
get(struct fixture *fixture, const struct zonekey *key, struct zone_node *node)
{
	struct octets value;
	int error = store_get(
	    fixture->txn, TABLE_ZONE, OCTETS(key->octets, key->len), &value);

	if (error != 0)
		return error;
	assert_int_equal(zonedata_decode(value, node), 0);
	return 0;
}

static inline unsigned
changes(struct fixture *fixture)
{
	return (unsigned)store_count(fixture->txn, TABLE_JOURNAL);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
