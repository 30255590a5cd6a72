#ifndef DNSD_COUNTERS_H
#define DNSD_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

/*
 * What one worker counts, in place: it alone writes, anybody may read. A line
 * of cache of its own keeps workers out of each other's way.
 */
typedef _Atomic uint64_t counter;

#define COUNTERS_RCODES 24 /* DNS_RCODE_BADCOOKIE is the last */

struct counters {
	_Alignas(64) counter udp_queries;
	counter tcp_queries;
	counter dropped; /* said nothing to */
	counter hits;
	counter truncated;
	counter rate_limited;
	counter unsent; /* made, but the socket took them not */
	counter rcodes[COUNTERS_RCODES];
	counter tcp_connections; /* accepted */
	counter tcp_refused;	 /* one too many of a client */
	counter tcp_evicted;	 /* closed to make room */
	counter tcp_expired;	 /* idle, slow or old */
};

/* Not atomic as a whole, which one writer does not need. */
static inline void
counter_add(counter *value, uint64_t n)
{
	atomic_store_explicit(value,
	    atomic_load_explicit(value, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

#endif
