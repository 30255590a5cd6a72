#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>

#include "httpapi/writer.h"

struct test_job {
	struct writer_job job;
	sem_t *gate; /* waited for while it runs; NULL: not */
	int order;   /* in which it ran */
	sem_t done;
};

struct test_context {
	int jobs;
	_Atomic int rounds;
};

static void
run(struct writer_job *job, void *context)
{
	struct test_job *test = (struct test_job *)(void *)job;
	struct test_context *shared = context;

	if (test->gate != NULL)
		sem_wait(test->gate);
	test->order = ++shared->jobs;
}

static void
done(struct writer_job *job, void *context)
{
	struct test_job *test = (struct test_job *)(void *)job;

	(void)context;
	sem_post(&test->done);
}

static void
turn(void *context)
{
	struct test_context *shared = context;

	shared->rounds++;
}

static void
init_job(struct test_job *test, sem_t *gate)
{
	memset(test, 0, sizeof(*test));
	test->job.run = run;
	test->job.done = done;
	test->gate = gate;
	sem_init(&test->done, 0, 0);
}

static void
does_jobs_in_the_order_they_came(void **state)
{
	struct test_context context = { 0 };
	struct test_job jobs[10];
	struct writer *writer;

	(void)state;
	assert_int_equal(writer_start(turn, &context, &writer), 0);
	for (int i = 0; i < 10; i++) {
		init_job(&jobs[i], NULL);
		assert_true(writer_reserve(writer));
		writer_submit(writer, &jobs[i].job);
	}
	for (int i = 0; i < 10; i++) {
		sem_wait(&jobs[i].done);
		assert_int_equal(jobs[i].order, i + 1);
	}
	writer_stop(writer);
	writer_free(writer);
}

static void
a_full_queue_says_so_and_empties_again(void **state)
{
	struct test_context context = { 0 };
	static struct test_job jobs[1000];
	struct writer *writer;
	int taken = 0;
	sem_t gate;

	(void)state;
	sem_init(&gate, 0, 0);
	assert_int_equal(writer_start(turn, &context, &writer), 0);
	while (taken < 1000 && writer_reserve(writer)) {
		init_job(&jobs[taken], &gate);
		writer_submit(writer, &jobs[taken++].job);
	}
	assert_in_range(taken, 2, 999);
	assert_int_equal(writer_waiting(writer), taken);
	for (int i = 0; i < taken; i++)
		sem_post(&gate);
	for (int i = 0; i < taken; i++)
		sem_wait(&jobs[i].done);
	writer_stop(writer);
	writer_free(writer);
	assert_int_equal(context.jobs, taken);
}

static void
finishes_what_is_queued_before_it_stops(void **state)
{
	struct test_context context = { 0 };
	struct test_job jobs[5];
	struct writer *writer;

	(void)state;
	assert_int_equal(writer_start(turn, &context, &writer), 0);
	for (int i = 0; i < 5; i++) {
		init_job(&jobs[i], NULL);
		assert_true(writer_reserve(writer));
		writer_submit(writer, &jobs[i].job);
	}
	writer_stop(writer);
	writer_free(writer);
	for (int i = 0; i < 5; i++)
		assert_int_equal(sem_trywait(&jobs[i].done), 0);
	writer_stop(NULL);
	writer_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_jobs_in_the_order_they_came),
		cmocka_unit_test(a_full_queue_says_so_and_empties_again),
		cmocka_unit_test(finishes_what_is_queued_before_it_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
