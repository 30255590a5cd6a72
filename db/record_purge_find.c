#include "common/clock.h"
#include "db/purge_private.h"
#include "db/stored.h"

/*
 * What a purge has to do, found outside the lock; and what came since, in it.
 */

/* Records between two looks at the clock, well under a millisecond. */
#define STRIDE 256

bool
purge_means(const struct purge *purge, const struct evidence *evidence)
{
	const uint64_t which[PURGE_BYS] = {
		[PURGE_SENSOR] = evidence->sensor,
		[PURGE_TRAP] = evidence->trap,
		[PURGE_CAMPAIGN] = evidence->campaign,
	};

	/* Of two that are merged, what comes meanwhile is meant, too. */
	return evidence->seen_at >= purge->from &&
	       (purge->into != 0 || evidence->seen_at < purge->to) &&
	       which[purge->by] == purge->which;
}

struct search {
	struct purge_plan *plan;
	int64_t deadline_ms;
	unsigned looked_at;
};

/* 1: it is time. */
static int
look_at_clock(struct search *search)
{
	return ++search->looked_at % STRIDE == 0 &&
	       clock_monotonic_ms() >= search->deadline_ms;
}

/* --- what is meant -------------------------------------------------------- */

/* What becomes another campaign's changes the hours of both. */
static int
note_for_look(struct purge_plan *plan, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	struct evidence joined = *evidence;
	int code = octetset_add(&plan->own, unit.octets);

	if (code == 0)
		code = corroboration_again_note(&plan->again, evidence);
	if (code != 0 || plan->purge.purge.into == 0)
		return code;
	joined.campaign = plan->purge.purge.into;
	return corroboration_again_note(&plan->again, &joined);
}

static int
look_at(const struct evidence *evidence, void *context)
{
	struct search *search = context;
	struct purge_plan *plan = search->plan;
	uint8_t id[STORED_KEY_U64];
	int code = 0;

	plan->next_id = evidence->id + 1;
	if (purge_means(&plan->purge.purge, evidence)) {
		code = octetset_add(
		    &plan->ids, stored_key_u64(id, evidence->id).data);
		if (code == 0 && plan->only_looks)
			code = note_for_look(plan, evidence);
	}
	return code != 0 ? code : look_at_clock(search);
}

int
purge_find_evidence(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms)
{
	struct search search = { plan, deadline_ms, 0 };

	return evidence_list(txn, plan->next_id, look_at, &search);
}

/* --- who is near, and what is left ---------------------------------------- */

/* As it is, or will be: NULL when it is not there any more. */
static const struct evidence *
left_of(const struct purge_plan *plan, const struct evidence *evidence,
    struct evidence *joined)
{
	const struct purge *purge = &plan->purge.purge;

	if (!plan->only_looks || !purge_means(purge, evidence))
		return evidence;
	if (purge->into == 0)
		return NULL;
	*joined = *evidence;
	joined->campaign = purge->into;
	return joined;
}

static int
look_near(const struct evidence *evidence, void *context)
{
	struct search *search = context;
	struct purge_plan *plan = search->plan;
	struct ipaddr unit = listing_unit(&evidence->address);
	struct evidence joined;
	const struct evidence *left = left_of(plan, evidence, &joined);
	int code = 0;

	plan->next_near_id = evidence->id + 1;
	if (left != NULL)
		corroboration_again_count(&plan->again, left);
	if (corroboration_again_is_near(&plan->again, evidence))
		code = octetset_add(&plan->units, unit.octets);
	return code != 0 ? code : look_at_clock(search);
}

/* An id is never less than the time it was seen. */
int
purge_find_near(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms)
{
	struct search search = { plan, deadline_ms, 0 };

	if (plan->again.buckets.count == 0)
		return 0;
	return evidence_list(txn, plan->next_near_id, look_near, &search);
}
