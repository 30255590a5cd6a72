#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "db/corroboration_private.h"
#include "db/listing.h"

/*
 * Evidence is taken away: its hours are counted again, from what is left.
 */

/* --- hours of groups ------------------------------------------------------ */

static uint32_t
hour_of(const uint8_t *bucket)
{
	struct wire_reader from;

	wire_read(&from, bucket + GROUP_LEN, 4);
	return wire_read_u32(&from);
}

static struct corroboration_bucket
at_hour(const struct corroboration_bucket *bucket, uint32_t hour)
{
	struct corroboration_bucket other = *bucket;
	struct wire_writer to;

	wire_write(&to, other.octets + GROUP_LEN, 4);
	wire_write_u32(&to, hour);
	return other;
}

static uint32_t
hours_before(uint32_t hour, uint32_t distance)
{
	return hour > distance ? hour - distance : 0;
}

static bool
same_group(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, GROUP_LEN) == 0;
}

bool
corroboration_member_of(
    const struct evidence *evidence, struct corroboration_bucket *bucket)
{
	struct group group;

	if (!group_find(evidence, &group))
		return false;
	group_bucket(&group, group_hour(evidence), bucket->octets);
	return true;
}

int
corroboration_leave(struct store_txn *txn,
    const struct corroboration_bucket *bucket, const struct ipaddr *unit)
{
	uint8_t member[MEMBER_LEN];
	int code;

	memcpy(member, bucket->octets, BUCKET_LEN);
	memcpy(member + BUCKET_LEN, unit->octets, sizeof(unit->octets));
	code =
	    store_delete(txn, TABLE_GROUP_MEMBER, OCTETS(member, MEMBER_LEN));
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- counting again ------------------------------------------------------- */

void
corroboration_again_init(struct corroboration_again *again)
{
	octetset_init(&again->buckets, BUCKET_LEN);
	again->left = NULL;
}

void
corroboration_again_deinit(struct corroboration_again *again)
{
	octetset_deinit(&again->buckets);
	free(again->left);
	again->left = NULL;
}

int
corroboration_again_note(
    struct corroboration_again *again, const struct evidence *evidence)
{
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(evidence, buckets);
	int code = 0;

	for (unsigned i = 0; code == 0 && i < count; i++)
		code = octetset_add(&again->buckets, buckets[i].octets);
	return code;
}

int
corroboration_again_sort(struct corroboration_again *again)
{
	octetset_sort(&again->buckets);
	free(again->left);
	again->left = NULL;
	if (again->buckets.count == 0)
		return 0;
	again->left = calloc(again->buckets.count, sizeof(*again->left));
	return again->left != NULL ? 0 : -ENOMEM;
}

uint32_t
corroboration_again_first(const struct corroboration_again *again)
{
	uint32_t first = UINT32_MAX;

	for (size_t i = 0; i < again->buckets.count; i++) {
		uint32_t hour = hour_of(octetset_at(&again->buckets, i));

		if (hour < first)
			first = hour;
	}
	return first;
}

/* NULL: that hour lost nothing. */
static struct networks *
left_at(const struct corroboration_again *again, const uint8_t *bucket)
{
	size_t place = octetset_seek(&again->buckets, bucket);

	return place < again->buckets.count &&
		       memcmp(octetset_at(&again->buckets, place), bucket,
			   BUCKET_LEN) == 0
		   ? &again->left[place]
		   : NULL;
}

void
corroboration_again_count(
    struct corroboration_again *again, const struct evidence *evidence)
{
	struct corroboration_bucket buckets[2];
	unsigned count = corroborates(evidence)
			     ? corroboration_buckets(evidence, buckets)
			     : 0;

	for (unsigned i = 0; i < count; i++) {
		struct networks *left = left_at(again, buckets[i].octets);

		if (left != NULL)
			networks_add(left, networks_id(&evidence->address));
	}
}

/* Of its own group's hours is the first, from a day before on, within it? */
static bool
is_near(const struct corroboration_again *again,
    const struct corroboration_bucket *bucket)
{
	uint32_t hour = hour_of(bucket->octets);
	struct corroboration_bucket from =
	    at_hour(bucket, hours_before(hour, CORROBORATION_HOURS));
	size_t place = octetset_seek(&again->buckets, from.octets);
	const uint8_t *found;

	if (place == again->buckets.count)
		return false;
	found = octetset_at(&again->buckets, place);
	return same_group(found, bucket->octets) &&
	       hour_of(found) <= hour + CORROBORATION_HOURS;
}

bool
corroboration_again_is_near(
    const struct corroboration_again *again, const struct evidence *evidence)
{
	struct corroboration_bucket buckets[2];
	unsigned count = corroboration_buckets(evidence, buckets);
	bool near = false;

	for (unsigned i = 0; i < count; i++)
		near |= is_near(again, &buckets[i]);
	return near;
}

int
corroboration_again_write(struct store_txn *txn,
    const struct corroboration_again *again, size_t place)
{
	const struct networks *left = &again->left[place];
	struct octets key =
	    OCTETS(octetset_at(&again->buckets, place), BUCKET_LEN);
	struct octets value;
	int code = store_get(txn, TABLE_GROUP_NETWORK, key, &value);

	if (code == 0 && left->count > 0)
		code = networks_put(txn, key, left);
	else if (code == 0)
		code = store_delete(txn, TABLE_GROUP_NETWORK, key);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* --- would it hold? ------------------------------------------------------- */

struct others {
	const struct corroboration_again *again;
	const struct group *group;
	struct networks seen;
	uint64_t own;
};

static void
add_networks(struct others *others, const struct networks *networks)
{
	for (unsigned i = 0; i < networks->count; i++)
		if (networks->ids[i] != others->own)
			networks_add(&others->seen, networks->ids[i]);
}

/* Of an hour that lost something the tables say too much. */
static int
add_stored(uint32_t hour, const struct networks *networks, void *context)
{
	struct others *others = context;
	uint8_t bucket[BUCKET_LEN];

	group_bucket(others->group, hour, bucket);
	if (left_at(others->again, bucket) == NULL)
		add_networks(others, networks);
	return 0;
}

static void
add_left(struct others *others, uint32_t from, uint32_t to)
{
	for (uint32_t hour = from; hour <= to; hour++) {
		uint8_t bucket[BUCKET_LEN];
		const struct networks *left;

		group_bucket(others->group, hour, bucket);
		left = left_at(others->again, bucket);
		if (left != NULL)
			add_networks(others, left);
	}
}

int
corroboration_again_holds(struct store_txn *txn,
    const struct corroboration_again *again, const struct evidence *evidence,
    unsigned needed)
{
	uint32_t hour = group_hour(evidence);
	uint32_t from = hours_before(hour, CORROBORATION_HOURS);
	uint32_t to = hour + CORROBORATION_HOURS;
	struct group group;
	struct others others = { .again = again,
		.group = &group,
		.own = networks_id(&evidence->address) };
	int code;

	if (needed == 0)
		return 1;
	if (!group_find(evidence, &group))
		return 0;
	code = buckets_walk(txn, &group, from, to, add_stored, &others);
	if (code != 0)
		return code;
	add_left(&others, from, to);
	return others.seen.count >= needed;
}
