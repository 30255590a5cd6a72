#include <ldns/ldns.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dnsd/answer.h"
#include "tests/support/dnszone.h"
#include "tests/support/slowzone.h"
#include "tests/support/without_cmocka.h"

#include "tests/support/test_store.h"

/*
 * The first octet says how a packet came, the rest is the packet. Whatever it
 * is: what goes back is a message that parses, no larger than allowed, with
 * the id and the question it had; and to a question it is the right answer.
 */
#define OVER_TCP 1
#define SMALL 2
#define COOKIES 4
#define COOKIE 8

static struct test_store test;
static struct lookup lookup;
static struct zone zone;
static struct slowzone *slow;

static void
clean_up(void)
{
	slowzone_free(slow);
	lookup_end(&lookup);
	lookup_deinit(&lookup);
	test_store_close(&test);
}

static void
begin(void)
{
	struct store_txn *txn;

	test_store_open(&test);
	insist(store_begin_write(test.store, &txn) == 0);
	dnszone_apply(txn);
	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.1", CODE_BIT(2) | CODE_BIT(3));
	dnszone_list(txn, SUBLIST_DSN, "192.0.2.1", CODE_BIT(3));
	dnszone_list(txn, SUBLIST_MAIN, "2001:db8::", CODE_BIT(2));
	dnszone_put(txn, "*.w", CODE_BIT(4));
	dnszone_put(txn, "a.*.w", CODE_BIT(5));
	dnszone_put(txn, "\\000.\\001", CODE_BIT(6));
	insist(store_commit(txn) == 0);
	insist(lookup_init(&lookup, test.store) == 0);
	insist(lookup_begin(&lookup) == 0);
	zone_refresh(&zone, lookup.txn);
	slow = slowzone_new(lookup.txn);
	atexit(clean_up);
}

static void
check_echo(const struct query *query, const uint8_t *octets, size_t len)
{
	insist(len >= DNS_HEADER_LEN + query->question_len);
	insist((octets[0] << 8 | octets[1]) == query->id);
	insist((octets[2] & 0x80) != 0);
	insist((octets[2] >> 3 & 15) == query->opcode);
	insist(octets[5] == (query->question_len > 0));
	insist(query->question_len == 0 ||
	       memcmp(octets + DNS_HEADER_LEN, query->question,
		   query->question_len) == 0);
}

static void
check_answer(const uint8_t *packet, size_t size, const struct query *query,
    const uint8_t *octets, size_t len, bool ready)
{
	ldns_pkt *asked = NULL, *reply = NULL;

	insist(ldns_wire2pkt(&reply, octets, len) == LDNS_STATUS_OK);
	insist(ldns_pkt_edns(reply) == query->edns.present);
	if (ready && query->class == DNS_CLASS_IN &&
	    query->type != DNS_TYPE_AXFR && query->type != DNS_TYPE_IXFR &&
	    ldns_wire2pkt(&asked, packet, size) == LDNS_STATUS_OK)
		insist(slowzone_objection(slow, asked, reply) == NULL);
	ldns_pkt_free(asked);
	ldns_pkt_free(reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules rules = { .nsid = "n", .version = "v" };
	struct answer_source source = { &rules, &zone, &lookup, TEST_NOW };
	struct answer_client client = { .may_ask = true };
	static uint8_t octets[DNS_MESSAGE_MAX];
	enum query_outcome outcome;
	struct query query;
	struct answer answer;
	bool tcp;

	if (slow == NULL)
		begin();
	if (size == 0)
		return 0;
	tcp = (data[0] & OVER_TCP) != 0;
	rules.udp_size = (data[0] & SMALL) != 0 ? 512 : 1232;
	outcome = query_parse(data + 1, size - 1, &query);
	client.tcp = tcp;
	client.shows_cookie = (data[0] & COOKIE) != 0;
	rules.cookies = (data[0] & COOKIES) != 0;
	answer_make(
	    &source, &client, outcome, &query, octets, sizeof(octets), &answer);
	insist((answer.len == 0) == (outcome == QUERY_DROP));
	if (answer.len == 0)
		return 0;
	insist(tcp || answer.len <= rules.udp_size);
	insist(tcp || query.edns.present || answer.len <= 512);
	check_echo(&query, octets, answer.len);
	check_answer(data + 1, size - 1, &query, octets, answer.len,
	    outcome == QUERY_READY);
	return 0;
}
