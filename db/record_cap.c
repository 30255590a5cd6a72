#include "common/error.h"
#include "db/digest.h"
#include "db/record_private.h"
#include "db/stored.h"

#define HOUR 3600

/*
 * So many times as much for one trap, whatever the campaigns; and in all. Who
 * makes up a campaign for each message, or knows many traps, is held by these.
 */
#define OF_TRAP 8
#define IN_ALL 16

/*
 * Of what is alike: how many there are, the last, and the one in the middle of
 * as many as may be, with its neighbours in time.
 */
struct alike {
	unsigned bound, count;
	const struct sighting *last, *younger, *middle, *older;
};

/* What an hour holds already, as far back as the bounds ask. */
struct hoard {
	unsigned in_all;
	struct alike of_group, of_trap;
};

static bool
same_hour(int64_t a, int64_t b)
{
	return a / HOUR == b / HOUR;
}

static bool
same_group(const struct policy_event *a, const struct policy_event *b)
{
	return a->trap == b->trap && a->campaign == b->campaign &&
	       a->kind == b->kind && a->grade == b->grade &&
	       a->flags == b->flags && a->discount == b->discount;
}

/* They come newest first; the new one will be the first of those kept last. */
static void
add(struct alike *alike, const struct sighting *sighting)
{
	unsigned middle = alike->bound / 2 - 1;

	if (alike->count == 0)
		alike->last = sighting;
	if (alike->count == middle - 1)
		alike->younger = sighting;
	else if (alike->count == middle)
		alike->middle = sighting;
	else if (alike->count == middle + 1)
		alike->older = sighting;
	alike->count++;
}

static void
note(const struct sighting *other, const struct policy_event *event,
    struct hoard *hoard)
{
	if (!same_hour(other->event.seen_at, event->seen_at))
		return;
	hoard->in_all++;
	if (other->event.trap == event->trap)
		add(&hoard->of_trap, other);
	if (same_group(&other->event, event))
		add(&hoard->of_group, other);
}

static unsigned
bound_in_all(const struct recorder_rules *rules)
{
	unsigned bound = rules->records_per_hour * IN_ALL;

	return bound < RECORD_SIGHTINGS_MAX ? bound : RECORD_SIGHTINGS_MAX;
}

static int
look(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, const struct policy_event *event,
    struct hoard *hoard)
{
	struct sighting *sightings = rules->scratch->sightings;
	/* An id is never less than the time it was seen. */
	int64_t hour = event->seen_at - event->seen_at % HOUR;
	int count = sighting_read(
	    txn, unit, stored_first_id(hour), sightings, bound_in_all(rules));

	for (int i = 0; i < count; i++)
		note(&sightings[i], event, hoard);
	return count < 0 ? count : 0;
}

/* What is full, or NULL: there is room. */
static const struct alike *
full(const struct recorder_rules *rules, const struct hoard *hoard)
{
	const struct alike *of_trap = &hoard->of_trap;

	if (hoard->of_group.count >= hoard->of_group.bound)
		return &hoard->of_group;
	if (of_trap->count >= of_trap->bound ||
	    hoard->in_all >= bound_in_all(rules))
		return of_trap;
	return NULL;
}

static bool
was_at(const struct sighting *sighting, int64_t at)
{
	return sighting != NULL && sighting->event.seen_at == at;
}

/*
 * Which one goes: that in the middle, but for the only witness of when the unit
 * was listed. Where many traps fill the hour and this one has few, its last;
 * but one of each may come in (NULL).
 */
static int
choose(struct store_txn *txn, const struct ipaddr *unit,
    const struct alike *alike, const struct sighting **victim)
{
	struct listing listing;
	int code = listing_get(txn, unit, &listing);

	*victim = alike->middle;
	if (alike->middle == NULL && alike->count > 1)
		*victim = alike->last;
	if (code == 0 && alike->older != NULL &&
	    was_at(alike->middle, listing.listed_at) &&
	    !was_at(alike->younger, listing.listed_at) &&
	    !was_at(alike->older, listing.listed_at))
		*victim = alike->older;
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_LISTING, code)
		   ? 0
		   : code;
}

/*
 * 1 when it is gone, 0 when it stays: one that cannot be read, or another
 * sensor's, which must be whole when this one's is purged. Corroboration keeps
 * its hour: the network was seen.
 */
static int
drop(struct store_txn *txn, const struct ipaddr *unit, uint64_t id,
    uint32_t sensor)
{
	struct evidence evidence;
	int code = evidence_get(txn, id, &evidence);

	if (code == ERROR_NOT_FOUND || stored_pass_by(TABLE_EVIDENCE, code))
		return 0;
	if (code == 0 && evidence.sensor != sensor)
		return 0;
	if (code == 0)
		code = digest_drop(txn, &evidence);
	if (code == 0)
		code = sighting_remove(txn, unit, id);
	if (code == ERROR_NOT_FOUND) /* it did not count */
		code = 0;
	if (code == 0)
		code = evidence_remove(txn, &evidence);
	return code == 0 ? 1 : code;
}

int
record_cap(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, uint32_t sensor, struct policy_event *event)
{
	struct hoard hoard = { .of_group.bound = rules->records_per_hour,
		.of_trap.bound = rules->records_per_hour * OF_TRAP };
	const struct sighting *victim = NULL;
	const struct alike *alike;
	int code = look(txn, rules, unit, event, &hoard);

	alike = full(rules, &hoard);
	if (code == 0 && alike != NULL)
		code = choose(txn, unit, alike, &victim);
	if (code != 0 || victim == NULL)
		return code;
	code = drop(txn, unit, victim->id, sensor);
	if (code <= 0)
		return code;
	event->more = victim->event.more;
	event->more += event->more < UINT32_MAX;
	return 0;
}

/* --- what never counts ---------------------------------------------------- */

struct uncounted {
	const struct recorder_rules *rules;
	const struct evidence *like;
	unsigned looked_at, count;
	uint64_t last;
};

static bool
is_uncounted(const struct evidence *evidence)
{
	struct policy_event event;

	policy_event_from(evidence, false, &event);
	return !policy_can_count(&event);
}

/* Newest first, up to the hour's beginning. */
static int
note_uncounted(const struct evidence *evidence, void *context)
{
	struct uncounted *found = context;
	const struct evidence *like = found->like;
	int64_t hour = like->seen_at - like->seen_at % HOUR;

	if (evidence->sensor == like->sensor &&
	    same_hour(evidence->seen_at, like->seen_at) &&
	    is_uncounted(evidence) && found->count++ == 0)
		found->last = evidence->id;
	return found->count >= found->rules->records_per_hour ||
	       ++found->looked_at >= bound_in_all(found->rules) ||
	       evidence->id < stored_first_id(hour);
}

int
record_cap_uncounted(struct store_txn *txn, const struct recorder_rules *rules,
    const struct ipaddr *unit, const struct evidence *evidence)
{
	struct uncounted found = { .rules = rules, .like = evidence };
	int code = evidence_of_newest(txn, unit, note_uncounted, &found);

	if (code < 0 || found.count < rules->records_per_hour)
		return code < 0 ? code : 0;
	code = drop(txn, unit, found.last, evidence->sensor);
	return code < 0 ? code : 0;
}
