#include "db/corroboration_private.h"

#include <assert.h>
#include <string.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/stored.h"

/* Looked at around one hour: what its neighbours' windows reach, too. */
#define SPAN_HOURS (4 * CORROBORATION_HOURS + 1)

/* --- does it hold? -------------------------------------------------------- */

struct others {
	struct networks seen;
	uint64_t own;
	unsigned needed;
};

static int
add_others(uint32_t hour, const struct networks *networks, void *context)
{
	struct others *others = context;

	(void)hour;
	for (unsigned i = 0; i < networks->count; i++)
		if (networks->ids[i] != others->own)
			networks_add(&others->seen, networks->ids[i]);
	return others->seen.count >= others->needed;
}

static uint32_t
hours_before(uint32_t hour, uint32_t distance)
{
	return hour > distance ? hour - distance : 0;
}

int
corroboration_holds(
    struct store_txn *txn, const struct evidence *evidence, unsigned needed)
{
	struct others others = { .own = networks_id(&evidence->address),
		.needed = needed };
	uint32_t hour = group_hour(evidence);
	struct group group;

	assert(needed < CORROBORATION_NETWORKS_MAX);
	if (needed == 0)
		return 1;
	if (!group_find(evidence, &group))
		return 0;
	return buckets_walk(txn, &group,
	    hours_before(hour, CORROBORATION_HOURS), hour + CORROBORATION_HOURS,
	    add_others, &others);
}

/* --- a sighting comes in -------------------------------------------------- */

/* The hours around one, whose windows a new network there reaches. */
struct span {
	uint32_t first_hour;
	struct networks hours[SPAN_HOURS];
};

static int
span_bucket(uint32_t hour, const struct networks *networks, void *context)
{
	struct span *span = context;

	span->hours[hour - span->first_hour] = *networks;
	return 0;
}

/* Had the units of `hour` enough already, whatever their own network? */
static bool
span_saturated(const struct span *span, uint32_t hour, unsigned needed)
{
	struct networks all = { .count = 0 };
	uint32_t from = hours_before(hour, CORROBORATION_HOURS);

	for (uint32_t h = from; h <= hour + CORROBORATION_HOURS; h++) {
		const struct networks *networks;

		if (h < span->first_hour || h - span->first_hour >= SPAN_HOURS)
			continue;
		networks = &span->hours[h - span->first_hour];
		for (unsigned i = 0; i < networks->count; i++)
			networks_add(&all, networks->ids[i]);
		if (all.count > needed)
			return true;
	}
	return false;
}

struct flip {
	corroboration_flipped *flipped;
	void *context;
	struct ipaddr own;
};

