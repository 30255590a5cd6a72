#ifndef DNSD_WORKER_H
#define DNSD_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "dnsd/answer.h"
#include "dnsd/counters.h"
#include "dnsd/ratelimit.h"
#include "dnsd/transfer.h"

/*
 * What every thread that answers has for itself: a read transaction, the zone
 * as it shows it, the rules in force, counters.
 */

/*
 * What they share after all: the rules as main sets them, taken over between
 * batches, and the count of who was answered how often.
 */
struct worker_shared {
	pthread_mutex_t lock;
	atomic_uint generation;
	struct rules *rules;
	struct ratelimit *limit;
};
int worker_shared_init(struct worker_shared *shared); /* 0 or -ENOMEM */
void worker_shared_deinit(struct worker_shared *shared);
/* Holds `next`, lets go of the rules before. */
void worker_set_rules(struct worker_shared *shared, struct rules *next);

struct worker {
	struct worker_shared *shared;
	struct rules *rules;
	unsigned generation;
	struct lookup lookup;
	struct zone zone;
	struct zone unready; /* stands in when no transaction begins */
	struct answer_source source;
	bool begun;
	int64_t now_ms;	     /* of the batch, monotonic */
	unsigned over_limit; /* answers not sent since the last slip */
	unsigned hits;	     /* not logged since the last that was */

	/* For those who can lend a connection. */
	bool transfer_place;		 /* is there one? */
	struct transfer_request *wanted; /* in place of an answer, see below */
	struct counters counters;
};

/* 0 or a negative code. `shared` has rules, and outlives the worker. */
int worker_init(
    struct worker *worker, struct store *store, struct worker_shared *shared);
void worker_deinit(struct worker *worker);

/* The rules in force now; worker_begin does the same. */
void worker_take_rules(struct worker *worker);

/*
 * A batch: between begin and end all answers are of one version of the zone,
 * the last that was committed before begin. Always end before waiting.
 */
void worker_begin(struct worker *worker);
void worker_end(struct worker *worker);

/*
 * A packet on its way to an answer. Of several, read all, fetch all, then
 * answer them: each step has the memory brought that the next one needs.
 */
struct worker_query {
	const uint8_t *packet;
	enum query_outcome outcome;
	struct query query; /* points into the packet */
	struct lookup_ahead ahead;
};
void worker_read(struct worker *worker, const uint8_t *packet, size_t len,
    struct worker_query *query);
void worker_fetch(const struct worker_query *query); /* may be left out */

/*
 * The answer to a client's packet, at most `size` octets (DNS_UDP_MIN at
 * least). Returns its length, 0 for nothing to say; or worker->wanted is then
 * the transfer that is the answer, and the caller's.
 */
size_t worker_answer(struct worker *worker, const struct ipaddr *address,
    bool tcp, const struct worker_query *query, uint8_t *octets, size_t size);

#endif
