#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpapi/deadline.h"

static void
open_pair(int pair[2])
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
}

/* Does the other end see the end? */
static bool
is_over(int fd)
{
	char octet;

	return read(fd, &octet, 1) == 0;
}

static void
ends_what_is_late_and_nothing_else(void **state)
{
	struct deadlines deadlines;
	struct deadline late = { 0 }, early = { 0 };
	int one[2], other[2];

	(void)state;
	open_pair(one);
	open_pair(other);
	deadlines_init(&deadlines);
	atomic_store(&late.at_ms, 1000);
	atomic_store(&early.at_ms, 2000);
	deadline_add(&deadlines, &late, one[0]);
	deadline_add(&deadlines, &early, other[0]);

	assert_int_equal(deadlines_expire(&deadlines, 999), 0);
	assert_false(is_over(one[1]));
	assert_int_equal(deadlines_expire(&deadlines, 1000), 1);
	assert_true(is_over(one[1]));
	assert_false(is_over(other[1]));
	/* It is not ended again and again. */
	assert_int_equal(deadlines_expire(&deadlines, 1500), 0);
	/* More time was given meanwhile. */
	atomic_store(&early.at_ms, 9000);
	assert_int_equal(deadlines_expire(&deadlines, 2000), 0);
	assert_false(is_over(other[1]));

	deadline_remove(&deadlines, &late);
	deadline_remove(&deadlines, &early);
	deadlines_deinit(&deadlines);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(other[i]);
	}
}

static void
what_was_removed_is_left_alone(void **state)
{
	struct deadlines deadlines;
	struct deadline all[3] = { { 0 } };
	int pairs[3][2];

	(void)state;
	deadlines_init(&deadlines);
	for (int i = 0; i < 3; i++) {
		open_pair(pairs[i]);
		atomic_store(&all[i].at_ms, 1);
		deadline_add(&deadlines, &all[i], pairs[i][0]);
	}
	deadline_remove(&deadlines, &all[1]);
	assert_int_equal(deadlines_expire(&deadlines, 5), 2);
	assert_false(is_over(pairs[1][1]));
	deadline_remove(&deadlines, &all[2]);
	deadline_remove(&deadlines, &all[0]);
	assert_int_equal(deadlines_expire(&deadlines, 5), 0);
	deadlines_deinit(&deadlines);
	for (int i = 0; i < 3; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
}

/* The library waits like that. */
static int
watch(int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(0);

	assert_true(epoll >= 0);
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	return epoll;
}

static bool
is_woken(int epoll)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, 0) == 1;
}

static void
wakes_who_did_not_see_the_end_once(void **state)
{
	struct deadlines deadlines;
	struct deadline gone = { 0 }, here = { 0 };
	int one[2], other[2], epoll;
	char octets[8];

	(void)state;
	open_pair(one);
	open_pair(other);
	deadlines_init(&deadlines);
	deadline_add(&deadlines, &gone, one[0]);
	deadline_add(&deadlines, &here, other[0]);
	epoll = watch(one[0]);

	assert_int_equal(write(one[1], "half", 4), 4);
	close(one[1]);
	assert_true(is_woken(epoll));
	assert_int_equal(read(one[0], octets, 2), 2);
	assert_false(is_woken(epoll));
	deadlines_rouse(&deadlines);
	assert_true(is_woken(epoll));
	assert_true(gone.roused);
	assert_false(here.roused);
	/* What was sent before is still there. */
	assert_int_equal(read(one[0], octets, 8), 2);
	assert_int_equal(read(one[0], octets, 8), 0);
	deadlines_rouse(&deadlines);
	assert_false(is_woken(epoll));

	deadline_remove(&deadlines, &gone);
	deadline_remove(&deadlines, &here);
	deadlines_deinit(&deadlines);
	close(epoll);
	close(one[0]);
	close(other[0]);
	close(other[1]);
}

static void
looks_at_more_than_a_batch(void **state)
{
	enum { MANY = 150 };
	static struct deadline many[MANY];
	static int pairs[MANY][2];
	struct deadlines deadlines;

	(void)state;
	deadlines_init(&deadlines);
	for (int i = 0; i < MANY; i++) {
		open_pair(pairs[i]);
		deadline_add(&deadlines, &many[i], pairs[i][0]);
		if (i % 2 == 0)
			close(pairs[i][1]);
	}
	deadlines_rouse(&deadlines);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(many[i].roused, i % 2 == 0);
		deadline_remove(&deadlines, &many[i]);
		close(pairs[i][0]);
		if (i % 2 != 0)
			close(pairs[i][1]);
	}
	deadlines_deinit(&deadlines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_what_is_late_and_nothing_else),
		cmocka_unit_test(what_was_removed_is_left_alone),
		cmocka_unit_test(wakes_who_did_not_see_the_end_once),
		cmocka_unit_test(looks_at_more_than_a_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
