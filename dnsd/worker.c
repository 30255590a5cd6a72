#include "dnsd/worker.h"

#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/dname.h"

/* --- rules ---------------------------------------------------------------- */

int
worker_shared_init(struct worker_shared *shared)
{
	memset(shared, 0, sizeof(*shared));
	pthread_mutex_init(&shared->lock, NULL);
	return ratelimit_new(&shared->limit);
}

void
worker_shared_deinit(struct worker_shared *shared)
{
	ratelimit_free(shared->limit);
	rules_release(shared->rules);
	pthread_mutex_destroy(&shared->lock);
}

void
worker_set_rules(struct worker_shared *shared, struct rules *next)
{
	struct rules *before;

	pthread_mutex_lock(&shared->lock);
	before = shared->rules;
	shared->rules = rules_hold(next);
	pthread_mutex_unlock(&shared->lock);
	atomic_fetch_add(&shared->generation, 1);
	rules_release(before);
}

void
worker_take_rules(struct worker *worker)
{
	unsigned generation = atomic_load_explicit(
	    &worker->shared->generation, memory_order_acquire);

	if (generation == worker->generation)
		return;
	rules_release(worker->rules);
	pthread_mutex_lock(&worker->shared->lock);
	worker->rules = rules_hold(worker->shared->rules);
	pthread_mutex_unlock(&worker->shared->lock);
	worker->source.rules = worker->rules;
	worker->generation = generation;
}

/* --- a worker ------------------------------------------------------------- */

int
worker_init(
    struct worker *worker, struct store *store, struct worker_shared *shared)
{
	memset(worker, 0, sizeof(*worker));
	worker->shared = shared;
	zone_init(&worker->zone);
	zone_init(&worker->unready);
	worker->source = (struct answer_source){ .zone = &worker->zone,
		.lookup = &worker->lookup };
	worker->generation = atomic_load(&shared->generation) - 1;
	worker_take_rules(worker);
	return lookup_init(&worker->lookup, store);
}

void
worker_deinit(struct worker *worker)
{
	lookup_deinit(&worker->lookup);
	rules_release(worker->rules);
}

void
worker_begin(struct worker *worker)
{
	static struct log_gate gate = LOG_GATE(5);
	int error = lookup_begin(&worker->lookup);

	worker_take_rules(worker);
	worker->begun = error == 0;
	worker->source.zone = error == 0 ? &worker->zone : &worker->unready;
	worker->source.now = (uint32_t)clock_seconds();
	worker->now_ms = clock_monotonic_ms();
	if (error == 0) {
		zone_refresh(&worker->zone, worker->lookup.txn);
		lookup_at_version(&worker->lookup, &worker->zone.version);
	} else if (log_gate_open(&gate, "database_unreadable"))
		log_error(
		    "database_unreadable reason=\"%s\"", error_text(error));
}

void
worker_end(struct worker *worker)
{
	if (worker->begun)
		lookup_end(&worker->lookup);
	worker->begun = false;
}

static void
count(struct counters *counters, const struct answer_client *client,
    const struct query *query, const struct answer *answer)
{
	counter_add(
	    &counters->queries[client->tcp ? COUNTERS_TCP : COUNTERS_UDP], 1);
	if (answer->len == 0 && !answer->transfer) {
		counter_add(&counters->dropped, 1);
		return;
	}
	if (query->question_len > 0)
		counter_add(&counters->types[counters_type(query->type)], 1);
	counter_add(&counters->rcodes[answer->rcode], 1);
	if (answer->hit)
		counter_add(&counters->hits[answer->list], 1);
	counter_add(&counters->refused, answer->refused);
	counter_add(&counters->truncated, answer->truncated);
	counter_add(&counters->cookies, client->shows_cookie);
}

/* A client that shows a cookie of ours has not forged its address. */
static bool
shows_cookie(const struct worker *worker, const struct query *query,
    const struct ipaddr *client)
{
	const struct query_edns *edns = &query->edns;

	return worker->rules->cookies && edns->cookie != NULL &&
	       cookie_is_valid(&worker->rules->secrets, client,
		   worker->source.now, edns->cookie, edns->cookie_len);
}

/*
 * UDP's answers are counted for who might be made the target of a flood: not
 * where the client has shown that it is who it says.
 */
static bool
is_over_limit(struct worker *worker, const struct answer_client *client)
{
	const struct rules *rules = worker->rules;

	return !client->tcp && !client->shows_cookie &&
	       !(client->tsig != NULL && tsig_is_good(client->tsig)) &&
	       rules->rate_limit > 0 &&
	       prefixmap_find(rules->rate_exempt, &client->address) == 0 &&
	       !ratelimit_take(worker->shared->limit, &client->address,
		   rules->rate_limit, worker->now_ms);
}

/* One in so many is sent after all, truncated. */
static bool
slips(struct worker *worker)
{
	unsigned slip = worker->rules->rate_slip;

	if (slip == 0 || ++worker->over_limit < slip)
		return false;
	worker->over_limit = 0;
	return true;
}

