#include "tests/support/dnsworker.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/dnszone.h"
#include "tests/support/slowzone.h"
#include "tests/support/without_cmocka.h"

#include "tests/support/test_store.h"

static struct dnsworker {
	struct test_store test;
	struct index *index;
	struct worker_shared shared;
	struct worker worker;

	/* Without the index. */
	struct lookup table;
	struct zone zone;
	struct slowzone *slow;
} * made;

static void
clean_up(void)
{
	lookup_end(&made->table);
	lookup_deinit(&made->table);
	slowzone_free(made->slow);
	worker_deinit(&made->worker);
	worker_shared_deinit(&made->shared);
	index_free(made->index);
	test_store_close(&made->test);
	free(made);
	made = NULL;
}

static void
fill(struct store *store)
{
	struct store_txn *txn;

	insist(store_begin_write(store, &txn) == 0);
	dnszone_apply(txn);
	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.1", CODE_BIT(2) | CODE_BIT(3));
	dnszone_list(txn, SUBLIST_DSN, "192.0.2.1", CODE_BIT(3));
	dnszone_list(txn, SUBLIST_MAIN, "192.0.2.10", CODE_BIT(2));
	dnszone_list(txn, SUBLIST_MAIN, "2001:db8::", CODE_BIT(2));
	dnszone_list(txn, SUBLIST_AUTO, "2001:db8:0:1::", CODE_BIT(4));
	dnszone_list(txn, SUBLIST_MAIN, "2.0.0.1", CODE_BIT(9));
	dnszone_put(txn, "*.w", CODE_BIT(4));
	dnszone_put(txn, "a.*.w", CODE_BIT(5));
	dnszone_put(txn, "\\000.\\001", CODE_BIT(6));
	insist(store_commit(txn) == 0);
}

static void
make_index(struct store *store)
{
	struct index_figures figures;
	int more;

	insist(index_new(store, &made->index) == 0);
	do {
		more = index_step(made->index);
	} while (more > 0);
	index_figures(made->index, &figures);
	insist(more == 0 && figures.ready);
}

/* Cookies as always; nobody is limited, so that all answers can be compared. */
static void
make_worker(struct store *store)
{
	struct settings settings = { 0 };
	struct rules *rules;

	insist(settings_read(NULL, &settings) == 0);
	settings.dnsd.rate_limit = 0;
	insist(rules_new(&settings, NULL, &rules) == 0);
	strcpy(rules->nsid, "n");
	strcpy(rules->version, "v");
	settings_free(&settings);
	insist(worker_shared_init(&made->shared) == 0);
	worker_set_rules(&made->shared, rules);
	rules_release(rules);
	insist(worker_init(&made->worker, store, &made->shared) == 0);
	lookup_use_index(&made->worker.lookup, made->index);
}

struct worker *
dnsworker(void)
{
	if (made != NULL)
		return &made->worker;
	insist(posix_memalign((void **)&made, 64, sizeof(*made)) == 0);
	memset(made, 0, sizeof(*made));
	test_store_open(&made->test);
	fill(made->test.store);
	make_index(made->test.store);
	make_worker(made->test.store);
	insist(lookup_init(&made->table, made->test.store) == 0);
	insist(lookup_begin(&made->table) == 0);
	zone_refresh(&made->zone, made->table.txn);
	made->slow = slowzone_new(made->table.txn);
	atexit(clean_up);
	return &made->worker;
}

struct ipaddr
dnsworker_client(void)
{
	return ipaddr_from_ipv4(0xc0000263);
}

size_t
dnsworker_plain(
    const uint8_t *packet, size_t len, bool tcp, uint8_t octets[65535])
{
	const struct worker *worker = &made->worker;
	const struct answer_source source = { worker->rules, &made->zone,
		&made->table, worker->source.now };
	struct answer_client client = {
		.address = dnsworker_client(), .tcp = tcp, .may_ask = true
	};
	struct query query;
	enum query_outcome outcome = query_parse(packet, len, &query);
	struct answer answer;

	client.shows_cookie =
	    query.edns.cookie != NULL &&
	    cookie_is_valid(&worker->rules->secrets, &client.address,
		source.now, query.edns.cookie, query.edns.cookie_len);
	answer_make(&source, &client, outcome, &query, octets, 65535, &answer);
	return answer.len;
}

/* One question of class IN, and no transfer. */
static bool
is_for_the_zone(const struct query *query, enum query_outcome outcome)
{
	return outcome == QUERY_READY && query->class == DNS_CLASS_IN &&
	       query->type != DNS_TYPE_AXFR && query->type != DNS_TYPE_IXFR;
}

const char *
dnsworker_objection(
    const uint8_t *packet, size_t len, const uint8_t *answer, size_t answer_len)
{
	struct query query;
	enum query_outcome outcome = query_parse(packet, len, &query);
	ldns_pkt *asked = NULL, *reply = NULL;
	const char *objection = NULL;

	if (ldns_wire2pkt(&reply, answer, answer_len) != LDNS_STATUS_OK)
		return "no message";
	if (ldns_pkt_edns(reply) != query.edns.present)
		objection = "OPT";
	else if (is_for_the_zone(&query, outcome) &&
		 ldns_wire2pkt(&asked, packet, len) == LDNS_STATUS_OK)
		objection = slowzone_objection(made->slow, asked, reply);
	ldns_pkt_free(asked);
	ldns_pkt_free(reply);
	return objection;
}
