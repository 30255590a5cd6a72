#include "db/listing.h"

#include <math.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

#define FLAG_STRICT 1
#define FLAG_SHARED 2
#define FLAG_NAMED 4 /* named_at follows the score */
#define FLAG_NAMED_SHARED 8
#define FLAG_CALLOUT 16		/* callout_seen_at comes behind the episodes */
#define FLAG_CALLOUT_PENDING 32 /* callout_pending_at comes last */
#define FLAG_ANEW 64		/* pending_anew */
#define FLAG_CALLOUT_ANEW 128	/* callout_pending_anew */
#define FLAGS_END 256		/* above every flag */

#define UNIT_LEN 16
#define DUE_KEY_LEN (STORED_KEY_U64 + UNIT_LEN)

static const char *const state_names[LISTING_STATE_COUNT] = {
	[LISTING_NONE] = "none",
	[LISTING_WARNED] = "warned",
	[LISTING_PENDING] = "pending",
	[LISTING_LISTED] = "listed",
};

const char *
listing_state_name(enum listing_state state)
{
	return state_names[state];
}

static const char *const end_names[LISTING_END_COUNT] = {
	[LISTING_EXPIRED] = "expired",
	[LISTING_DELISTED] = "delisted",
	[LISTING_EXEMPTED] = "exempted",
	[LISTING_REMOVED] = "removed",
};

const char *
listing_end_name(enum listing_end end)
{
	return end_names[end];
}

struct ipaddr
listing_unit(const struct ipaddr *address)
{
	return ipaddr_is_ipv4(address) ? *address : ipaddr_masked(address, 64);
}

char *
listing_unit_format(const struct ipaddr *unit, char text[IPPREFIX_TEXT_MAX])
{
	struct ipprefix prefix = { .address = *unit, .length = 64 };

	if (ipaddr_is_ipv4(unit))
		return ipaddr_format(unit, text);
	return ipprefix_format(&prefix, text);
}

int64_t
listing_waits_since(const struct listing *listing)
{
	int64_t main = listing->pending_at;
	int64_t callouts = listing->callout_pending_at;

	return main == 0 || (callouts != 0 && callouts < main) ? callouts
							       : main;
}

/* --- the record ----------------------------------------------------------- */

