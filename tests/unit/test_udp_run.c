#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "dnsd/udp.h"
#include "dnsd/udp_run.h"
#include "tests/support/dnsworker.h"

#define SOCKETS 2
#define FLOOD 150 /* more than a batch, and a socket can hold it */

/* RD, one question, bl.example.org SOA. */
#define QUERY "\1\0\0\1\0\0\0\0\0\0\2bl\7example\3org\0\0\6\0\1"
#define QUERY_LEN (2 + sizeof(QUERY) - 1)

struct fixture {
	int fds[SOCKETS], clients[SOCKETS], wake;
	struct udp_run *run;
	atomic_bool stop;
	pthread_t thread;
};

static int
bound(struct sockaddr_in *own)
{
	socklen_t len = sizeof(*own);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*own = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (struct sockaddr *)own, sizeof(*own)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)own, &len), 0);
	return fd;
}

static void *
run(void *context)
{
	struct fixture *fixture = context;

	udp_run(fixture->run, fixture->wake, &fixture->stop);
	return NULL;
}

static void
open_pair(struct fixture *fixture, unsigned i)
{
	static const struct timeval patience = { .tv_sec = 20 };
	struct sockaddr_in server, own;

	fixture->fds[i] = bound(&server);
	assert_int_equal(udp_prepare(fixture->fds[i]), 0);
	fixture->clients[i] = bound(&own);
	assert_int_equal(
	    connect(fixture->clients[i], (void *)&server, sizeof(server)), 0);
	setsockopt(fixture->clients[i], SOL_SOCKET, SO_RCVTIMEO, &patience,
	    sizeof(patience));
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	for (unsigned i = 0; i < SOCKETS; i++)
		open_pair(fixture, i);
	fixture->wake = eventfd(0, EFD_NONBLOCK);
	assert_int_equal(
	    udp_run_new(fixture->fds, SOCKETS, dnsworker(), &fixture->run), 0);
	assert_int_equal(
	    pthread_create(&fixture->thread, NULL, run, fixture), 0);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	atomic_store(&fixture->stop, true);
	eventfd_write(fixture->wake, 1);
	pthread_join(fixture->thread, NULL);
	udp_run_free(fixture->run);
	for (unsigned i = 0; i < SOCKETS; i++) {
		close(fixture->fds[i]);
		close(fixture->clients[i]);
	}
	close(fixture->wake);
	free(fixture);
	return 0;
}

static void
ask(struct fixture *fixture, unsigned i, unsigned id)
{
	uint8_t packet[QUERY_LEN] = { (uint8_t)(id >> 8), (uint8_t)id };

	memcpy(packet + 2, QUERY, QUERY_LEN - 2);
	assert_int_equal(
	    send(fixture->clients[i], packet, QUERY_LEN, 0), QUERY_LEN);
}

static void
expect(struct fixture *fixture, unsigned i, unsigned id)
{
	uint8_t packet[4096];

	assert_true(recv(fixture->clients[i], packet, sizeof(packet), 0) >
		    (ssize_t)QUERY_LEN);
	assert_int_equal(packet[0] << 8 | packet[1], id);
}

static void
answers_a_flood_and_what_comes_after(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned id = 0; id < FLOOD; id++)
			ask(fixture, round % SOCKETS, id);
		for (unsigned id = 0; id < FLOOD; id++)
			expect(fixture, round % SOCKETS, id);
		ask(fixture, round % SOCKETS, round);
		expect(fixture, round % SOCKETS, round);
	}
}

/* Each socket has its turn, however busy another one is. */
static void
answers_one_while_another_is_flooded(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned id = 0; id < FLOOD; id++)
		ask(fixture, 0, id);
	for (unsigned id = 0; id < FLOOD; id++) {
		ask(fixture, 0, FLOOD + id);
		ask(fixture, 1, id);
		expect(fixture, 1, id);
		expect(fixture, 0, id);
	}
}

/* Between two floods it sleeps: nothing is asked of the processor. */
static void
rests_when_it_is_quiet(void **state)
{
	struct fixture *fixture = *state;
	struct timespec before, after;
	clockid_t clock;

	for (unsigned id = 0; id < FLOOD; id++)
		ask(fixture, 0, id);
	for (unsigned id = 0; id < FLOOD; id++)
		expect(fixture, 0, id);
	assert_int_equal(pthread_getcpuclockid(fixture->thread, &clock), 0);
	usleep(20000);
	clock_gettime(clock, &before);
	usleep(200000);
	clock_gettime(clock, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000000000 +
			after.tv_nsec - before.tv_nsec <
		    1000000);
	ask(fixture, 0, 7);
	expect(fixture, 0, 7);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(answers_a_flood_and_what_comes_after),
		T(answers_one_while_another_is_flooded),
		T(rests_when_it_is_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
