#include <stdlib.h>

#include "db/corroboration.h"
#include "db/record_private.h"
#include "db/stored.h"

/* --- what is read --------------------------------------------------------- */

struct reading {
	const struct recorder_rules *rules;
	struct record_known *known;
	uint64_t from_id;
	unsigned looked_at, unborne;
};

static bool
counts_as_it_is(
    const struct recorder_rules *rules, const struct sighting *sighting)
{
	return rules->policy.immediate ||
	       sighting->borne_by >= rules->policy.corroborating_networks;
}

/*
 * The newest first. What is left out of those that nobody bears out has no
 * weight; where anything else may be missing, it tells since when nothing is.
 */
static int
take(const struct sighting *sighting, void *context)
{
	struct reading *reading = context;
	struct record_known *known = reading->known;

	if (sighting->id < reading->from_id)
		return 1;
	if (known->count == RECORD_SIGHTINGS_MAX ||
	    reading->looked_at++ == RECORD_LOOKED_AT_MAX) {
		known->whole_since = stored_id_second(sighting->id);
		return 1;
	}
	if (!counts_as_it_is(reading->rules, sighting) &&
	    reading->unborne++ >= RECORD_UNBORNE_MAX)
		return 0;
	reading->rules->scratch->sightings[known->count++] = *sighting;
	return 0;
}

int
record_read_sightings(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, int64_t now, struct record_known *known)
{
	struct reading reading = { .rules = rules,
		.known = known,
		/* An id is never less than the time it was seen. */
		.from_id =
		    stored_first_id(now - rules->policy.evidence_seconds) };
	int code;

	*known = (struct record_known){ 0 };
	code = sighting_of_before(txn, unit, UINT64_MAX, take, &reading);
	return code < 0 ? code : 0;
}

/* --- what is found out --------------------------------------------------- */

/* What corroboration_holds looks at, without the texts. */
static int
is_borne_out(struct store_txn *txn, const struct ipaddr *unit,
    const struct policy_event *event, unsigned needed)
{
	struct evidence evidence = { .address = *unit,
		.seen_at = event->seen_at,
		.flags = event->flags,
		.trap = event->trap,
		.campaign = event->campaign };

	return corroboration_holds(txn, &evidence, needed);
}

static bool
same_group_and_hour(const struct policy_event *a, const struct policy_event *b)
{
	return a->trap == b->trap && a->campaign == b->campaign &&
	       a->flags == b->flags && a->seen_at / 3600 == b->seen_at / 3600;
}

/* A flood of one trap and hour is one walk. */
int
record_look_again(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, unsigned walks, const struct record_known *known,
    record_keep *keep)
{
	unsigned needed = rules->policy.corroborating_networks;
	const struct sighting *last = NULL;
	int holds = 0, code = 0;

	for (unsigned i = 0; code == 0 && i < known->count; i++) {
		struct sighting *sighting = &rules->scratch->sightings[i];
		const struct policy_event *event = &sighting->event;

		if (sighting->borne_by >= needed)
			continue;
		if (last == NULL || !same_group_and_hour(event, &last->event)) {
			if (walks-- == 0)
				break;
			holds = is_borne_out(txn, unit, event, needed);
			last = sighting;
		}
		if (holds < 0)
			return holds;
		if (holds > 0) {
			sighting->borne_by = (uint8_t)needed;
			if (keep != NULL)
				code = keep(txn, unit, sighting);
		}
	}
	return code;
}

static int
compare_events(const void *a, const void *b)
{
	return policy_event_compare(a, b);
}

/* They mostly are sorted, from the newest to the oldest. */
void
record_sort_events(const struct recorder_rules *rules, unsigned count)
{
	const struct sighting *sightings = rules->scratch->sightings;
	struct policy_event *events = rules->scratch->events;
	bool sorted = true;

	for (unsigned i = 0; i < count; i++) {
		const struct sighting *sighting = &sightings[count - 1 - i];

		events[i] = sighting->event;
		events[i].corroborated =
		    sighting->borne_by >= rules->policy.corroborating_networks;
		if (i > 0 &&
		    policy_event_compare(&events[i - 1], &events[i]) > 0)
			sorted = false;
	}
	if (!sorted)
		qsort(events, count, sizeof(*events), compare_events);
}
