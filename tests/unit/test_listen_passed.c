#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/listen.h"
#include "common/listen_passed.h"
#include "tests/support/capture.h"

/*
 * As systemd would: descriptors 3 and 4 are datagram sockets of one address, 5
 * listens there, 6 has an address that nobody asks for.
 */
static char where[LISTEN_TEXT_MAX];

static int
open_at(const char *text, int type)
{
	struct listen_address address;
	int fd = socket(AF_INET, type, 0), yes = 1;

	assert_int_equal(listen_parse(text, &address), 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	assert_int_equal(bind(fd, (void *)&address.sa, address.len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static int
pass_sockets(void **state)
{
	char number[16];

	(void)state;
	closefrom(3); /* whoever started us may have left some open */
	assert_int_equal(open_at("127.0.0.1:0", SOCK_DGRAM), 3);
	listen_format(3, where);
	assert_int_equal(open_at(where, SOCK_DGRAM), 4);
	assert_int_equal(open_at(where, SOCK_STREAM), 5);
	assert_int_equal(open_at("127.0.0.2:0", SOCK_STREAM), 6);
	snprintf(number, sizeof(number), "%ld", (long)getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDS", "4", 1);
	return 0;
}

static void
knows_what_was_passed_in(void **state)
{
	(void)state;
	assert_int_equal(listen_passed_count(where, LISTEN_DATAGRAM), 2);
	assert_int_equal(listen_passed_count(where, LISTEN_STREAM), 1);
	assert_int_equal(listen_passed_count("127.0.0.3:1", LISTEN_STREAM), 0);
	assert_int_equal(listen_passed_count("no address", LISTEN_STREAM), 0);
	assert_null(getenv("LISTEN_FDS"));
}

static void
takes_it_before_it_binds(void **state)
{
	int fd = listen_open(where, LISTEN_STREAM);

	(void)state;
	assert_int_equal(fd, 5);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void
shares_it_evenly(void **state)
{
	char text[LISTEN_TEXT_MAX];
	int third;

	(void)state;
	assert_int_equal(listen_open(where, LISTEN_DATAGRAM), 3);
	assert_int_equal(listen_open(where, LISTEN_DATAGRAM), 4);
	third = listen_open(where, LISTEN_DATAGRAM);
	assert_true(third > 6);
	assert_string_equal(listen_format(third, text), where);
}

static void
warns_of_what_nobody_took(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	char *said;

	(void)state;
	listen_passed_check();
	said = capture_end(&capture);
	assert_non_null(strstr(said, "socket_unused address=127.0.0.2:"));
	assert_null(strstr(said, where));
	free(said);
}

static void
binds_what_was_not_passed_in(void **state)
{
	int fd = listen_open("127.0.0.1:0", LISTEN_STREAM);

	(void)state;
	assert_true(fd > 6);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_was_passed_in),
		cmocka_unit_test(takes_it_before_it_binds),
		cmocka_unit_test(shares_it_evenly),
		cmocka_unit_test(warns_of_what_nobody_took),
		cmocka_unit_test(binds_what_was_not_passed_in),
	};

	return cmocka_run_group_tests(tests, pass_sockets, NULL);
}
