#ifndef INGEST_BACKLOG_H
#define INGEST_BACKLOG_H

#include <pthread.h>
#include <stdint.h>

/*
 * What is in the intake log and not yet in the database, for whoever watches:
 * how much, and since when. One thread notes groups, another asks.
 */

/* Groups; those beyond are told of as one with the last. */
#define BACKLOG_MAX 1024

struct backlog {
	pthread_mutex_t lock;
	struct backlog_group {
		uint64_t number; /* its last sighting's */
		uint64_t octets;
		int64_t at_ms;
	} groups[BACKLOG_MAX]; /* a ring */
	unsigned first, count;
	uint64_t last; /* the last sighting's number */
};

void backlog_init(struct backlog *backlog);
void backlog_deinit(struct backlog *backlog);

/* A group of so many octets, with sightings up to that number. */
void backlog_note(struct backlog *backlog, uint64_t number, uint64_t octets,
    uint64_t settled, int64_t now_ms);

struct backlog_sum {
	uint64_t sightings, octets;
	int64_t oldest_ms; /* when the first was noted; 0 none waits */
};
/* Of what is behind `settled`, a number that only rises. */
struct backlog_sum backlog_sum(struct backlog *backlog, uint64_t settled);

#endif
