#include "db/guard.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1
#define NAME OCTETS("guard", 5)

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
put(struct store_txn *txn, const struct guard *guard)
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
	return store_put(txn, TABLE_META, NAME, OCTETS(record, wire_len(&to)));
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

static int
read_guard(struct store_txn *txn, struct guard *guard)
{
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	if (code == 0)
		return decode(value, guard);
	memset(guard, 0, sizeof(*guard));
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
get(struct store_txn *txn, int64_t now, struct guard *guard)
{
	int code = read_guard(txn, guard);

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
guard_admit(struct store_txn *txn, const struct guard_limit *limit, int64_t now,
    bool *alarm)
{
	struct guard guard;
	int code = get(txn, now, &guard);
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
	code = put(txn, &guard);
	return code != 0 ? code : admitted;
}

static int
change(struct store_txn *txn, int64_t now, bool in)
{
	struct guard guard;
	int code = get(txn, now, &guard);

	if (code != 0)
		return code;
	change_listed(&guard, in);
	return put(txn, &guard);
}

int
guard_enter(struct store_txn *txn, int64_t now)
{
	return change(txn, now, true);
}

int
guard_leave(struct store_txn *txn, int64_t now)
{
	return change(txn, now, false);
}

int
guard_listed(struct store_txn *txn, uint32_t *listed)
{
	struct guard guard;
	int code = read_guard(txn, &guard);

	*listed = code == 0 ? guard.listed : 0;
	return code;
}

int
guard_figures(struct store_txn *txn, const struct guard_limit *limit,
    int64_t now, struct guard_figures *figures)
{
	struct guard guard;
	int code = get(txn, now, &guard);

	memset(figures, 0, sizeof(*figures));
	if (code != 0)
		return code;
	roll_slots(&guard, limit, now);
	figures->listed = guard.listed;
	figures->peak = peak_of(&guard);
	figures->additions = added(&guard);
	figures->most = most_to_add(&guard, limit);
	figures->alarm_at = guard.alarm_at;
	return 0;
}
