#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "httpapi/reader.h"
#include "tests/support/test_store.h"

#define TAKERS 4
#define TAKES 500

struct fixture {
	struct test_store test;
	struct zone_settings zone;
	struct readers *readers;
	atomic_int finished, faults;
};

static void
apply(struct fixture *f, uint32_t ttl_seconds)
{
	struct store_txn *txn;

	f->zone.ttl_seconds = ttl_seconds;
	assert_int_equal(store_begin_write(f->test.store, &txn), 0);
	assert_int_equal(zone_settings_apply(txn, &f->zone, TEST_NOW), 0);
	assert_int_equal(store_commit(txn), 0);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	test_store_open(&f->test);
	f->zone.origin_len =
	    (size_t)dname_parse("bl.example.test", f->zone.origin);
	dname_parse("hostmaster.example.test", f->zone.contact);
	dname_parse("ns.example.net", f->zone.servers[0].name);
	f->zone.server_count = 1;
	f->zone.negative_ttl_seconds = 300;
	strcpy(f->zone.text, "{kinds} {seen} {url}");
	strcpy(f->zone.portal, "https://bl.example.test/l/");
	apply(f, 600);
	assert_int_equal(readers_new(f->test.store, &f->readers), 0);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	readers_free(f->readers);
	test_store_close(&f->test);
	free(f);
	return 0;
}

static void
one_is_used_again_and_sees_what_is_new(void **state)
{
	struct fixture *f = *state;
	struct reader *one, *again;

	assert_int_equal(reader_take(f->readers, &one), 0);
	assert_int_equal(one->zone.ttl_seconds, 600);
	assert_string_equal(one->zone_name, "bl.example.test");
	reader_give(f->readers, one);
	apply(f, 900);
	assert_int_equal(reader_take(f->readers, &again), 0);
	assert_ptr_equal(again, one);
	assert_int_equal(again->zone.ttl_seconds, 900);
	reader_give(f->readers, again);
}

static void
at_rest_it_pins_no_version(void **state)
{
	struct fixture *f = *state;
	struct reader *one, *again;

	assert_int_equal(reader_take(f->readers, &one), 0);
	reader_give(f->readers, one);
	assert_true(one->open);
	readers_rest(f->readers);
	assert_false(one->open);
	assert_int_equal(reader_take(f->readers, &again), 0);
	assert_ptr_equal(again, one);
	assert_true(again->open);
	reader_give(f->readers, again);
}

/* A page within a page. */
static void
a_thread_may_take_two(void **state)
{
	struct fixture *f = *state;
	struct reader *one, *other;

	assert_int_equal(reader_take(f->readers, &one), 0);
	assert_int_equal(reader_take(f->readers, &other), 0);
	assert_ptr_not_equal(one, other);
	assert_int_equal(other->zone.ttl_seconds, 600);
	reader_give(f->readers, other);
	reader_give(f->readers, one);
}

static void *
take_many(void *context)
{
	struct fixture *f = context;
	struct reader *reader;

	for (int i = 0; i < TAKES; i++) {
		if (reader_take(f->readers, &reader) != 0) {
			f->faults++;
			continue;
		}
		f->faults += !reader->open || reader->zone.ttl_seconds < 600;
		reader_give(f->readers, reader);
	}
	f->finished++;
	return NULL;
}

static void
threads_take_while_others_are_put_to_rest(void **state)
{
	struct fixture *f = *state;
	pthread_t takers[TAKERS];
	uint32_t ttl = 600;

	for (int i = 0; i < TAKERS; i++)
		assert_int_equal(
		    pthread_create(&takers[i], NULL, take_many, f), 0);
	while (f->finished < TAKERS) {
		readers_rest(f->readers);
		apply(f, ++ttl);
	}
	for (int i = 0; i < TAKERS; i++)
		pthread_join(takers[i], NULL);
	assert_int_equal(f->faults, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    one_is_used_again_and_sees_what_is_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    at_rest_it_pins_no_version, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_thread_may_take_two, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    threads_take_while_others_are_put_to_rest, set_up,
		    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
