#include "db/guard.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/listing.h"
#include "db/stored.h"

#define VERSION 1
/* The one record that both lists had at first. */
#define OF_BOTH OCTETS("guard", 5)

#define DAY 86400
#define PEAK_DAYS 8 /* today and the seven before */
#define SLOTS 10

struct guard {
	uint32_t listed;
	int64_t slot_seconds;
	int64_t slot; /* the newest, counted from 1970 */
	uint32_t additions[SLOTS];
	uint32_t peaks_before[SLOTS]; /* of seven days, as a slot began */
	int64_t day;		      /* the newest */
	uint32_t peaks[PEAK_DAYS];
	int64_t alarm_at;
};

static const char *const names[GUARD_LISTS] = {
	[GUARD_MAIN] = "main",
	[GUARD_CALLOUTS] = "callout",
};

const char *
guard_list_name(enum guard_list list)
{
	return names[list];
}

bool
guard_holds(const struct listing *listing, enum guard_list list)
{
	return (list == GUARD_MAIN ? listing->pending_at
				   : listing->callout_pending_at) != 0;
}

bool
guard_holds_anew(const struct listing *listing, enum guard_list list)
{
	return list == GUARD_MAIN ? listing->pending_anew
				  : listing->callout_pending_anew;
}

static struct octets
key_of(enum guard_list list)
{
	static const char main_key[] = "guard main";
	static const char callout_key[] = "guard callout";

	return list == GUARD_MAIN
		   ? OCTETS(main_key, sizeof(main_key) - 1)
		   : OCTETS(callout_key, sizeof(callout_key) - 1);
}

/* --- the record ----------------------------------------------------------- */

#define RECORD_LEN (1 + 4 + 8 + 8 + 2 * 4 * SLOTS + 8 + 4 * PEAK_DAYS + 8)

static int
decode(struct octets record, struct guard *guard)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	guard->listed = wire_read_u32(&from);
	guard->slot_seconds = stored_read_time(&from);
	guard->slot = stored_read_time(&from);
	for (int i = 0; i < SLOTS; i++)
		guard->additions[i] = wire_read_u32(&from);
	for (int i = 0; i < SLOTS; i++)
		guard->peaks_before[i] = wire_read_u32(&from);
	guard->day = stored_read_time(&from);
	for (int i = 0; i < PEAK_DAYS; i++)
		guard->peaks[i] = wire_read_u32(&from);
	guard->alarm_at = stored_read_time(&from);
	return stored_end(&from);
}