/* Who asked is told by his network alone: enough to see what asks. */
static void
log_hit(struct worker *worker, const struct query *query,
    const struct ipaddr *client)
{
	struct ipprefix network;
	char text[DNAME_TEXT_MAX], name[LOG_TEXT_MAX];
	char shown[IPPREFIX_TEXT_MAX];

	if (++worker->hits < worker->rules->log_hits)
		return;
	worker->hits = 0;
	network = ipaddr_network(client, 24, 48);
	log_info("hit client=%s name=%s type=%u",
	    ipprefix_format(&network, shown),
	    log_escape(dname_format(query->question, text), name), query->type);
}

void
worker_read(struct worker *worker, const uint8_t *packet, size_t len,
    struct worker_query *query)
{
	query->packet = packet;
	query->outcome = query_parse(packet, len, &query->query);
	lookup_see(&worker->lookup, &query->query, worker->zone.origin_labels,
	    &query->ahead);
}

void
worker_fetch(const struct worker_query *query)
{
	lookup_fetch(&query->ahead);
}

/* What a stranger's clock or key is like is worth a line, not many. */
static void
log_refused_key(const struct query *query, const struct tsig *tsig,
    const struct ipaddr *client)
{
	static struct log_gate gate = LOG_GATE(10);
	char text[DNAME_TEXT_MAX], name[LOG_TEXT_MAX], shown[IPADDR_TEXT_MAX];

	if (log_gate_open(&gate, "signature_refused"))
		log_notice("signature_refused client=%s key=%s error=%u",
		    ipaddr_format(client, shown),
		    log_escape(dname_format(query->tsig.key_name, text), name),
		    tsig->error);
}

/* What becomes of the outcome when the packet is signed. */
static enum query_outcome
check_signature(struct worker *worker, const struct worker_query *asked,
    enum query_outcome outcome, struct tsig *tsig, struct answer_client *client)
{
	const struct query *query = &asked->query;

	if (outcome == QUERY_DROP || !query->tsig.present)
		return outcome;
	client->tsig = tsig;
	switch (tsig_check(tsig, &worker->rules->keys, asked->packet, query,
	    (uint64_t)worker->source.now)) {
	case TSIG_GOOD:
		break;
	case TSIG_NOTAUTH:
		log_refused_key(query, tsig, &client->address);
		break;
	case TSIG_FORMERR:
		client->tsig = NULL;
		return QUERY_FORMERR;
	case TSIG_FAILED:
		return QUERY_DROP;
	}
	return outcome;
}

/* Secondaries may ask, whoever else may not. */
static void
admit(const struct worker *worker, const struct query *query,
    struct answer_client *client)
{
	static struct log_gate gate = LOG_GATE(10);
	const struct rules *rules = worker->rules;
	const struct tsig_key *key = NULL;
	char text[IPADDR_TEXT_MAX];
	bool wants = query_is_transfer(query);

	client->may_ask = access_allows(rules->access, &client->address);
	if (client->may_ask && !wants)
		return;
	if (client->tsig != NULL && tsig_is_good(client->tsig))
		key = client->tsig->key;
	client->may_transfer =
	    peers_allow(&rules->transfer, &client->address, key);
	client->may_ask = client->may_ask || client->may_transfer;
	client->transfer_place = worker->transfer_place;
	if (wants && !client->may_transfer &&
	    log_gate_open(&gate, "transfer_refused"))
		log_notice("transfer_refused client=%s signed=%s",
		    ipaddr_format(&client->address, text),
		    key != NULL ? "yes" : "no");
	if (wants && client->may_transfer && !client->transfer_place &&
	    log_gate_open(&gate, "transfer_postponed"))
		log_notice("transfer_postponed client=%s reason=\"as many as "
			   "dnsd.transfers and its bounds a client allow\"",
		    ipaddr_format(&client->address, text));
}

size_t
worker_answer(struct worker *worker, const struct ipaddr *address, bool tcp,
    const struct worker_query *asked, uint8_t *octets, size_t size)
{
	struct answer_client client = { .address = *address, .tcp = tcp };
	const struct query *query = &asked->query;
	enum query_outcome outcome = asked->outcome;
	struct answer answer;
	struct tsig tsig;

	client.shows_cookie = shows_cookie(worker, query, address);
	outcome = check_signature(worker, asked, outcome, &tsig, &client);
	admit(worker, query, &client);
	client.over_limit =
	    outcome != QUERY_DROP && is_over_limit(worker, &client);
	if (client.over_limit) {
		counter_add(&worker->counters.rate_limited, 1);
		if (!slips(worker))
			outcome = QUERY_DROP;
	}
	worker->lookup.ahead = &asked->ahead;
	answer_make(
	    &worker->source, &client, outcome, query, octets, size, &answer);
	count(&worker->counters, &client, query, &answer);
	if (answer.hit && worker->rules->log_hits > 0)
		log_hit(worker, query, address);
	if (answer.transfer)
		worker->wanted = transfer_request_new(
		    address, query, client.tsig, worker->rules);
	return answer.len;
}
