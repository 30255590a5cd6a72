#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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

/* A job of three steps, and how many others were done before each. */
struct stepped {
	struct writer_job job;
	struct writer *writer;
	int steps, before[3];
	sem_t done;
};

static void
run_step(struct writer_job *job, void *context)
{
	struct stepped *stepped = (struct stepped *)(void *)job;

	stepped->before[stepped->steps++] =
	    ((struct test_context *)context)->jobs;
}

static void
step_done(struct writer_job *job, void *context)
{
	struct stepped *stepped = (struct stepped *)(void *)job;

	(void)context;
	if (stepped->steps < 3)
		writer_again(stepped->writer, job);
	else
		sem_post(&stepped->done);
}

static void
a_job_of_several_steps_lets_others_have_their_turn(void **state)
{
	struct test_context context = { 0 };
	struct stepped stepped = { { run_step, step_done, NULL }, NULL, 0,
		{ 0 }, { { 0 } } };
	struct test_job jobs[3];
	sem_t gate;

	(void)state;
	sem_init(&gate, 0, 0);
	sem_init(&stepped.done, 0, 0);
	assert_int_equal(writer_start(turn, &context, &stepped.writer), 0);
	/* The first holds the thread until all of them wait. */
	for (int i = 0; i < 3; i++) {
		init_job(&jobs[i], i == 0 ? &gate : NULL);
		assert_true(writer_reserve(stepped.writer));
		writer_submit(stepped.writer, &jobs[i].job);
		if (i == 0) {
			assert_true(writer_reserve(stepped.writer));
			writer_submit(stepped.writer, &stepped.job);
		}
	}
	sem_post(&gate);
	/* Its steps are finished though the writer stops meanwhile. */
	writer_stop(stepped.writer);
	assert_int_equal(sem_trywait(&stepped.done), 0);
	assert_int_equal(stepped.before[0], 1);
	assert_int_equal(stepped.before[1], 3);
	assert_int_equal(stepped.before[2], 3);
	assert_int_equal(writer_waiting(stepped.writer), 0);
	writer_free(stepped.writer);
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
		cmocka_unit_test(
		    a_job_of_several_steps_lets_others_have_their_turn),
		cmocka_unit_test(a_full_queue_says_so_and_empties_again),
		cmocka_unit_test(finishes_what_is_queued_before_it_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
