#ifndef HTTPAPI_FEEDER_H
#define HTTPAPI_FEEDER_H

#include <stdbool.h>
#include <stdint.h>

#include "db/meta.h"
#include "db/store.h"

/*
 * One thread for those who want to know what became of the zone since a
 * version: it gathers the difference, which may take a second, in no server's
 * thread; and it lets those wait who have the newest version, without a thread
 * or a place in the database, until there is a newer one or their time is over.
 * With nobody waiting it sleeps.
 */
struct feeder_job {
	struct zone_version since; /* lineage 0: any */
	int64_t until_ms; /* of clock_monotonic_ms(): told then at last */
	const _Atomic bool *gone; /* its client ended: told at once; or NULL */
	/* On the feeder's thread: the answer, then the word that it is there,
	 * after which the job's owner may free it. */
	void (*run)(struct feeder_job *job);
	void (*done)(struct feeder_job *job);
	struct feeder_job *next;
};

struct feeder;

int feeder_start(struct store *store, struct feeder **feeder);
/*
 * Answers all who wait, then ends; no place is free from then on. Done twice it
 * does nothing, nor does NULL.
 */
void feeder_stop(struct feeder *feeder);
void feeder_free(struct feeder *feeder); /* once it is stopped */

/* A place among those who wait; false when all are taken, or it stops. */
bool feeder_reserve(struct feeder *feeder);
/* Takes the place reserved before. */
void feeder_submit(struct feeder *feeder, struct feeder_job *job);
/* Jobs waiting, for metrics. */
unsigned feeder_waiting(struct feeder *feeder);

#endif
