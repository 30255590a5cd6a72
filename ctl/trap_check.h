#ifndef CTL_TRAP_CHECK_H
#define CTL_TRAP_CHECK_H

#include "ctl/ctl.h"
#include "ctl/dnsask.h"

/*
 * A trap never sends. What tells that its domain does, or could: what it
 * publishes (trap_check_dns.c), and what was seen (trap_check.c).
 */
struct trap_check {
	struct ctl *ctl;
	struct dnsask *ask;
	struct store_txn *txn;
	bool warned; /* something was not good */
};

/* Adds a line of what was found; `says` is taken over. */
void trap_check_note(struct trap_check *checking, json_t *checks,
    const char *what, bool good, json_t *says);

/* MX, SPF and DMARC of the domain; its mail servers go to `servers`. */
void trap_check_dns(struct trap_check *checking, const char *domain,
    json_t *checks, json_t *servers);
/* What it should publish, as lines of a zone. */
json_t *trap_check_records(
    const struct trap_check *checking, const char *domain);

#endif
