#ifndef INGEST_SIGHTINGS_H
#define INGEST_SIGHTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "db/evidence.h"
#include "db/meta.h"
#include "ingest/envelope.h"

/*
 * What came in -> evidence: one sighting for each trap that was named,
 * however many of its addresses were. Mail for role addresses alone
 * (postmaster, abuse) makes one that bears no trap and never counts.
 */
struct sightings {
	struct evidence *list;
	unsigned count;
};

/* How many there will be. */
unsigned sightings_expected(const struct envelope *envelope);

/*
 * A message. The digest is of the client, the trap and the message as it was
 * received: what a client sends again after a lost 250 has the same. 0 or
 * -ENOMEM; free with sightings_deinit.
 */
int sightings_of_message(const struct envelope *envelope, const uint8_t *octets,
    size_t len, const uint8_t hash_key[META_KEY_LEN],
    struct sightings *sightings);

/* A dialogue that ended without one (ingest/smtp_session.h). */
int sightings_of_dialogue(const struct envelope *envelope,
    enum dialogue_end end, unsigned refused,
    const uint8_t hash_key[META_KEY_LEN], struct sightings *sightings);

void sightings_deinit(struct sightings *sightings);

#endif
