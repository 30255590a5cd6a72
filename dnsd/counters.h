#ifndef DNSD_COUNTERS_H
#define DNSD_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/strbuf.h"
#include "db/backscatter.h"

/*
 * What one worker counts, in place: it alone writes, anybody may read. A line
 * of cache of its own keeps workers out of each other's way.
 */
typedef _Atomic uint64_t counter;

#define COUNTERS_RCODES 24 /* DNS_RCODE_BADCOOKIE is the last */

/* Types by which queries are counted; the last are all the others. */
enum counters_type {
	COUNTERS_A,
	COUNTERS_AAAA,
	COUNTERS_TXT,
	COUNTERS_NS,
	COUNTERS_SOA,
	COUNTERS_ANY,
	COUNTERS_OTHER,
	COUNTERS_TYPES
};
enum counters_type counters_type(uint16_t type);

/* Answers by how long they took: bucket n holds those under 2^n us. */
#define COUNTERS_TIMES 18

enum counters_transport { COUNTERS_UDP, COUNTERS_TCP, COUNTERS_TRANSPORTS };

struct counters {
	_Alignas(64) counter queries[COUNTERS_TRANSPORTS];
	counter types[COUNTERS_TYPES];
	counter rcodes[COUNTERS_RCODES];
	counter hits[SUBLIST_COUNT];
	counter times[COUNTERS_TIMES];
	counter times_us; /* all of them together */
	counter dropped;  /* said nothing to */
	counter truncated;
	counter rate_limited;
	counter refused; /* by the access lists */
	counter cookies; /* queries that showed one of ours */
	counter unsent;	 /* made, but the socket took them not */
	counter tcp_accepted;
	counter tcp_refused; /* one too many of a client */
	counter tcp_evicted; /* closed to make room */
	counter tcp_expired; /* idle, slow or old */
};

/* Not atomic as a whole, which one writer does not need. */
static inline void
counter_add(counter *value, uint64_t n)
{
	atomic_store_explicit(value,
	    atomic_load_explicit(value, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* `count` answers took so long each, from query to socket. */
void counters_add_time(struct counters *counters, uint64_t count, int64_t us);

/* Adds what one worker counted to a sum that nobody else sees. */
void counters_sum(struct counters *sum, const struct counters *counters);

/* In Prometheus' text format. */
void counters_print(const struct counters *sum, struct strbuf *out);

#endif
