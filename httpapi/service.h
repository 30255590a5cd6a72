#ifndef HTTPAPI_SERVICE_H
#define HTTPAPI_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/guard.h"
#include "db/listing.h"
#include "db/store.h"

/* What every request works with: one of it in the program. */

struct catalog;
struct dnsd_watch;
struct feeder;
struct limit;
struct prover;
struct quota;
struct readers;
struct site;
struct survey;
struct undertakings;
struct writer;

/* Rows for the routes' counters; the last is for requests without a route. */
#define SERVICE_ROUTES_MAX 128
#define SERVICE_STATUS_CLASSES 6 /* 1xx is 1, ...; 0 never */

struct counters {
	_Atomic uint64_t replies[SERVICE_ROUTES_MAX][SERVICE_STATUS_CLASSES];
	_Atomic uint64_t connections; /* open now */
	_Atomic uint64_t connections_total;
	_Atomic uint64_t connections_refused; /* by client or network */
	_Atomic uint64_t requests_expired;    /* cut off by their deadline */
	_Atomic uint64_t delistings;
	_Atomic uint64_t proofs;  /* questions to DNS */
	_Atomic uint64_t sweeps;  /* done in ingest's stead */
	_Atomic int64_t swept_at; /* the last of them; 0 never */
	_Atomic uint64_t listings[LISTING_STATE_COUNT];
	_Atomic uint64_t held[GUARD_LISTS];  /* by the publish guard */
	_Atomic int64_t listings_counted_at; /* 0 not yet */
};

struct service {
	struct store *store;
	struct readers *readers;
	struct writer *writer;
	struct writer *hasher;	 /* a thread of the same sort, for passwords */
	struct writer *searcher; /* and for walks through evidence */
	struct survey *survey;	 /* the searcher's */
	struct catalog *catalog;
	struct undertakings *undertakings;
	struct dnsd_watch *dnsd;
	struct prover *prover; /* NULL: no resolver is to be asked */
	struct feeder *feeder;
	struct limit *feeding; /* networks that wait for or read the feed */
	struct quota *quota;
	struct quota *networks; /* of the clients' networks together */
	struct quota *proofs;	/* of networks that ask for proofs by DNS */
	struct quota *attempts; /* wrong tokens and passwords */
	_Atomic(struct site *) site; /* in force */
	struct counters counters;
	struct keeper *keeper;
	int64_t started_at;
	uint64_t request_seed;
	_Atomic uint64_t request_number;
	_Atomic unsigned feeds; /* under way */
	_Atomic bool stopping;	/* long walks are given up */
};

#endif
