#include "ingest/sightings.h"

#include <errno.h>
#include <stdlib.h>

#include "common/wire.h"
#include "ingest/classify.h"

/* Does recipient `n` stand for evidence of its own? */
static bool
is_first_of_trap(const struct envelope *envelope, unsigned n)
{
	uint64_t trap = envelope->recipients[n].trap;

	if (trap == 0)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (envelope->recipients[i].trap == trap)
			return false;
	}
	return true;
}

unsigned
sightings_expected(const struct envelope *envelope)
{
	unsigned count = 0;

	for (unsigned i = 0; i < envelope->recipient_count; i++)
		count += is_first_of_trap(envelope, i);
	return count > 0 ? count : 1;
}

static uint64_t
digest(const uint8_t hash_key[META_KEY_LEN], const struct evidence *evidence,
    uint64_t message)
{
	uint8_t octets[sizeof(evidence->address.octets) + 8 + 8];
	struct wire_writer writer;

	wire_write(&writer, octets, sizeof(octets));
	wire_write_octets(&writer, evidence->address.octets,
	    sizeof(evidence->address.octets));
	wire_write_u64(&writer, evidence->trap);
	wire_write_u64(&writer, message);
	return meta_hash(hash_key, octets, wire_len(&writer));
}

static int
reserve(struct sightings *sightings, const struct envelope *envelope)
{
	unsigned count = sightings_expected(envelope);

	sightings->count = 0;
	sightings->list = calloc(count, sizeof(*sightings->list));
	return sightings->list != NULL ? 0 : -ENOMEM;
}

/* Recipients that have evidence of their own; the first if none has. */
static bool
is_wanted(
    const struct envelope *envelope, unsigned n, const struct sightings *list)
{
	return is_first_of_trap(envelope, n) ||
	       (n + 1 == envelope->recipient_count && list->count == 0);
}

int
sightings_of_message(const struct envelope *envelope, const uint8_t *octets,
    size_t len, const uint8_t hash_key[META_KEY_LEN],
    struct sightings *sightings)
{
	uint64_t message = meta_hash(hash_key, octets, len);
	int error = reserve(sightings, envelope);
	struct classify_reading *reading;

	if (error != 0)
		return error;
	reading = classify_read(envelope, octets, len);
	if (reading == NULL)
		return -ENOMEM;
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		struct evidence *evidence = &sightings->list[sightings->count];
		struct classification found;

		if (!is_wanted(envelope, i, sightings))
			continue;
		classify_for(reading, i, hash_key, &found);
		*evidence = found.evidence;
		evidence->digest = digest(hash_key, evidence, message);
		sightings->count++;
	}
	classify_end(reading);
	return 0;
}

int
sightings_of_dialogue(const struct envelope *envelope, enum dialogue_end end,
    unsigned refused, const uint8_t hash_key[META_KEY_LEN],
    struct sightings *sightings)
{
	int error = reserve(sightings, envelope);

	if (error != 0)
		return error;
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		struct classification found;

		if (!is_wanted(envelope, i, sightings))
			continue;
		classify_dialogue(envelope, i, end, refused, hash_key, &found);
		sightings->list[sightings->count++] = found.evidence;
	}
	return 0;
}

void
sightings_deinit(struct sightings *sightings)
{
	free(sightings->list);
	sightings->list = NULL;
	sightings->count = 0;
}
