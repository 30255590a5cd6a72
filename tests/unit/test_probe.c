#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "db/condition.h"
#include "db/probe.h"

#define SERIAL 1700000000u

static const uint8_t name[] = "\2bl\7example";
#define NAME_LEN sizeof(name)

/* A reply as dnsd writes it: the question, and a SOA at the same name. */
struct reply {
	uint8_t octets[512];
	size_t len;
};

static struct reply
reply_to(const uint8_t *question, size_t len, unsigned rcode, uint32_t serial)
{
	static const uint8_t soa[] = { 0xc0, 12, 0, 6, 0, 1, 0, 0, 1, 44, 0, 28,
		1, 'n', 0xc0, 12, 1, 'h', 0xc0, 12 };
	struct reply reply = { .len = len };
	uint32_t number = htonl(serial);

	memcpy(reply.octets, question, len);
	reply.octets[2] = 0x84;
	reply.octets[3] = (uint8_t)rcode;
	if (rcode != 0)
		return reply;
	reply.octets[7] = 1;
	memcpy(reply.octets + len, soa, sizeof(soa));
	memcpy(reply.octets + len + sizeof(soa), &number, 4);
	/* refresh, retry, expire and minimum: nobody looks at them */
	reply.len = len + sizeof(soa) + 20;
	return reply;
}

/* --- octets --------------------------------------------------------------- */

static void
reads_the_serial_that_is_served(void **state)
{
	uint8_t question[PROBE_QUESTION_MAX];
	size_t len = probe_question(7, name, NAME_LEN, question);
	struct reply reply = reply_to(question, len, 0, SERIAL);
	struct probe_answer answer;

	(void)state;
	assert_int_equal(len, 12 + NAME_LEN + 4);
	assert_true(
	    probe_read(question, len, reply.octets, reply.len, &answer));
	assert_int_equal(answer.state, PROBE_CURRENT);
	assert_int_equal(answer.serial, SERIAL);
}

static void
tells_a_refusal_and_a_failure_from_the_zone(void **state)
{
	static const struct {
		unsigned rcode;
		const char *name;
	} cases[] = { { 2, "SERVFAIL" }, { 3, "NXDOMAIN" }, { 5, "REFUSED" },
		{ 9, "another error" } };
	uint8_t question[PROBE_QUESTION_MAX];
	size_t len = probe_question(7, name, NAME_LEN, question);
	struct probe_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct reply reply =
		    reply_to(question, len, cases[i].rcode, SERIAL);

		assert_true(probe_read(
		    question, len, reply.octets, reply.len, &answer));
		assert_int_equal(answer.state, PROBE_UNTOLD);
		assert_string_equal(
		    probe_rcode_name(answer.rcode), cases[i].name);
	}
}

static void
passes_by_what_answers_another_question(void **state)
{
	uint8_t question[PROBE_QUESTION_MAX], other[PROBE_QUESTION_MAX];
	size_t len = probe_question(7, name, NAME_LEN, question);
	struct reply reply;
	struct probe_answer answer;

	(void)state;
	probe_question(8, name, NAME_LEN, other);
	reply = reply_to(other, len, 0, SERIAL);
	assert_false(
	    probe_read(question, len, reply.octets, reply.len, &answer));
	reply = reply_to(question, len, 0, SERIAL);
	reply.octets[14] = 'x';
	assert_false(
	    probe_read(question, len, reply.octets, reply.len, &answer));
	/* Our own question, sent back. */
	assert_false(probe_read(question, len, question, len, &answer));
}

static void
takes_no_serial_from_a_reply_that_ends_early(void **state)
{
	uint8_t question[PROBE_QUESTION_MAX];
	size_t len = probe_question(7, name, NAME_LEN, question);
	struct reply reply = reply_to(question, len, 0, SERIAL);
	struct probe_answer answer;

	(void)state;
	for (size_t cut = 0; cut < reply.len - 16; cut++) {
		assert_int_equal(
		    probe_read(question, len, reply.octets, cut, &answer),
		    cut >= len);
		assert_int_equal(answer.state, PROBE_UNTOLD);
		assert_int_equal(answer.serial, 0);
	}
}

static void
knows_an_older_serial_where_the_numbers_wrap(void **state)
{
	static const struct {
		uint32_t served, there;
		enum probe_state state;
	} cases[] = {
		{ SERIAL, SERIAL, PROBE_CURRENT },
		{ SERIAL + 1, SERIAL, PROBE_CURRENT },
		{ SERIAL - 1, SERIAL, PROBE_BEHIND },
		{ 1, UINT32_MAX, PROBE_CURRENT },
		{ UINT32_MAX, 1, PROBE_BEHIND },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe_answer answer = { PROBE_CURRENT, 0,
			cases[i].served };

		probe_judge(&answer, cases[i].there);
		assert_int_equal(answer.state, cases[i].state);
	}
}

