#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "dnsd/tcp_conn.h"
#include "tests/support/dnszone.h"
#include "tests/support/test_store.h"

#define START 1000000 /* of the clock, in ms */
#define IDLE 10000

/* RD, one question, bl.example.org SOA, with its length before it. */
#define QUERY "\0\x20\xab\xcd\1\0\0\1\0\0\0\0\0\0\2bl\7example\3org\0\0\6\0\1"
#define QUERY_LEN (sizeof(QUERY) - 1)

struct fixture {
	struct test_store test;
	struct worker_shared shared;
	struct worker worker;
	struct tcp_scratch scratch;
	struct tcp_conn conn;
	int client;
};

static int
set_up(void **state)
{
	struct fixture *fixture;
	struct settings settings = { 0 };
	struct ipaddr address = ipaddr_from_ipv4(0xc0000201);
	struct store_txn *txn;
	struct rules *rules;
	int fds[2];

	assert_int_equal(
	    posix_memalign((void **)&fixture, 64, sizeof(*fixture)), 0);
	memset(fixture, 0, sizeof(*fixture));
	test_store_open(&fixture->test);
	assert_int_equal(store_begin_write(fixture->test.store, &txn), 0);
	dnszone_apply(txn);
	assert_int_equal(store_commit(txn), 0);

	assert_int_equal(settings_read(NULL, &settings), 0);
	assert_int_equal(rules_new(&settings, NULL, &rules), 0);
	settings_free(&settings);
	assert_int_equal(worker_shared_init(&fixture->shared), 0);
	worker_set_rules(&fixture->shared, rules);
	rules_release(rules);
	assert_int_equal(worker_init(&fixture->worker, fixture->test.store,
			     &fixture->shared),
	    0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	tcp_conn_open(&fixture->conn, fds[0], &address, START);
	fixture->client = fds[1];
	*state = fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	tcp_conn_close(&fixture->conn);
	close(fixture->client);
	worker_deinit(&fixture->worker);
	worker_shared_deinit(&fixture->shared);
	test_store_close(&fixture->test);
	free(fixture);
	return 0;
}

static int
serve(struct fixture *fixture, int64_t now_ms)
{
	return tcp_conn_serve(
	    &fixture->conn, &fixture->worker, &fixture->scratch, now_ms);
}

static void
say(struct fixture *fixture, const char *octets, size_t len)
{
	assert_int_equal(send(fixture->client, octets, len, 0), len);
}

/* What came to the client, behind what came before; how much there is now. */
static size_t
take(struct fixture *fixture, uint8_t *octets, size_t len, size_t size)
{
	ssize_t n;

	while ((n = recv(fixture->client, octets + len, size - len,
		    MSG_DONTWAIT)) > 0)
		len += (size_t)n;
	return len;
}

/* How many answers that is, and nothing else. */
static unsigned
count_answers(const uint8_t *octets, size_t len)
{
	unsigned count = 0;
	size_t at = 0;

	while (at + 2 <= len) {
		size_t one = (size_t)octets[at] << 8 | octets[at + 1];

		assert_true(at + 2 + one <= len);
		assert_memory_equal(octets + at + 2, "\xab\xcd\x85\0", 4);
		at += 2 + one;
		count++;
	}
	assert_int_equal(at, len);
	return count;
}

static unsigned
take_answers(struct fixture *fixture)
{
	static uint8_t octets[65536];

	return count_answers(octets, take(fixture, octets, 0, sizeof(octets)));
}

static void
answers_what_is_whole_and_waits_for_the_rest(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, QUERY QUERY, 2 * QUERY_LEN);
	say(fixture, QUERY, 5);
	assert_int_equal(serve(fixture, START), 0);
	assert_int_equal(take_answers(fixture), 2);
	say(fixture, &QUERY[5], QUERY_LEN - 5);
	assert_int_equal(serve(fixture, START), 0);
	assert_int_equal(take_answers(fixture), 1);
	assert_false(tcp_conn_is_pending(&fixture->conn));
}

/*
 * RFC 7766 section 8: in one call, or they may travel in two segments. This
 * socket keeps calls apart.
 */
static void
sends_lengths_and_messages_together(void **state)
{
	struct fixture *fixture = *state;
	struct ipaddr address = fixture->conn.client;
	static uint8_t octets[65536];
	ssize_t len;
	int fds[2];

	tcp_conn_close(&fixture->conn);
	close(fixture->client);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	tcp_conn_open(&fixture->conn, fds[0], &address, START);
	fixture->client = fds[1];

	say(fixture, QUERY QUERY QUERY, 3 * QUERY_LEN);
	assert_int_equal(serve(fixture, START), 0);
	len = recv(fixture->client, octets, sizeof(octets), MSG_DONTWAIT);
	assert_true(len > 0);
	assert_int_equal(count_answers(octets, (size_t)len), 3);
	assert_int_equal(
	    recv(fixture->client, octets, sizeof(octets), MSG_DONTWAIT), -1);
}

