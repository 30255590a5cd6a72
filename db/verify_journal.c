#include <stdlib.h>

#include <errno.h>

#include "common/error.h"
#include "db/meta.h"
#include "db/verify_private.h"
#include "db/zonedata.h"

/*
 * The journal read backwards from the zone as it is: each change must have led
 * to what stands there, or to what the next change of that name began with.
 * Names and values are compared by digests of 64 bits.
 */
struct expected {
	uint64_t name; /* 0: a free place */
	uint64_t value;
};

struct walk {
	struct check *check;
	struct zone_version version;
	struct expected *names;
	size_t places; /* a power of two, twice as many as names can be */
	uint32_t serial, number; /* of the change that came after */
	bool begun;
};

/* FNV-1a; never 0. What is not there has a digest of its own. */
static uint64_t
digest(struct octets octets)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	const uint8_t *octet = octets.data;

	if (octet == NULL)
		return 1;
	for (size_t i = 0; i < octets.len; i++)
		sum = (sum ^ octet[i]) * UINT64_C(0x100000001b3);
	return sum > 1 ? sum : 2;
}

/* The name's place: its own, or a free one. */
static struct expected *
place_of(struct walk *walk, uint64_t name)
{
	size_t place = (size_t)name & (walk->places - 1);

	while (walk->names[place].name != 0 && walk->names[place].name != name)
		place = (place + 1) & (walk->places - 1);
	return &walk->names[place];
}

/* What the change must have led to. */
static int
look_up_expected(
    struct walk *walk, struct octets name, struct expected **expected)
{
	uint64_t number = digest(name);
	struct octets value = { NULL, 0 };
	bool there;
	int code = 0;

	*expected = place_of(walk, number);
	if ((*expected)->name != 0)
		return 0;
	code = look_up(walk->check, TABLE_ZONE, name, &value, &there);
	if (!there)
		value = (struct octets){ NULL, 0 };
	**expected = (struct expected){ number, digest(value) };
	return code;
}

/* Of one serial all changes are there, from 0 up; of the oldest, the last. */
static bool
follows(const struct walk *walk, const struct zone_change *change)
{
	if (!walk->begun)
		return (int32_t)(walk->version.serial - change->serial) >= 0;
	if (change->serial == walk->serial)
		return change->number + 1 == walk->number;
	return walk->number == 0 &&
	       (int32_t)(walk->serial - change->serial) > 0;
}

static int
check_change(struct walk *walk, struct octets key, struct octets value)
{
	struct zone_change change;
	struct expected *expected;
	int code = zonedata_change_decode(key, value, &change);

	if (code != 0) {
		fault_of_key(walk->check, "a damaged change", key);
		return 0;
	}
	if (!follows(walk, &change))
		fault_of_key(walk->check, "a change is missing after", key);
	walk->begun = true;
	walk->serial = change.serial;
	walk->number = change.number;
	code = look_up_expected(walk, change.key, &expected);
	if (code != 0)
		return code;
	if (expected->value != digest(change.after))
		fault_of_key(walk->check,
		    "the journal tells of another zone, of", change.key);
	expected->value = digest(change.before);
	return 0;
}

static int
walk_back(struct walk *walk)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(walk->check->txn, TABLE_JOURNAL, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_LAST, &key, &value);
	while (code == 0) {
		code = check_change(walk, key, value);
		if (code == 0)
			code = store_move(cursor, STORE_PREV, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
check_journal(struct check *check)
{
	struct walk walk = { .check = check, .places = 2 };
	uint64_t count = store_count(check->txn, TABLE_JOURNAL);
	int code = meta_zone_version(check->txn, &walk.version);

	if (code != 0)
		return fails(code); /* check_meta has said so */
	while (walk.places < 2 * count)
		walk.places *= 2;
	walk.names = calloc(walk.places, sizeof(*walk.names));
	if (walk.names == NULL)
		return -ENOMEM;
	code = walk_back(&walk);
	free(walk.names);
	return code;
}
