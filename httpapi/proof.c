#include "httpapi/proof.h"

#include <stdio.h>

#include "common/wire.h"

#define DAY ((int64_t)86400)

/* Keeps it apart from all else that is hashed with the database's key. */
#define PURPOSE "delisting by DNS"

#define HASHED_MAX (sizeof(PURPOSE) + 16 + 16 + 1 + 8)

static uint64_t
hash_of(const uint8_t key[META_KEY_LEN], const struct ipaddr *unit,
    const struct ipprefix *network, int64_t day)
{
	uint8_t hashed[HASHED_MAX];
	struct wire_writer to;

	wire_write(&to, hashed, sizeof(hashed));
	wire_write_octets(&to, PURPOSE, sizeof(PURPOSE));
	wire_write_octets(&to, unit->octets, sizeof(unit->octets));
	wire_write_octets(
	    &to, network->address.octets, sizeof(network->address.octets));
	wire_write_u8(&to, (uint8_t)network->length);
	wire_write_u64(&to, (uint64_t)day);
	return meta_hash(key, hashed, wire_len(&to));
}

void
proof_make(const uint8_t key[META_KEY_LEN], const struct ipaddr *unit,
    const struct ipprefix *network, int64_t now, struct proof *proof)
{
	int64_t today = now / DAY;

	for (int i = 0; i < PROOF_DAYS; i++)
		snprintf(proof->texts[i], sizeof(proof->texts[i]),
		    PROOF_PREFIX "%016llx",
		    (unsigned long long)hash_of(key, unit, network, today - i));
	proof->ends_at = (today + PROOF_DAYS) * DAY;
}
