#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "common/error.h"
#include "ingest/acceptor.h"
#include "tests/support/capture.h"
#include "tests/support/scratch.h"

/* Clients come through a local socket in a directory of the test's own. */
struct fixture {
	char directory[SCRATCH_MAX], path[SCRATCH_MAX + 16];
	struct event_base *base;
	struct acceptor *acceptor;
	unsigned came;
	sa_family_t family;
	int last_fd;
};

static void
note_caller(void *context, int fd, const struct sockaddr *address)
{
	struct fixture *fixture = context;

	fixture->came++;
	fixture->family = address->sa_family;
	fixture->last_fd = fd;
	close(fd);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	assert_true(scratch_make(fixture->directory));
	snprintf(fixture->path, sizeof(fixture->path), "%s/socket",
	    fixture->directory);
	fixture->base = event_base_new();
	assert_non_null(fixture->base);
	fixture->acceptor = acceptor_new(fixture->base);
	assert_non_null(fixture->acceptor);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	acceptor_free(fixture->acceptor);
	event_base_free(fixture->base);
	unlink(fixture->path);
	rmdir(fixture->directory);
	free(fixture);
	return 0;
}

static int
connect_to(const struct fixture *fixture)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, fixture->path);
	assert_true(fd >= 0);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* What was logged meanwhile has that in it. */
static void
end_with(struct capture *capture, const char *said)
{
	char *text = capture_end(capture);

	assert_non_null(strstr(text, said));
	free(text);
}

static void
go_round(const struct fixture *fixture, int flags)
{
	assert_true(event_base_loop(fixture->base, flags) >= 0);
}

static void
listen_there(struct fixture *fixture)
{
	struct capture capture = capture_begin(STDERR_FILENO);

	assert_int_equal(acceptor_listen(fixture->acceptor, fixture->path,
			     "test", note_caller, fixture),
	    0);
	end_with(&capture, "listening protocol=test");
}

static void
lets_nobody_in_before_it_begins(void **state)
{
	struct fixture *fixture = *state;
	int first, second;

	assert_false(acceptor_listens(fixture->acceptor));
	listen_there(fixture);
	assert_true(acceptor_listens(fixture->acceptor));
	first = connect_to(fixture);
	second = connect_to(fixture);
	go_round(fixture, EVLOOP_NONBLOCK);
	assert_int_equal(fixture->came, 0);
	acceptor_begin(fixture->acceptor);
	go_round(fixture, EVLOOP_ONCE);
	assert_int_equal(fixture->came, 2);
	assert_int_equal(fixture->family, AF_UNIX);
	close(first);
	close(second);
}

static void
says_why_it_cannot_listen(void **state)
{
	struct fixture *fixture = *state;
	struct capture capture = capture_begin(STDERR_FILENO);

	assert_int_equal(acceptor_listen(fixture->acceptor, "nowhere", "test",
			     note_caller, fixture),
	    ERROR_FORMAT);
	end_with(&capture, "nowhere");
	assert_false(acceptor_listens(fixture->acceptor));
}

/* The client is let in when there are descriptors again. */
static void
waits_for_descriptors(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit limit, none;
	struct capture capture;
	int client;

	listen_there(fixture);
	acceptor_begin(fixture->acceptor);
	client = connect_to(fixture);
	capture = capture_begin(STDERR_FILENO);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	go_round(fixture, EVLOOP_ONCE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	end_with(&capture, "accept_failed");
	assert_int_equal(fixture->came, 0);
	/* The end of the pause, then the client. */
	while (fixture->came == 0)
		go_round(fixture, EVLOOP_ONCE);
	assert_int_equal(fixture->came, 1);
	close(client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    lets_nobody_in_before_it_begins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    says_why_it_cannot_listen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    waits_for_descriptors, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
