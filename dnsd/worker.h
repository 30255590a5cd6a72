#ifndef DNSD_WORKER_H
#define DNSD_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "dnsd/answer.h"
#include "dnsd/counters.h"

/*
 * What every thread that answers has for itself: a read transaction, the zone
 * as it shows it, the rules in force, counters. Nothing of it is shared while
 * queries are answered.
 */

/* The rules as main sets them; workers take them over between batches. */
struct worker_rules {
	pthread_mutex_t lock;
	atomic_uint generation;
	struct rules *rules;
};
void worker_rules_init(struct worker_rules *shared);
void worker_rules_deinit(struct worker_rules *shared);
/* Holds `next`, lets go of those before. */
void worker_rules_set(struct worker_rules *shared, struct rules *next);

struct worker {
	struct worker_rules *shared;
	struct rules *rules;
	unsigned generation;
	struct lookup lookup;
	struct zone zone;
	struct zone unready; /* stands in when no transaction begins */
	struct answer_source source;
	bool begun;
	struct counters counters;
};

/* 0 or a negative code. `shared` has rules, and outlives the worker. */
int worker_init(
    struct worker *worker, struct store *store, struct worker_rules *shared);
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
 * The answer to one packet of a client, at most `size` octets (DNS_UDP_MIN at
 * least). Returns its length, 0 for nothing to say.
 */
size_t worker_answer(struct worker *worker, const struct ipaddr *address,
    bool tcp, const uint8_t *packet, size_t len, uint8_t *octets, size_t size);

#endif
