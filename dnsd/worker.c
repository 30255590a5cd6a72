#include "dnsd/worker.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"

/* --- rules ---------------------------------------------------------------- */

void
worker_rules_init(struct worker_rules *rules)
{
	memset(rules, 0, sizeof(*rules));
	pthread_mutex_init(&rules->lock, NULL);
}

void
worker_rules_set(struct worker_rules *rules, const struct rules *next)
{
	pthread_mutex_lock(&rules->lock);
	rules->rules = *next;
	pthread_mutex_unlock(&rules->lock);
	atomic_fetch_add(&rules->generation, 1);
}

void
worker_take_rules(struct worker *worker)
{
	unsigned generation = atomic_load_explicit(
	    &worker->shared->generation, memory_order_acquire);

	if (generation == worker->generation)
		return;
	pthread_mutex_lock(&worker->shared->lock);
	worker->rules = worker->shared->rules;
	pthread_mutex_unlock(&worker->shared->lock);
	worker->generation = generation;
}

/* --- a worker ------------------------------------------------------------- */

int
worker_init(
    struct worker *worker, struct store *store, struct worker_rules *rules)
{
	memset(worker, 0, sizeof(*worker));
	worker->shared = rules;
	worker->generation = atomic_load(&rules->generation) - 1;
	worker_take_rules(worker);
	zone_init(&worker->zone);
	zone_init(&worker->unready);
	worker->source = (struct answer_source){ &worker->rules, &worker->zone,
		&worker->lookup };
	return lookup_init(&worker->lookup, store);
}

void
worker_deinit(struct worker *worker)
{
	lookup_deinit(&worker->lookup);
}

void
worker_begin(struct worker *worker)
{
	static struct log_gate gate = LOG_GATE(5);
	int error = lookup_begin(&worker->lookup);

	worker_take_rules(worker);
	worker->begun = error == 0;
	worker->source.zone = error == 0 ? &worker->zone : &worker->unready;
	if (error == 0)
		zone_refresh(&worker->zone, worker->lookup.txn);
	else if (log_gate_open(&gate, "database_unreadable"))
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
count(struct counters *counters, bool tcp, const struct answer *answer)
{
	counter_add(tcp ? &counters->tcp_queries : &counters->udp_queries, 1);
	if (answer->len == 0) {
		counter_add(&counters->dropped, 1);
		return;
	}
	counter_add(&counters->rcodes[answer->rcode], 1);
	if (answer->hit)
		counter_add(&counters->hits, 1);
	if (answer->truncated)
		counter_add(&counters->truncated, 1);
}

size_t
worker_answer(struct worker *worker, bool tcp, const uint8_t *packet,
    size_t len, uint8_t *octets, size_t size)
{
	enum query_outcome outcome;
	struct query query;
	struct answer answer;

	outcome = query_parse(packet, len, &query);
	answer_make(
	    &worker->source, outcome, &query, tcp, octets, size, &answer);
	count(&worker->counters, tcp, &answer);
	return answer.len;
}
