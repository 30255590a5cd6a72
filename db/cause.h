#ifndef DB_CAUSE_H
#define DB_CAUSE_H

#include <stdint.h>

/*
 * Why servers send backscatter, and how that is repaired, in words for the
 * people who run them. ingest finds the cause, evidence carries its name (at
 * most 31 octets), the portal shows the words.
 */
enum cause_id {
	CAUSE_NONE,
	CAUSE_UNKNOWN_USER,
	CAUSE_BACKUP_MX,
	CAUSE_QUOTA,
	CAUSE_FILTER,
	CAUSE_FORWARDING,
	CAUSE_SIEVE_REJECT,
	CAUSE_LOOP,
	CAUSE_UNREACHABLE,
	CAUSE_TOO_LARGE,
	CAUSE_LOCAL_DELIVERY,
	CAUSE_OWN_USER,
	CAUSE_BOUNCE,
	CAUSE_VACATION,
	CAUSE_AUTORESPONDER,
	CAUSE_WEB_FORM,
	CAUSE_LIST_HOLD,
	CAUSE_READ_RECEIPT,
	CAUSE_CHALLENGE,
	CAUSE_SCANNER,
	CAUSE_CALLOUT,
	CAUSE_COUNT
};

struct cause {
	const char *name;
	const char *what;   /* happened; whole sentences */
	const char *repair; /* what the operator can do; whole sentences */
};
extern const struct cause causes[CAUSE_COUNT];

/* By name, or NULL. */
const struct cause *cause_find(const char *name);

/*
 * The plainest cause of what was seen (BACKSCATTER_BIT(kind)), for where no
 * better one is known; NULL when nothing was.
 */
const struct cause *cause_of_kinds(uint32_t kinds);

#endif
