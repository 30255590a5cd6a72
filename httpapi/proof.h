#ifndef HTTPAPI_PROOF_H
#define HTTPAPI_PROOF_H

#include <stdint.h>

#include "common/ipaddr.h"
#include "db/meta.h"

/*
 * Proof of control by DNS: who can publish a record under the name of an
 * address speaks for the server. The record is
 *
 *	_bsbl.NAME. TXT "bsbl-proof=TEXT"
 *
 * NAME is what reverse DNS has for the address, and leads back to it. It is
 * that very name, and no parent of it: whoever lets addresses names them all
 * below a domain of their own (192-0-2-1.customers.example), so that a record
 * at the parent would speak for the servers of strangers; and no table of where
 * domains begin stays true.
 *
 * TEXT is a keyed hash of the listed unit, the requester's network and the day:
 * nothing is remembered, what one has published serves nobody who asks from
 * elsewhere, and what was left in DNS is worth nothing the day after tomorrow.
 * Its 64 bits are enough, since a guess has to be published to be tried, by
 * one who has the name already. Pure.
 */
#define PROOF_LABEL "_bsbl."
#define PROOF_PREFIX "bsbl-proof="
#define PROOF_TEXT_MAX (sizeof(PROOF_PREFIX) - 1 + 16)

/* Texts good at a time: that of today, and that of yesterday. */
#define PROOF_DAYS 2
struct proof {
	char texts[PROOF_DAYS][PROOF_TEXT_MAX + 1]; /* today's is first */
	int64_t ends_at; /* when today's is good no more */
};
void proof_make(const uint8_t key[META_KEY_LEN], const struct ipaddr *unit,
    const struct ipprefix *network, int64_t now, struct proof *proof);

#endif
