#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/corroboration.h"
#include "db/octetset.h"
#include "db/record_private.h"
#include "db/stored.h"

/*
 * What a purge has to do, found outside the lock.
 */

/* Records between two looks at the clock, well under a millisecond. */
#define STRIDE 256

#define UNIT_LEN 16
#define MICROSECONDS UINT64_C(1000000)

/* --- what is meant -------------------------------------------------------- */

static bool
is_meant(const struct purge *purge, const struct evidence *evidence)
{
	const uint64_t which[] = {
		[PURGE_SENSOR] = evidence->sensor,
		[PURGE_TRAP] = evidence->trap,
		[PURGE_CAMPAIGN] = evidence->campaign,
	};

	return evidence->seen_at >= purge->from &&
	       evidence->seen_at < purge->to &&
	       which[purge->by] == purge->which;
}

/* --- looking for it, outside the lock ------------------------------------- */

void
purge_plan_init(struct purge_plan *plan, const struct purge *purge)
{
	*plan = (struct purge_plan){ .purge = *purge };
	octetset_init(&plan->ids, STORED_KEY_U64);
	octetset_init(&plan->buckets, CORROBORATION_BUCKET_LEN);
	octetset_init(&plan->near, UNIT_LEN);
	/* An id is never less than the time it was seen. */
	if (purge->from > 0)
		plan->next_id = (uint64_t)purge->from * MICROSECONDS;
}

void
purge_plan_deinit(struct purge_plan *plan)
{
	octetset_deinit(&plan->ids);
	octetset_deinit(&plan->buckets);
	octetset_deinit(&plan->near);
}

/* Ids are times. */
static uint64_t
seconds_behind(const struct purge_plan *plan, uint64_t next_id)
{
	uint64_t seconds = next_id / MICROSECONDS;
	uint64_t from = (uint64_t)plan->purge.from;

	return seconds > from ? seconds - from : 0;
}

uint64_t
purge_plan_seconds(const struct purge_plan *plan)
{
	return seconds_behind(plan, plan->next_id) +
	       seconds_behind(plan, plan->next_near_id);
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

static int
note_buckets(struct octetset *set, const struct evidence *evidence)
{
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(evidence, buckets);
	int code = 0;

	for (unsigned i = 0; code == 0 && i < count; i++)
		code = octetset_add(set, buckets[i].octets);
	return code;
}

/* What becomes another campaign's changes the hours of both. */
static int
look_at(const struct evidence *evidence, void *context)
{
	struct search *search = context;
	struct purge_plan *plan = search->plan;
	struct evidence joined;
	uint8_t id[STORED_KEY_U64];
	int code;

	plan->next_id = evidence->id + 1;
	if (!is_meant(&plan->purge, evidence))
		return look_at_clock(search);
	code = octetset_add(&plan->ids, stored_key_u64(id, evidence->id).data);
	if (code == 0)
		code = note_buckets(&plan->buckets, evidence);
	if (code == 0 && plan->purge.into != 0) {
		joined = *evidence;
		joined.campaign = plan->purge.into;
		code = note_buckets(&plan->buckets, &joined);
	}
	return code != 0 ? code : look_at_clock(search);
}

static uint32_t
hours_before(uint32_t hour, uint32_t hours)
{
	return hour > hours ? hour - hours : 0;
}

static int
look_near(const struct evidence *evidence, void *context)
{
	struct search *search = context;
	struct purge_plan *plan = search->plan;
	struct ipaddr unit = listing_unit(&evidence->address);
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(evidence, buckets);
	bool near = false;
	int code;

	plan->next_near_id = evidence->id + 1;
	for (unsigned i = 0; i < count; i++)
		near |= corroboration_near(
		    &plan->buckets, &buckets[i], CORROBORATION_HOURS);
	code = near ? octetset_add(&plan->near, unit.octets) : 0;
	return code != 0 ? code : look_at_clock(search);
}

/* Whom it bore out was seen at most a day before the first of it. */
static void
start_near(struct purge_plan *plan)
{
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < plan->buckets.count; i++) {
		struct corroboration_bucket bucket =
		    corroboration_bucket_at(&plan->buckets, i);
		uint32_t hour = corroboration_hour_of(&bucket);

		if (hour < first)
			first = hour;
	}
	plan->next_near_id =
	    (uint64_t)hours_before(first, CORROBORATION_HOURS) * 3600 *
	    MICROSECONDS;
}

/*
 * First what is meant, then who is near. Where the first search finds more, in
 * other hours than before, the second begins anew.
 */
int
record_purge_prepare(
    struct store_txn *txn, struct purge_plan *plan, int64_t deadline_ms)
{
	struct search search = { plan, deadline_ms, 0 };
	size_t known = plan->buckets.count;
	int code = evidence_list(txn, plan->next_id, look_at, &search);

	octetset_sort(&plan->ids);
	octetset_sort(&plan->buckets);
	if (plan->buckets.count != known)
		start_near(plan);
	if (code == 0 && plan->buckets.count > 0)
		code =
		    evidence_list(txn, plan->next_near_id, look_near, &search);
	octetset_sort(&plan->near);
	return code;
}
