#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "db/corroboration_private.h"
#include "db/octetset.h"

/*
 * Evidence is taken away: its hours are emptied, and filled again from what is
 * left.
 */

uint32_t
corroboration_hour_of(const struct corroboration_bucket *bucket)
{
	struct wire_reader from;

	wire_read(&from, bucket->octets + GROUP_LEN, 4);
	return wire_read_u32(&from);
}

static void
set_hour(struct corroboration_bucket *bucket, uint32_t hour)
{
	struct wire_writer to;

	wire_write(&to, bucket->octets + GROUP_LEN, 4);
	wire_write_u32(&to, hour);
}

static bool
have_same_group(
    const struct corroboration_bucket *a, const struct corroboration_bucket *b)
{
	return memcmp(a->octets, b->octets, GROUP_LEN) == 0;
}

struct corroboration_bucket
corroboration_bucket_at(const struct octetset *buckets, size_t place)
{
	struct corroboration_bucket bucket;

	memcpy(
	    bucket.octets, octetset_at(buckets, place), sizeof(bucket.octets));
	return bucket;
}

bool
corroboration_near(const struct octetset *buckets,
    const struct corroboration_bucket *bucket, uint32_t hours)
{
	struct corroboration_bucket from = *bucket, found;
	uint32_t hour = corroboration_hour_of(bucket);
	size_t place;

	set_hour(&from, hour > hours ? hour - hours : 0);
	place = octetset_seek(buckets, from.octets);
	if (place == buckets->count)
		return false;
	found = corroboration_bucket_at(buckets, place);
	return have_same_group(bucket, &found) &&
	       corroboration_hour_of(&found) <= hour + hours;
}

static int
clear_members(struct store_txn *txn, const struct corroboration_bucket *bucket)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_GROUP_MEMBER, &cursor);

	if (code != 0)
		return code;
	code = store_seek(
	    cursor, OCTETS(bucket->octets, BUCKET_LEN), &key, &value);
	while (code == 0 && key.len >= BUCKET_LEN &&
	       memcmp(key.data, bucket->octets, BUCKET_LEN) == 0) {
		code = store_cursor_delete(cursor);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
corroboration_clear(
    struct store_txn *txn, const struct corroboration_bucket *bucket)
{
	int code = store_delete(
	    txn, TABLE_GROUP_NETWORK, OCTETS(bucket->octets, BUCKET_LEN));

	return code != 0 && code != ERROR_NOT_FOUND
		   ? code
		   : clear_members(txn, bucket);
}
