#include "common/error.h"
#include "db/purge_private.h"
#include "db/stored.h"

/*
 * What a purge would do: whom it touches is judged by what would be left, in
 * read transactions, so that nobody waits for it.
 */

/* False: it would be gone. */
static bool
stays(const struct purge_plan *plan, struct sighting *sighting)
{
	uint8_t id[STORED_KEY_U64];
	size_t place =
	    octetset_seek(&plan->ids, stored_key_u64(id, sighting->id).data);

	if (place == plan->ids.count ||
	    stored_u64_of_key(octetset_at(&plan->ids, place)) != sighting->id)
		return true;
	sighting->event.campaign = plan->purge.purge.into;
	return plan->purge.purge.into != 0;
}

/* As what is near would be looked at again, and what nobody bore out is. */
static int
look_again(struct purging *purging, const struct ipaddr *unit,
    struct sighting *sighting)
{
	const struct corroboration_again *again = &purging->plan->again;
	const struct evidence evidence =
	    purge_evidence_of(unit, &sighting->event);
	unsigned needed = purging->rules->policy.corroborating_networks;
	int holds;

	if (sighting->borne_by >= needed &&
	    !corroboration_again_is_near(again, &evidence))
		return 0;
	holds =
	    corroboration_again_holds(purging->txn, again, &evidence, needed);
	sighting->borne_by = (uint8_t)(holds > 0 ? needed : 0);
	return holds < 0 ? holds : 0;
}

static int
read_left(struct purging *purging, const struct ipaddr *unit,
    struct record_known *known)
{
	struct sighting *sightings = purging->rules->scratch->sightings;
	unsigned left = 0;
	int code = record_read_sightings(
	    purging->txn, purging->rules, unit, purging->now, known);

	for (unsigned i = 0; code == 0 && i < known->count; i++) {
		struct sighting sighting = sightings[i];

		if (!stays(purging->plan, &sighting))
			continue;
		code = look_again(purging, unit, &sighting);
		sightings[left++] = sighting;
	}
	known->count = left;
	return code;
}

static int
look_at_unit(struct purging *purging, const struct ipaddr *unit)
{
	struct listing before, after;
	struct purge_before was;
	struct record_known known;
	int code = listing_get(purging->txn, unit, &before);

	/* One that cannot be read would say nothing. */
	if (stored_pass_by(TABLE_LISTING, code)) {
		purging->purge.result.judged++;
		return 0;
	}
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	was = purge_before_of(&before);
	code = read_left(purging, unit, &known);
	if (code == 0)
		code = record_foresee(purging->txn, purging->rules, unit,
		    &known, &before, purging->now, &after);
	if (code == 0)
		purge_note_change(purging, &was, &after);
	purging->purge.result.judged++;
	return code;
}

int
purge_look(struct purging *purging)
{
	struct purge_plan *plan = purging->plan;
	int code = 0;

	while (code == 0 && plan->next_unit < plan->units.count) {
		struct ipaddr unit = purge_unit_at(plan, plan->next_unit);

		code = look_at_unit(purging, &unit);
		if (code == 0 && ++plan->next_unit < plan->units.count &&
		    purging_is_late(purging))
			code = 1;
	}
	return code;
}
