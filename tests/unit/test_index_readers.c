#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "tests/support/index_fixture.h"

/* One thread keeps the index, others look at it. */

/* Of addresses that come and go. */
static bool
same_texts(struct fixture *fixture, unsigned count)
{
	bool has_index = both_begin(fixture);

	while (count-- > 0) {
		struct zonekey key;

		random_key(&fixture->chance, &key);
		same_text(fixture, &key);
		sched_yield();
	}
	both_end(fixture);
	return has_index;
}

/* Enough that what is replaced is thrown away in between. */
#define LITTERING 60

static void *
follow_many(void *context)
{
	struct fixture *fixture = context;

	for (unsigned i = 0; i < LITTERING; i++) {
		change_some(fixture, 200);
		follow(fixture);
	}
	return NULL;
}

static void
keeps_what_a_reader_looks_at(void **state)
{
	struct fixture *fixture = *state;
	struct asker own;
	pthread_t keeper;

	asker_init(&own, NULL, 4);
	change_some(fixture, 200);
	follow(fixture);
	assert_true(both_begin(fixture));
	assert_int_equal(
	    pthread_create(&keeper, NULL, follow_many, fixture), 0);
	for (unsigned i = 0; i < 5000; i++) {
		struct zonekey key;

		random_key(&own, &key);
		same_text(fixture, &key);
		sched_yield();
	}
	/* It waits for us before it throws anything away. */
	assert_int_equal(figures(fixture).tidied, 0);
	both_end(fixture);
	pthread_join(keeper, NULL);
	assert_true(figures(fixture).tidied > 0);
	assert_true(same_answers(fixture, 100));
}

struct keeping {
	struct fixture *fixture;
	atomic_bool stop;
	int result;
};

static void *
keep(void *context)
{
	struct keeping *keeping = context;

	while (!atomic_load(&keeping->stop) && keeping->result >= 0) {
		keeping->result = index_step(keeping->fixture->index);
		index_await_call(keeping->fixture->index, 1);
	}
	return NULL;
}

static void
answers_right_while_it_is_changed(void **state)
{
	struct fixture *fixture = *state;
	struct keeping keeping = { .fixture = fixture };
	unsigned with_index = 0;
	pthread_t keeper;

	assert_int_equal(pthread_create(&keeper, NULL, keep, &keeping), 0);
	for (unsigned round = 0; round < 300; round++) {
		change_some(fixture, 1 + number(fixture, 10));
		with_index += same_texts(fixture, 100);
		with_index += same_texts(fixture, 100);
	}
	atomic_store(&keeping.stop, true);
	index_call(fixture->index);
	pthread_join(keeper, NULL);
	assert_true(keeping.result >= 0);
	assert_true(with_index > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(keeps_what_a_reader_looks_at),
		test(answers_right_while_it_is_changed),
	};

	return cmocka_run_group_tests_name("index_readers", tests, NULL, NULL);
}
