#ifndef HTTPAPI_PROVER_H
#define HTTPAPI_PROVER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "httpapi/proof.h"

/*
 * Asks DNS for what proof.h wants: the names of an address, whether they lead
 * back to it (RFC 1912 section 2.1), and the record below them. One thread asks
 * for all, and waits for none: each job has sockets of its own and a deadline
 * at which it ends, whatever slow or endless answers strangers' name servers
 * give. What they say is looked at and dropped; only names of hosts are kept.
 *
 * The resolver is believed as it is by mail servers, and should be on the same
 * machine or its network.
 */

/* Reverse DNS may have any number of names; a server that repairs has one. */
#define PROVER_NAMES_MAX 4
/* With PROOF_LABEL before it, it is a name still. */
#define PROVER_NAME_MAX (253 - (sizeof(PROOF_LABEL) - 1))

enum prover_outcome {
	PROVER_FOUND,	  /* the record, or the names where it is not wanted */
	PROVER_NO_NAME,	  /* none leads back to the address */
	PROVER_NO_RECORD, /* not under any of these names */
	PROVER_OTHER_RECORD, /* but one of ours, for another or too old */
	PROVER_SILENT	     /* DNS did not say it, or not in time */
};

struct prover_job {
	struct ipaddr address;
	const struct proof *proof; /* borrowed; NULL: the names alone */
	int64_t patience_ms;	   /* until it is PROVER_SILENT */
	/* On the prover's thread; its owner may then free the job. */
	void (*done)(struct prover_job *job);
	void *owner;
	struct prover_job *next;

	enum prover_outcome outcome;
	/* Those that lead back to the address; of what they are, all octets
	 * are letters, digits, '-', '_' and '.'. */
	char names[PROVER_NAMES_MAX][PROVER_NAME_MAX + 1];
	unsigned name_count;
};

struct prover;

/*
 * `resolver`: "system", or an address with an optional port; "none" leaves
 * *prover NULL. 0, or a negative code after one log line.
 */
int prover_start(const char *resolver, struct prover **prover);
/*
 * Ends every job as PROVER_SILENT; no place is free from then on. Done twice
 * it does nothing, nor does NULL.
 */
void prover_stop(struct prover *prover);
void prover_free(struct prover *prover); /* once it is stopped */

/* A place among the jobs; false when all are taken, or it stops. */
bool prover_reserve(struct prover *prover);
/* Takes the place reserved before. */
void prover_submit(struct prover *prover, struct prover_job *job);
/* Jobs waiting or under way, for metrics. */
unsigned prover_waiting(struct prover *prover);

#endif
