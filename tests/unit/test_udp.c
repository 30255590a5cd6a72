#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dnsd/udp.h"
#include "tests/support/dnsworker.h"

/* RD, one question, bl.example.org SOA. */
#define QUERY "\1\0\0\1\0\0\0\0\0\0\2bl\7example\3org\0\0\6\0\1"
#define QUERY_LEN (2 + sizeof(QUERY) - 1)

struct fixture {
	struct udp_batch *batch;
	struct sockaddr_in server;
	int socket, client;
};

/* Bound to any port of an IPv4 address. */
static int
bound(in_addr_t address, struct sockaddr_in *own)
{
	socklen_t len = sizeof(*own);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*own = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(address) };
	assert_int_equal(bind(fd, (struct sockaddr *)own, sizeof(*own)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)own, &len), 0);
	return fd;
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct sockaddr_in own;

	assert_non_null(fixture);
	dnsworker();
	assert_int_equal(udp_batch_new(&fixture->batch), 0);
	fixture->socket = bound(INADDR_ANY, &fixture->server);
	fixture->server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(udp_prepare(fixture->socket), 0);
	fixture->client = bound(INADDR_LOOPBACK, &own);
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->client);
	close(fixture->socket);
	udp_batch_free(fixture->batch);
	free(fixture);
	return 0;
}

static void
ask(struct fixture *fixture, unsigned id, size_t len)
{
	uint8_t packet[QUERY_LEN] = { (uint8_t)(id >> 8), (uint8_t)id };

	memcpy(packet + 2, QUERY, QUERY_LEN - 2);
	assert_int_equal(
	    sendto(fixture->client, packet, len, 0,
		(struct sockaddr *)&fixture->server, sizeof(fixture->server)),
	    len);
}

/* The id of the next answer, from where the question went; -1 none. */
static int
next_answer(struct fixture *fixture)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	uint8_t packet[4096];
	ssize_t n = recvfrom(fixture->client, packet, sizeof(packet),
	    MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	if (n < 0)
		return -1;
	assert_true(n > (ssize_t)QUERY_LEN);
	assert_int_equal(from.sin_addr.s_addr, fixture->server.sin_addr.s_addr);
	assert_int_equal(from.sin_port, fixture->server.sin_port);
	assert_memory_equal(packet + 2, "\x85\0", 2);
	return packet[0] << 8 | packet[1];
}

static int
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* Neither a route nor a forged ICMP message has answers come in pieces. */
static void
believes_nobody_about_the_path(void **state)
{
	struct fixture *fixture = *state;
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
	int ipv6 = socket(AF_INET6, SOCK_DGRAM, 0);

	assert_int_equal(option(fixture->socket, IPPROTO_IP, IP_MTU_DISCOVER),
	    IP_PMTUDISC_PROBE);
	if (ipv6 < 0)
		return;
	if (bind(ipv6, (struct sockaddr *)&any6, sizeof(any6)) == 0) {
		assert_int_equal(udp_prepare(ipv6), 0);
		assert_int_equal(option(ipv6, IPPROTO_IPV6, IPV6_MTU_DISCOVER),
		    IPV6_PMTUDISC_PROBE);
	}
	close(ipv6);
}

static void
answers_more_than_a_batch_in_order(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned id = 0; id < 150; id++)
		ask(fixture, id, QUERY_LEN);
	udp_serve(fixture->batch, fixture->socket, dnsworker());
	for (int id = 0; id < 150; id++)
		assert_int_equal(next_answer(fixture), id);
	assert_int_equal(next_answer(fixture), -1);
}

static void
lets_answers_leave_from_the_address_that_was_asked(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned i = 1; i < 100; i++) {
		fixture->server.sin_addr.s_addr =
		    htonl(INADDR_LOOPBACK + 65536 * i);
		ask(fixture, i, QUERY_LEN);
		udp_serve(fixture->batch, fixture->socket, dnsworker());
		assert_int_equal(next_answer(fixture), i);
	}
}

static void
passes_over_what_gets_no_answer(void **state)
{
	struct fixture *fixture = *state;

	for (unsigned id = 0; id < 100; id++)
		ask(fixture, id, id % 3 == 0 ? id % 12 : QUERY_LEN);
	udp_serve(fixture->batch, fixture->socket, dnsworker());
	for (int id = 0; id < 100; id++) {
		if (id % 3 != 0)
			assert_int_equal(next_answer(fixture), id);
	}
	assert_int_equal(next_answer(fixture), -1);
}

/* A question with an option of so many octets, and an answer to it with TC. */
static void
sends_what_is_too_large_to_tcp(void **state)
{
	struct fixture *fixture = *state;
	static const char opt[] = "\0\0\x29\x04\xd0\0\0\0\0\x08\x04\0\x0c\x08";
	uint8_t packet[QUERY_LEN + sizeof(opt) + 0x800] = { 0, 1 };
	uint8_t answer[4096];

	memcpy(packet + 2, QUERY, QUERY_LEN - 2);
	packet[11] = 1;				      /* record */
	memcpy(packet + QUERY_LEN, opt, sizeof(opt)); /* the last 0: length */
	assert_int_equal(
	    sendto(fixture->client, packet, sizeof(packet), 0,
		(struct sockaddr *)&fixture->server, sizeof(fixture->server)),
	    sizeof(packet));
	udp_serve(fixture->batch, fixture->socket, dnsworker());
	assert_int_equal(
	    recv(fixture->client, answer, sizeof(answer), MSG_DONTWAIT),
	    QUERY_LEN);
	assert_memory_equal(answer, "\0\1\x83\0\0\1\0\0\0\0\0\0", 12);
	assert_memory_equal(answer + 12, packet + 12, QUERY_LEN - 12);
}

static void
says_nothing_to_what_is_sent_to_many(void **state)
{
	struct fixture *fixture = *state;
	static const int on = 1;

	setsockopt(fixture->client, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	fixture->server.sin_addr.s_addr = htonl(0x7fffffff); /* loopback's */
	ask(fixture, 1, QUERY_LEN);
	fixture->server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ask(fixture, 2, QUERY_LEN);
	udp_serve(fixture->batch, fixture->socket, dnsworker());
	assert_int_equal(next_answer(fixture), 2);
	assert_int_equal(next_answer(fixture), -1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(believes_nobody_about_the_path),
		T(answers_more_than_a_batch_in_order),
		T(lets_answers_leave_from_the_address_that_was_asked),
		T(passes_over_what_gets_no_answer),
		T(sends_what_is_too_large_to_tcp),
		T(says_nothing_to_what_is_sent_to_many),
	};

	return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
