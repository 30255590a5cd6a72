#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/clock.h"
#include "ingest/job_queue.h"

struct number {
	struct job job;
	unsigned value;
};

static void
put(struct job_queue *queue, struct number *number, unsigned value)
{
	number->value = value;
	job_queue_put(queue, &number->job);
}

static unsigned
value_of(const struct job *job)
{
	return ((const struct number *)job)->value;
}

static void
keeps_the_order(void **state)
{
	struct number numbers[5];
	struct job_queue queue;
	struct job *job;
	unsigned expected = 1;

	(void)state;
	job_queue_init(&queue);
	for (unsigned i = 0; i < 5; i++)
		put(&queue, &numbers[i], i);
	assert_int_equal(value_of(job_queue_take(&queue)), 0);
	for (job = job_queue_take_all(&queue); job != NULL; job = job->next)
		assert_int_equal(value_of(job), expected++);
	assert_int_equal(expected, 5);
	assert_null(job_queue_take_all(&queue));
	/* It goes on after having been empty. */
	put(&queue, &numbers[0], 7);
	put(&queue, &numbers[1], 8);
	assert_int_equal(value_of(job_queue_take(&queue)), 7);
	assert_int_equal(value_of(job_queue_take(&queue)), 8);
	job_queue_deinit(&queue);
}

static void
takes_a_list_behind_what_waits(void **state)
{
	struct number numbers[5];
	struct job_queue queue;
	unsigned expected = 0;

	(void)state;
	job_queue_init(&queue);
	job_queue_put_all(&queue, NULL);
	assert_null(job_queue_take_all(&queue));
	put(&queue, &numbers[0], 0);
	for (unsigned i = 1; i < 4; i++) {
		numbers[i].value = i;
		numbers[i].job.next = i < 3 ? &numbers[i + 1].job : NULL;
	}
	job_queue_put_all(&queue, &numbers[1].job);
	put(&queue, &numbers[4], 4);
	for (struct job *job = job_queue_take_all(&queue); job != NULL;
	     job = job->next)
		assert_int_equal(value_of(job), expected++);
	assert_int_equal(expected, 5);
	job_queue_deinit(&queue);
}

static void
empties_before_it_is_closed(void **state)
{
	struct number number;
	struct job_queue queue;

	(void)state;
	job_queue_init(&queue);
	put(&queue, &number, 3);
	job_queue_close(&queue);
	assert_true(job_queue_wait(&queue, INT64_MAX));
	assert_int_equal(value_of(job_queue_take(&queue)), 3);
	assert_null(job_queue_take(&queue));
	assert_false(job_queue_wait(&queue, INT64_MAX));
	job_queue_deinit(&queue);
}

static void
waits_no_longer_than_it_is_told(void **state)
{
	struct job_queue queue;
	int64_t now = clock_monotonic_ms();

	(void)state;
	job_queue_init(&queue);
	assert_true(job_queue_wait(&queue, now - 1000));
	assert_true(job_queue_wait(&queue, now + 30));
	assert_true(clock_monotonic_ms() >= now + 30);
	job_queue_deinit(&queue);
}

/* Takes until the queue is closed; the sum of what it took. */
static void *
sum_up(void *context)
{
	uintptr_t sum = 0;
	struct job *job;

	while ((job = job_queue_take(context)) != NULL)
		sum += value_of(job);
	return (void *)sum;
}

static void
loses_nothing_between_threads(void **state)
{
	enum { JOBS = 10000, THREADS = 3 };
	struct number *numbers = calloc(JOBS, sizeof(*numbers));
	pthread_t threads[THREADS];
	struct job_queue queue;
	uintptr_t sum = 0;

	(void)state;
	assert_non_null(numbers);
	job_queue_init(&queue);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, sum_up, &queue), 0);
	for (unsigned i = 0; i < JOBS; i++)
		put(&queue, &numbers[i], i);
	job_queue_close(&queue);
	for (unsigned i = 0; i < THREADS; i++) {
		void *part;

		assert_int_equal(pthread_join(threads[i], &part), 0);
		sum += (uintptr_t)part;
	}
	assert_int_equal(sum, (uintptr_t)JOBS * (JOBS - 1) / 2);
	job_queue_deinit(&queue);
	free(numbers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_order),
		cmocka_unit_test(takes_a_list_behind_what_waits),
		cmocka_unit_test(empties_before_it_is_closed),
		cmocka_unit_test(waits_no_longer_than_it_is_told),
		cmocka_unit_test(loses_nothing_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