static void
ends_when_the_client_has_ended_and_has_its_answers(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, QUERY, QUERY_LEN);
	shutdown(fixture->client, SHUT_WR);
	assert_true(serve(fixture, START) < 0);
	assert_int_equal(take_answers(fixture), 1);
}

static void
ends_with_what_is_no_query_after_what_was_one(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, QUERY "\0\0", QUERY_LEN + 2);
	assert_true(serve(fixture, START) < 0);
	assert_int_equal(take_answers(fixture), 1);
}

static void
reads_no_more_while_its_answers_are_not_taken(void **state)
{
	static uint8_t octets[4 << 20];
	struct fixture *fixture = *state;
	unsigned sent = 0;
	size_t len = 0;

	/* Until the socket takes no more answers. */
	while (!tcp_conn_is_pending(&fixture->conn)) {
		say(fixture, QUERY, QUERY_LEN);
		sent++;
		assert_int_equal(serve(fixture, START), 0);
	}
	say(fixture, QUERY QUERY, 2 * QUERY_LEN);
	assert_int_equal(serve(fixture, START), 0);
	assert_true(tcp_conn_is_pending(&fixture->conn));
	assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, START + 9999));
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, START + 10000));

	/* An answer may be cut anywhere: in the end all are whole. */
	while (tcp_conn_is_pending(&fixture->conn)) {
		len = take(fixture, octets, len, sizeof(octets));
		assert_int_equal(serve(fixture, START), 0);
	}
	len = take(fixture, octets, len, sizeof(octets));
	assert_int_equal(count_answers(octets, len), sent + 2);
}

static void
gives_half_a_message_three_seconds(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, QUERY, 7);
	assert_int_equal(serve(fixture, START + 5000), 0);
	assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, START + 7999));
	/* An octet more gains no time. */
	say(fixture, &QUERY[7], 1);
	assert_int_equal(serve(fixture, START + 7999), 0);
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, START + 8000));
	say(fixture, &QUERY[8], QUERY_LEN - 8);
	assert_int_equal(serve(fixture, START + 8000), 0);
	assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, START + 17999));
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, START + 18000));
}

static void
counts_idle_time_from_the_last_whole_query(void **state)
{
	struct fixture *fixture = *state;

	assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, START + 9999));
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, START + 10000));
	say(fixture, QUERY, QUERY_LEN);
	assert_int_equal(serve(fixture, START + 9000), 0);
	assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, START + 18999));
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, START + 19000));
}

static void
keeps_nobody_for_ever(void **state)
{
	struct fixture *fixture = *state;
	int64_t now_ms = START;

	for (; now_ms < START + 10 * 60 * 1000; now_ms += 1000) {
		say(fixture, QUERY, QUERY_LEN);
		assert_int_equal(serve(fixture, now_ms), 0);
		assert_int_equal(take_answers(fixture), 1);
		assert_false(tcp_conn_is_expired(&fixture->conn, IDLE, now_ms));
	}
	assert_true(tcp_conn_is_expired(&fixture->conn, IDLE, now_ms));
}

static void
takes_an_ipv6_network_for_one_client(void **state)
{
	struct ipaddr a, b, c;

	(void)state;
	ipaddr_parse("2001:db8::1", &a);
	ipaddr_parse("2001:db8::ffff:0:0:2", &b);
	ipaddr_parse("2001:db8:0:1::1", &c);
	a = tcp_conn_network(&a);
	b = tcp_conn_network(&b);
	c = tcp_conn_network(&c);
	assert_true(ipaddr_equal(&a, &b));
	assert_false(ipaddr_equal(&a, &c));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(answers_what_is_whole_and_waits_for_the_rest),
		T(sends_lengths_and_messages_together),
		T(ends_when_the_client_has_ended_and_has_its_answers),
		T(ends_with_what_is_no_query_after_what_was_one),
		T(reads_no_more_while_its_answers_are_not_taken),
		T(gives_half_a_message_three_seconds),
		T(counts_idle_time_from_the_last_whole_query),
		T(keeps_nobody_for_ever),
		cmocka_unit_test(takes_an_ipv6_network_for_one_client),
	};

	return cmocka_run_group_tests_name("tcp_conn", tests, NULL, NULL);
}