static void
a_refusal_is_no_fault_and_silence_is_one(void **state)
{
	static const struct {
		struct probe_answer answer;
		enum condition_state state;
	} cases[] = {
		{ { PROBE_UNASKED, 0, 0 }, CONDITION_OK },
		{ { PROBE_CURRENT, 0, SERIAL }, CONDITION_OK },
		{ { PROBE_BEHIND, 0, SERIAL - 3 }, CONDITION_WARNING },
		{ { PROBE_UNTOLD, 5, 0 }, CONDITION_OK },
		{ { PROBE_UNTOLD, 2, 0 }, CONDITION_CRITICAL },
		{ { PROBE_SILENT, 0, 0 }, CONDITION_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct condition condition = { .version.serial = SERIAL };

		condition.values[CONDITION_DISK_SPARE] = INT64_MAX;
		condition_add_dnsd(&condition, &cases[i].answer);
		assert_int_equal(condition_worst(&condition), cases[i].state);
	}
}

/* --- asking --------------------------------------------------------------- */

/* A server whose address is the first of dnsd.listen. */
struct peer {
	int fd;
	char text[32], *items[1];
	struct settings settings;
	struct probe probe;
};

static void
peer_open(struct peer *peer)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	memset(peer, 0, sizeof(*peer));
	peer->fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(peer->fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(
	    getsockname(peer->fd, (struct sockaddr *)&at, &len), 0);
	/* A wildcard is asked at loopback. */
	snprintf(peer->text, sizeof(peer->text), "*:%u", ntohs(at.sin_port));
	peer->items[0] = peer->text;
	peer->settings.dnsd.listen.items = peer->items;
	peer->settings.dnsd.listen.count = 1;
	assert_int_equal(probe_open(&peer->probe, &peer->settings), 0);
}

static void
peer_close(struct peer *peer)
{
	probe_close(&peer->probe);
	close(peer->fd);
}

static void
peer_answer(struct peer *peer, uint32_t serial)
{
	uint8_t question[PROBE_QUESTION_MAX];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	ssize_t len = recvfrom(peer->fd, question, sizeof(question), 0,
	    (struct sockaddr *)&from, &from_len);
	struct reply reply;

	assert_true(len > 0);
	reply = reply_to(question, (size_t)len, 0, serial);
	assert_int_equal(sendto(peer->fd, reply.octets, reply.len, 0,
			     (struct sockaddr *)&from, from_len),
	    reply.len);
}

static void
takes_the_answer_to_its_last_question_alone(void **state)
{
	struct probe_answer answer;
	struct peer peer;

	(void)state;
	peer_open(&peer);
	probe_ask(&peer.probe, name, NAME_LEN);
	assert_false(probe_take(&peer.probe, &answer));
	probe_ask(&peer.probe, name, NAME_LEN);
	peer_answer(&peer, SERIAL);
	peer_answer(&peer, SERIAL + 1);
	assert_true(probe_take(&peer.probe, &answer));
	assert_int_equal(answer.serial, SERIAL + 1);
	assert_false(probe_take(&peer.probe, &answer));
	peer_close(&peer);
}

static void
does_not_wait_where_nobody_listens(void **state)
{
	struct probe_answer answer;
	struct peer peer;

	(void)state;
	peer_open(&peer);
	close(peer.fd);
	probe_wait(&peer.probe, name, NAME_LEN, SERIAL, &answer);
	assert_true(peer.probe.refused);
	assert_int_equal(answer.state, PROBE_SILENT);
	probe_close(&peer.probe);
}

static void
asks_nobody_where_dnsd_has_no_address(void **state)
{
	struct settings settings = { 0 };
	struct probe_answer answer;
	struct probe probe;

	(void)state;
	assert_int_equal(probe_open(&probe, &settings), 0);
	probe_wait(&probe, name, NAME_LEN, SERIAL, &answer);
	assert_int_equal(answer.state, PROBE_UNASKED);
	probe_close(&probe);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_serial_that_is_served),
		cmocka_unit_test(tells_a_refusal_and_a_failure_from_the_zone),
		cmocka_unit_test(passes_by_what_answers_another_question),
		cmocka_unit_test(takes_no_serial_from_a_reply_that_ends_early),
		cmocka_unit_test(knows_an_older_serial_where_the_numbers_wrap),
		cmocka_unit_test(a_refusal_is_no_fault_and_silence_is_one),
		cmocka_unit_test(takes_the_answer_to_its_last_question_alone),
		cmocka_unit_test(does_not_wait_where_nobody_listens),
		cmocka_unit_test(asks_nobody_where_dnsd_has_no_address),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
