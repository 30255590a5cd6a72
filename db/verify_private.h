#ifndef DB_VERIFY_PRIVATE_H
#define DB_VERIFY_PRIVATE_H

#include "common/ipaddr.h"
#include "db/audit.h"
#include "db/guard.h"
#include "db/verify.h"

/*
 * What the files of verify share, and nobody else includes: verify.c (the walk
 * and what stands by itself), verify_listing.c (listings, what is due, the
 * zone), verify_journal.c, verify_evidence.c, verify_acts.c (traps, exemptions,
 * delistings), verify_access.c (accounts and their kin).
 */

#define UNIT_LEN 16

struct check {
	struct store_txn *txn;
	verify_found *found;
	verify_progress *progress; /* may be NULL */
	void *context;
	uint64_t done, total; /* records */
	int faults;

	uint32_t listed[GUARD_LISTS]; /* by policy, and among the callouts */
	uint64_t tests;		      /* test entries found in the zone */
	uint64_t units;		      /* units found in the main list */
	uint64_t traps,
	    named; /* digests of trap domains, and of their counts */
	struct audit_end audit; /* the entry before */
	uint32_t first_hour;	/* of evidence: that of the lowest id, ... */
	uint32_t earliest_hour; /* ... and of the earliest */
};

/* --- what is wrong, and of what ------------------------------------------- */

void fault(struct check *check, const char *what, const char *of);
void fault_of_unit(
    struct check *check, const char *what, const struct ipaddr *unit);
void fault_of_id(struct check *check, const char *what, uint64_t id);
/* Octets that should mean something and do not. */
void fault_of_key(struct check *check, const char *what, struct octets key);

/* 0 for what is wrong with a record, which is a fault and no failure. */
int fails(int code);

/* --- looking -------------------------------------------------------------- */

/* One record of a table; what it finds wrong is a fault and no failure. */
typedef int check_record(
    struct check *check, struct octets key, struct octets value);
/* A look-up whose miss is no failure. */
int look_up(struct check *check, enum store_table table, struct octets key,
    struct octets *value, bool *there);

check_record check_listing, check_due_key, check_zone;
check_record check_evidence, check_index, check_digest;
check_record check_networks, check_member;
check_record check_account, check_token, check_session, check_appeal;
/* What has to be in the zone, whatever is listed. */
int check_apex_and_tests(struct check *check);
int check_journal(struct check *check);
int check_traps(struct check *check);
int check_exemptions(struct check *check);
int check_delistings(struct check *check);

#endif