/* The times in the order of the record. */
static const size_t times[] = {
	offsetof(struct listing, first_seen_at),
	offsetof(struct listing, last_seen_at),
	offsetof(struct listing, last_counted_at),
	offsetof(struct listing, listed_at),
	offsetof(struct listing, expires_at),
	offsetof(struct listing, callout_until),
	offsetof(struct listing, pending_at),
	offsetof(struct listing, delisted_at),
	offsetof(struct listing, due_at),
	offsetof(struct listing, manual_at),
	offsetof(struct listing, manual_until),
};
static const size_t counts[] = {
	offsetof(struct listing, kinds),
	offsetof(struct listing, sightings),
	offsetof(struct listing, corroborated),
	offsetof(struct listing, traps),
	offsetof(struct listing, campaigns),
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const int64_t *
time_of(const struct listing *listing, size_t i)
{
	return (const void *)((const char *)listing + times[i]);
}

static const uint32_t *
count_of(const struct listing *listing, size_t i)
{
	return (const void *)((const char *)listing + counts[i]);
}

static void
write_score(struct wire_writer *to, double score)
{
	uint64_t bits; /* IEEE 754 binary64 */

	memcpy(&bits, &score, sizeof(bits));
	wire_write_u64(to, bits);
}

static double
read_score(struct wire_reader *from)
{
	uint64_t bits = wire_read_u64(from);
	double score;

	memcpy(&score, &bits, sizeof(score));
	if (!isfinite(score))
		from->failed = true;
	return score;
}

static void
write_episodes(struct wire_writer *to, const struct listing *listing)
{
	wire_write_u8(to, (uint8_t)listing->episode_count);
	for (unsigned i = 0; i < listing->episode_count; i++) {
		const struct listing_episode *episode = &listing->episodes[i];

		stored_write_time(to, episode->listed_at);
		stored_write_time(to, episode->ended_at);
		stored_write_time(to, episode->rests_on_at);
		wire_write_u8(to, (uint8_t)episode->end);
	}
}

static void
read_episodes(struct wire_reader *from, struct listing *listing)
{
	listing->episode_count =
	    stored_read_below(from, LISTING_EPISODES_MAX + 1);
	for (unsigned i = 0; i < listing->episode_count; i++) {
		struct listing_episode *episode = &listing->episodes[i];

		episode->listed_at = stored_read_time(from);
		episode->ended_at = stored_read_time(from);
		episode->rests_on_at = stored_read_time(from);
		episode->end = (enum listing_end)stored_read_below(
		    from, LISTING_END_COUNT);
	}
}

static uint8_t
flags_of(const struct listing *listing)
{
	bool named = listing->named_at != 0;

	return (
	    uint8_t)((listing->strict ? FLAG_STRICT : 0) |
		     (listing->shared ? FLAG_SHARED : 0) |
		     (named ? FLAG_NAMED : 0) |
		     (named && listing->named_shared ? FLAG_NAMED_SHARED : 0) |
		     (listing->callout_seen_at != 0 ? FLAG_CALLOUT : 0) |
		     (listing->callout_pending_at != 0 ? FLAG_CALLOUT_PENDING
						       : 0) |
		     (listing->pending_anew ? FLAG_ANEW : 0) |
		     (listing->callout_pending_anew ? FLAG_CALLOUT_ANEW : 0));
}

/* Of what is pending alone. */
static void
read_anew(struct wire_reader *from, uint8_t flags, struct listing *listing)
{
	listing->pending_anew = (flags & FLAG_ANEW) != 0;
	listing->callout_pending_anew = (flags & FLAG_CALLOUT_ANEW) != 0;
	if ((listing->pending_anew && listing->pending_at == 0) ||
	    (listing->callout_pending_anew && listing->callout_pending_at == 0))
		from->failed = true;
}

/* Of a listing whose name nobody asked for there is nothing of it. */
static void
read_name(struct wire_reader *from, uint8_t flags, struct listing *listing)
{
	listing->named_shared = (flags & FLAG_NAMED_SHARED) != 0;
	if ((flags & FLAG_NAMED) != 0)
		listing->named_at = stored_read_time(from);
	if ((listing->named_at != 0) != ((flags & FLAG_NAMED) != 0) ||
	    (listing->named_shared && listing->named_at == 0))
		from->failed = true;
}

/* A time that is there with its flag alone. */
static int64_t
read_flagged(struct wire_reader *from, uint8_t flags, uint8_t flag)
{
	int64_t time = (flags & flag) != 0 ? stored_read_time(from) : 0;

	if ((time != 0) != ((flags & flag) != 0))
		from->failed = true;
	return time;
}

int
listing_encode(const struct listing *listing, uint8_t *record, size_t size)
{
	struct wire_writer to;

	if (listing->episode_count > LISTING_EPISODES_MAX)
		return ERROR_LIMIT;
	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)listing->state);
	wire_write_u8(&to, flags_of(listing));
	write_score(&to, listing->score);
	if (listing->named_at != 0)
		stored_write_time(&to, listing->named_at);
	for (size_t i = 0; i < COUNT(times); i++)
		stored_write_time(&to, *time_of(listing, i));
	for (size_t i = 0; i < COUNT(counts); i++)
		wire_write_u32(&to, *count_of(listing, i));
	wire_write_text(&to, listing->manual_reason);
	write_episodes(&to, listing);
	if (listing->callout_seen_at != 0)
		stored_write_time(&to, listing->callout_seen_at);
	if (listing->callout_pending_at != 0)
		stored_write_time(&to, listing->callout_pending_at);
	return stored_len(&to);
}

int
listing_decode(
    const struct ipaddr *unit, struct octets record, struct listing *listing)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);
	uint8_t flags;

	if (code != 0)
		return code;
	memset(listing, 0, sizeof(*listing));
	listing->unit = *unit;
	listing->state =
	    (enum listing_state)stored_read_below(&from, LISTING_STATE_COUNT);
	flags = stored_read_below(&from, FLAGS_END);
	listing->strict = (flags & FLAG_STRICT) != 0;
	listing->shared = (flags & FLAG_SHARED) != 0;
	listing->score = read_score(&from);
	read_name(&from, flags, listing);
	for (size_t i = 0; i < COUNT(times); i++)
		*(int64_t *)(void *)((char *)listing + times[i]) =
		    stored_read_time(&from);
	for (size_t i = 0; i < COUNT(counts); i++)
		*(uint32_t *)(void *)((char *)listing + counts[i]) =
		    wire_read_u32(&from);
	wire_read_text(
	    &from, listing->manual_reason, sizeof(listing->manual_reason));
	read_episodes(&from, listing);
	listing->callout_seen_at = read_flagged(&from, flags, FLAG_CALLOUT);
	listing->callout_pending_at =
	    read_flagged(&from, flags, FLAG_CALLOUT_PENDING);
	read_anew(&from, flags, listing);
	return stored_end(&from);
}