/* Every unit seen in that hour, but the sighting's own. */
static int
hour_flip(struct store_txn *txn, const struct group *group, uint32_t hour,
    const struct flip *flip)
{
	uint8_t bucket[BUCKET_LEN];
	struct octets key = group_bucket(group, hour, bucket), value;
	struct store_cursor *cursor;
	int result = store_cursor_open(txn, TABLE_GROUP_MEMBER, &cursor);

	if (result != 0)
		return result;
	result = store_seek(cursor, key, &key, &value);
	while (result == 0 && key.len == MEMBER_LEN &&
	       memcmp(key.data, bucket, BUCKET_LEN) == 0) {
		struct ipaddr unit;

		memcpy(unit.octets, (const uint8_t *)key.data + BUCKET_LEN, 16);
		if (!ipaddr_equal(&unit, &flip->own))
			result = flip->flipped(&unit, flip->context);
		if (result == 0)
			result = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return result == ERROR_NOT_FOUND ? 0 : result;
}

static int
span_read(struct store_txn *txn, const struct group *group, uint32_t hour,
    struct span *span)
{
	memset(span, 0, sizeof(*span));
	span->first_hour = hours_before(hour, 2 * CORROBORATION_HOURS);
	return buckets_walk(txn, group, span->first_hour,
	    hour + 2 * CORROBORATION_HOURS, span_bucket, span);
}

/* `span` is as it was before the new network: what was enough stays enough. */
static int
span_flip(struct store_txn *txn, const struct group *group, uint32_t hour,
    const struct span *span, unsigned needed, const struct flip *flip)
{
	int result = 0;

	for (uint32_t h = hours_before(hour, CORROBORATION_HOURS);
	     result == 0 && h <= hour + CORROBORATION_HOURS; h++)
		if (!span_saturated(span, h, needed))
			result = hour_flip(txn, group, h, flip);
	return result;
}

/* A network new to its hour may bear out what was not borne out before. */
static int
group_add_network(struct store_txn *txn, const struct group *group,
    const struct evidence *evidence, unsigned needed, const struct flip *flip)
{
	struct networks networks = { .count = 0 };
	uint32_t hour = group_hour(evidence);
	uint8_t bucket[BUCKET_LEN];
	struct octets key = group_bucket(group, hour, bucket), value;
	struct span span;
	int result = store_get(txn, TABLE_GROUP_NETWORK, key, &value);

	if (result == 0)
		result = networks_decode(value, &networks);
	if (stored_pass_by(TABLE_GROUP_NETWORK, result))
		networks.count = 0;
	else if (result != 0 && result != ERROR_NOT_FOUND)
		return result;
	if (!networks_add(&networks, networks_id(&evidence->address)))
		return 0;
	result = span_read(txn, group, hour, &span);
	if (result == 0)
		result = networks_put(txn, key, &networks);
	if (result != 0 || needed == 0)
		return result;
	return span_flip(txn, group, hour, &span, needed, flip);
}

static struct octets
member_key(const struct group *group, const struct evidence *evidence,
    uint8_t key[MEMBER_LEN])
{
	struct ipaddr unit = listing_unit(&evidence->address);

	group_bucket(group, group_hour(evidence), key);
	memcpy(key + BUCKET_LEN, unit.octets, 16);
	return OCTETS(key, MEMBER_LEN);
}

/* To be told when others bear it out. */
static int
add_member(struct store_txn *txn, const struct evidence *evidence)
{
	uint8_t member[MEMBER_LEN];
	struct group group;

	if (!group_find(evidence, &group))
		return 0;
	return store_put(txn, TABLE_GROUP_MEMBER,
	    member_key(&group, evidence, member), OCTETS("", 0));
}

int
corroboration_add(struct store_txn *txn, const struct evidence *evidence,
    unsigned needed, corroboration_flipped *flipped, void *context)
{
	struct flip flip = { flipped, context,
		listing_unit(&evidence->address) };
	struct group groups[2];
	unsigned count = group_find_all(evidence, groups);
	int result;

	if (evidence->kind == BACKSCATTER_NONE)
		return 0;
	result = add_member(txn, evidence);
	if (!corroborates(evidence))
		return result;
	for (unsigned i = 0; i < count && result == 0; i++)
		result =
		    group_add_network(txn, &groups[i], evidence, needed, &flip);
	return result;
}

/* --- for whoever checks --------------------------------------------------- */

static int
has_member(struct store_txn *txn, const struct evidence *evidence)
{
	uint8_t member[MEMBER_LEN];
	struct group group;
	struct octets value;

	if (!group_find(evidence, &group))
		return 0;
	return store_get(txn, TABLE_GROUP_MEMBER,
	    member_key(&group, evidence, member), &value);
}

static int
has_network(struct store_txn *txn, const struct group *group,
    const struct evidence *evidence)
{
	uint8_t bucket[BUCKET_LEN];
	struct networks networks;
	struct octets value;
	int code = store_get(txn, TABLE_GROUP_NETWORK,
	    group_bucket(group, group_hour(evidence), bucket), &value);

	if (code == 0)
		code = networks_decode(value, &networks);
	/* A full set takes no more. */
	if (code == 0 &&
	    networks_add(&networks, networks_id(&evidence->address)))
		code = ERROR_NOT_FOUND;
	return code;
}

int
corroboration_has(struct store_txn *txn, const struct evidence *evidence)
{
	struct group groups[2];
	unsigned count =
	    corroborates(evidence) ? group_find_all(evidence, groups) : 0;
	int code = has_member(txn, evidence);

	for (unsigned i = 0; code == 0 && i < count; i++)
		code = has_network(txn, &groups[i], evidence);
	return code == ERROR_NOT_FOUND ? 0 : code == 0 ? 1 : code;
}

int
corroboration_hour(enum store_table table, struct octets key,
    struct octets value, uint32_t *hour)
{
	struct networks networks;
	struct wire_reader reader;

	wire_read(&reader, key.data, key.len);
	wire_read_octets(&reader, GROUP_LEN);
	*hour = wire_read_u32(&reader);
	if (table == TABLE_GROUP_MEMBER)
		return key.len == MEMBER_LEN ? 0 : ERROR_DAMAGED;
	return key.len == BUCKET_LEN ? networks_decode(value, &networks)
				     : ERROR_DAMAGED;
}

unsigned
corroboration_buckets(
    const struct evidence *evidence, struct corroboration_bucket buckets[2])
{
	struct group groups[2];
	unsigned count = group_find_all(evidence, groups);

	for (unsigned i = 0; i < count; i++)
		group_bucket(
		    &groups[i], group_hour(evidence), buckets[i].octets);
	return count;
}

/* --- and goes ------------------------------------------------------------- */

int
corroboration_drop(struct store_txn *txn, const struct evidence *evidence)
{
	struct group groups[2];
	unsigned count = group_find_all(evidence, groups);
	int result = 0;

	for (unsigned i = 0; i < count && result == 0; i++) {
		uint8_t bucket[BUCKET_LEN], member[MEMBER_LEN];

		result = store_delete(txn, TABLE_GROUP_NETWORK,
		    group_bucket(&groups[i], group_hour(evidence), bucket));
		if (result == 0 || result == ERROR_NOT_FOUND)
			result = store_delete(txn, TABLE_GROUP_MEMBER,
			    member_key(&groups[i], evidence, member));
		if (result == ERROR_NOT_FOUND)
			result = 0;
	}
	return result;
}