static int
put(struct store_txn *txn, enum guard_list list, const struct guard *guard)
{
	uint8_t record[RECORD_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u32(&to, guard->listed);
	stored_write_time(&to, guard->slot_seconds);
	stored_write_time(&to, guard->slot);
	for (int i = 0; i < SLOTS; i++)
		wire_write_u32(&to, guard->additions[i]);
	for (int i = 0; i < SLOTS; i++)
		wire_write_u32(&to, guard->peaks_before[i]);
	stored_write_time(&to, guard->day);
	for (int i = 0; i < PEAK_DAYS; i++)
		wire_write_u32(&to, guard->peaks[i]);
	stored_write_time(&to, guard->alarm_at);
	return store_put(
	    txn, TABLE_META, key_of(list), OCTETS(record, wire_len(&to)));
}

/* --- counted anew --------------------------------------------------------- */

static void
count_place(struct guard *guard, bool is, int64_t pending_at)
{
	guard->listed += is;
	/* Who watches looks for what waits where something ever did. */
	if (guard->alarm_at < pending_at)
		guard->alarm_at = pending_at;
}

static int
count_places(const struct listing *listing, void *context)
{
	struct guard *guards = context;

	count_place(&guards[GUARD_MAIN], listing->state == LISTING_LISTED,
	    listing->pending_at);
	count_place(&guards[GUARD_CALLOUTS], listing->callout_until != 0,
	    listing->callout_pending_at);
	return 0;
}

/* Of days and slots before now, the size is what it is now. */
static int
count(struct store_txn *txn, struct guard guards[GUARD_LISTS])
{
	static const struct ipaddr first;

	memset(guards, 0, GUARD_LISTS * sizeof(guards[0]));
	return listing_list(txn, &first, count_places, guards);
}

/* Days without a change had the size that is there now. */
static void
roll_days(struct guard *guard, int64_t now)
{
	int64_t today = now / DAY;

	if (today - guard->day > PEAK_DAYS)
		guard->day = today - PEAK_DAYS;
	else if (guard->day - today > 1)
		guard->day = today;
	while (guard->day < today)
		guard->peaks[++guard->day % PEAK_DAYS] = guard->listed;
}

int
guard_count_anew(struct store_txn *txn, int64_t now)
{
	struct guard guards[GUARD_LISTS];
	int code = count(txn, guards);

	for (int list = 0; code == 0 && list < GUARD_LISTS; list++) {
		roll_days(&guards[list], now);
		code = put(txn, (enum guard_list)list, &guards[list]);
	}
	if (code == 0)
		code = store_delete(txn, TABLE_META, OF_BOTH);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
read_record(struct store_txn *txn, enum guard_list list, struct guard *guard)
{
	struct octets value;
	int code = store_get(txn, TABLE_META, key_of(list), &value);

	return code == 0 ? decode(value, guard) : code;
}

static bool
is_to_count(int code)
{
	return code == ERROR_NOT_FOUND || code == ERROR_DAMAGED;
}

/* Who only reads counts for himself. */
static int
look(struct store_txn *txn, enum guard_list list, struct guard *guard)
{
	struct guard guards[GUARD_LISTS];
	int code = read_record(txn, list, guard);

	if (!is_to_count(code))
		return code;
	code = count(txn, guards);
	*guard = guards[list];
	return code;
}

static int
get(struct store_txn *txn, enum guard_list list, int64_t now,
    struct guard *guard)
{
	int code = read_record(txn, list, guard);

	if (is_to_count(code)) {
		code = guard_count_anew(txn, now);
		if (code == 0)
			code = read_record(txn, list, guard);
		if (code == 0 && guard->listed > 0)
			log_notice("guard_counted_anew list=%s listed=%u",
			    names[list], guard->listed);
	}
	if (code == 0)
		roll_days(guard, now);
	return code;
}

/* --- additions ------------------------------------------------------------ */

static uint32_t
peak_of(const struct guard *guard)
{
	uint32_t peak = 0;

	for (int i = 0; i < PEAK_DAYS; i++) {
		if (guard->peaks[i] > peak)
			peak = guard->peaks[i];
	}
	return peak;
}

static void
begin_slot(struct guard *guard, int64_t slot)
{
	guard->slot = slot;
	guard->additions[slot % SLOTS] = 0;
	guard->peaks_before[slot % SLOTS] = peak_of(guard);
}

static void
roll_slots(struct guard *guard, const struct guard_limit *limit, int64_t now)
{
	int64_t seconds = limit->seconds > SLOTS ? limit->seconds / SLOTS : 1;
	int64_t slot = now / seconds;

	/* Far ahead, and just as well far behind, when a clock was wrong. */
	if (guard->slot_seconds != seconds || slot - guard->slot > SLOTS ||
	    guard->slot - slot > SLOTS) {
		guard->slot_seconds = seconds;
		guard->slot = slot - SLOTS;
	}
	while (guard->slot < slot)
		begin_slot(guard, guard->slot + 1);
}

static uint64_t
added(const struct guard *guard)
{
	uint64_t sum = 0;

	for (int i = 0; i < SLOTS; i++)
		sum += guard->additions[i];
	return sum;
}

/*
 * What is added now makes the list larger, but not what may be added: the peak
 * is that of before the oldest slot.
 */
static uint64_t
most_to_add(const struct guard *guard, const struct guard_limit *limit)
{
	uint64_t most = limit->additions > 0 ? (uint64_t)limit->additions : 0;
	uint32_t peak = guard->peaks_before[(guard->slot + 1) % SLOTS];

	return most > peak ? most : peak;
}

static void
change_listed(struct guard *guard, bool in)
{
	uint32_t *peak = &guard->peaks[guard->day % PEAK_DAYS];

	if (in)
		guard->listed++;
	else if (guard->listed > 0)
		guard->listed--;
	if (*peak < guard->listed)
		*peak = guard->listed;
}

int
guard_admit(struct store_txn *txn, enum guard_list list,
    const struct guard_limit *limit, int64_t now, bool *alarm)
{
	struct guard guard;
	int code = get(txn, list, now, &guard);
	bool admitted;

	*alarm = false;
	if (code != 0)
		return code;
	roll_slots(&guard, limit, now);
	admitted = added(&guard) < most_to_add(&guard, limit);
	if (admitted) {
		guard.additions[guard.slot % SLOTS]++;
		change_listed(&guard, true);
	} else if (now - guard.alarm_at >= limit->seconds) {
		guard.alarm_at = now;
		*alarm = true;
	}
	code = put(txn, list, &guard);
	return code != 0 ? code : admitted;
}

static int
change(struct store_txn *txn, enum guard_list list, int64_t now, bool in)
{
	struct guard guard;
	int code = get(txn, list, now, &guard);

	if (code != 0)
		return code;
	change_listed(&guard, in);
	return put(txn, list, &guard);
}

int
guard_enter(struct store_txn *txn, enum guard_list list, int64_t now)
{
	return change(txn, list, now, true);
}

int
guard_leave(struct store_txn *txn, enum guard_list list, int64_t now)
{
	return change(txn, list, now, false);
}

int
guard_listed(struct store_txn *txn, enum guard_list list, uint32_t *listed)
{
	struct guard guard;
	int code = look(txn, list, &guard);

	*listed = code == 0 ? guard.listed : 0;
	return code;
}

int
guard_figures(struct store_txn *txn, enum guard_list list,
    const struct guard_limit *limit, int64_t now, struct guard_figures *figures)
{
	struct guard guard;
	int code = look(txn, list, &guard);

	memset(figures, 0, sizeof(*figures));
	if (code != 0)
		return code;
	roll_days(&guard, now);
	roll_slots(&guard, limit, now);
	figures->listed = guard.listed;
	figures->peak = peak_of(&guard);
	figures->additions = added(&guard);
	figures->most = most_to_add(&guard, limit);
	figures->alarm_at = guard.alarm_at;
	return 0;
}

int
guard_ever_held(struct store_txn *txn, bool *ever)
{
	struct guard guard;
	int code = 0;

	*ever = false;
	for (int list = 0; code == 0 && list < GUARD_LISTS; list++) {
		code = look(txn, (enum guard_list)list, &guard);
		*ever |= code == 0 && guard.alarm_at != 0;
	}
	return code;
}