/* --- the tables ----------------------------------------------------------- */

static struct octets
unit_key(const struct ipaddr *unit)
{
	return OCTETS(unit->octets, UNIT_LEN);
}

static struct octets
due_key(uint8_t key[DUE_KEY_LEN], int64_t due_at, const struct ipaddr *unit)
{
	/* Byte order is the order of time for times after 1970. */
	stored_key_u64(key, due_at > 0 ? (uint64_t)due_at : 0);
	memcpy(key + STORED_KEY_U64, unit->octets, UNIT_LEN);
	return OCTETS(key, DUE_KEY_LEN);
}

int
listing_get(
    struct store_txn *txn, const struct ipaddr *unit, struct listing *listing)
{
	struct octets value;
	int code = store_get(txn, TABLE_LISTING, unit_key(unit), &value);

	if (code == 0)
		return listing_decode(unit, value, listing);
	memset(listing, 0, sizeof(*listing));
	listing->unit = *unit;
	return code;
}

static bool
says_nothing(const struct listing *listing)
{
	return listing->state == LISTING_NONE && listing->manual_at == 0 &&
	       listing->manual_until == 0 && listing->callout_until == 0 &&
	       listing_waits_since(listing) == 0 &&
	       listing->episode_count == 0 && listing->delisted_at == 0 &&
	       listing->due_at == 0;
}

static int
move_due(struct store_txn *txn, const struct ipaddr *unit, int64_t before,
    int64_t after)
{
	uint8_t key[DUE_KEY_LEN];
	int code = 0;

	if (before == after)
		return 0;
	if (before != 0)
		code = store_delete(txn, TABLE_DUE, due_key(key, before, unit));
	if ((code == 0 || code == ERROR_NOT_FOUND) && after != 0)
		code = store_put(
		    txn, TABLE_DUE, due_key(key, after, unit), OCTETS("", 0));
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
listing_put(struct store_txn *txn, const struct listing *listing)
{
	uint8_t record[LISTING_RECORD_MAX];
	struct listing old;
	int len = listing_encode(listing, record, sizeof(record));
	int code = listing_get(txn, &listing->unit, &old);
	bool was_there = code == 0;

	if (len < 0)
		return len;
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	code = move_due(txn, &listing->unit, old.due_at, listing->due_at);
	if (code != 0)
		return code;
	if (!says_nothing(listing))
		return store_put(txn, TABLE_LISTING, unit_key(&listing->unit),
		    OCTETS(record, (size_t)len));
	if (!was_there)
		return 0;
	return store_delete(txn, TABLE_LISTING, unit_key(&listing->unit));
}

int
listing_forget(struct store_txn *txn, const struct ipaddr *unit)
{
	return store_delete(txn, TABLE_LISTING, unit_key(unit));
}

int
listing_end_due(
    struct store_txn *txn, const struct ipaddr *unit, int64_t due_at)
{
	uint8_t key[DUE_KEY_LEN];
	int code = store_delete(txn, TABLE_DUE, due_key(key, due_at, unit));

	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
listing_next_due(
    struct store_txn *txn, int64_t now, struct ipaddr *unit, int64_t *due_at)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_DUE, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	if (code == 0 && key.len != DUE_KEY_LEN)
		code = ERROR_DAMAGED;
	if (code == 0)
		*due_at = (int64_t)stored_u64_of_key(key.data);
	if (code == 0 && *due_at > now)
		code = ERROR_NOT_FOUND;
	if (code == 0)
		memcpy(unit->octets, (const uint8_t *)key.data + STORED_KEY_U64,
		    UNIT_LEN);
	store_cursor_close(cursor);
	return code;
}

/* --- all of them ---------------------------------------------------------- */

static int
visit(struct octets key, struct octets value, listing_each *each, void *context)
{
	struct listing listing;
	struct ipaddr unit;
	int code = ERROR_DAMAGED;

	if (key.len == sizeof(unit.octets)) {
		memcpy(unit.octets, key.data, key.len);
		code = listing_decode(&unit, value, &listing);
	}
	if (stored_pass_by(TABLE_LISTING, code))
		return 0;
	return code != 0 ? code : each(&listing, context);
}

int
listing_list(struct store_txn *txn, const struct ipaddr *from,
    listing_each *each, void *context)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_LISTING, &cursor);

	if (code != 0)
		return code;
	code = store_seek(
	    cursor, OCTETS(from->octets, sizeof(from->octets)), &key, &value);
	while (code == 0) {
		code = visit(key, value, each, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
