#include "db/journal.h"

#include "common/error.h"
#include "db/meta.h"
#include "db/stored.h"
#include "db/zonedata.h"

/*
 * A secondary that was away for longer takes the whole zone, which is quicker
 * than three days of a busy list's changes.
 */
#define KEEP_SECONDS (3 * INT64_C(86400))
/* More changes than the zone has names are no shorter than the zone. */
#define KEEP_LEAST 100000

/* --- what is young -------------------------------------------------------- */

/*
 * Changes bear serials, which run ahead of the clock where there is more than
 * one transaction a second, and lag behind it when it is set ahead. So now and
 * then the serial is noted with the time: what came after the note before the
 * last may be young, whatever its serial says of its age.
 */
struct mark {
	int64_t noted_at;
	uint32_t serial, before; /* noted then, and the time before */
};

#define MARK OCTETS("journal mark", 12)
#define MARK_VERSION 1
#define MARK_LEN 17

/* ERROR_NOT_FOUND where nothing was noted yet. */
static int
read_mark(struct store_txn *txn, struct mark *mark)
{
	struct wire_reader reader;
	struct octets value;
	int code = store_get(txn, TABLE_META, MARK, &value);

	if (code == 0)
		code = stored_begin(&reader, value, MARK_VERSION);
	if (code != 0)
		return code;
	mark->noted_at = stored_read_time(&reader);
	mark->serial = wire_read_u32(&reader);
	mark->before = wire_read_u32(&reader);
	return stored_end(&reader);
}

static int
write_mark(struct store_txn *txn, const struct mark *mark)
{
	struct wire_writer writer;
	uint8_t record[MARK_LEN];

	wire_write(&writer, record, sizeof(record));
	wire_write_u8(&writer, MARK_VERSION);
	stored_write_time(&writer, mark->noted_at);
	wire_write_u32(&writer, mark->serial);
	wire_write_u32(&writer, mark->before);
	return store_put(
	    txn, TABLE_META, MARK, OCTETS(record, wire_len(&writer)));
}

/*
 * So much from one note to the next may have passed; else the clock was set,
 * or nobody looked for long, and nothing is known but the new time.
 */
#define NOTE_SECONDS_MAX (2 * JOURNAL_YOUNG_SECONDS)

static int
note(struct store_txn *txn, struct mark *mark, int64_t now)
{
	bool first = mark->noted_at == 0;
	int64_t passed = now - mark->noted_at;
	struct zone_version zone;
	int code = meta_zone_version(txn, &zone);

	if (code != 0)
		return code;
	if (first || (passed >= 0 && passed <= NOTE_SECONDS_MAX)) {
		mark->before = mark->serial;
		mark->serial = zone.serial;
	}
	mark->noted_at = now;
	return write_mark(txn, mark);
}

/* The first serial whose changes may be young. 1: something was noted. */
static int
young_from(struct store_txn *txn, int64_t now, uint32_t *serial)
{
	struct mark mark = { 0 };
	int code = read_mark(txn, &mark);
	bool noting =
	    code == ERROR_NOT_FOUND ||
	    (code == 0 && (now < mark.noted_at ||
			      now - mark.noted_at >= JOURNAL_YOUNG_SECONDS));

	if (noting)
		code = note(txn, &mark, now);
	*serial = mark.before + 1;
	return code != 0 ? code : noting;
}

/* --- trimming ------------------------------------------------------------- */

static unsigned
excess_of(struct store_txn *txn, unsigned most)
{
	uint64_t names = store_count(txn, TABLE_ZONE);
	uint64_t bound = names > KEEP_LEAST ? names : KEEP_LEAST;
	uint64_t count = store_count(txn, TABLE_JOURNAL);

	if (count <= bound)
		return 0;
	return count - bound < most ? (unsigned)(count - bound) : most;
}

/* 1: there are changes before that serial. 0, or a negative code. */
static int
reaches_before(struct store_txn *txn, uint32_t serial)
{
	struct store_cursor *cursor;
	struct octets key, value;
	struct wire_reader reader;
	int code = store_cursor_open(txn, TABLE_JOURNAL, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	if (code == 0) {
		wire_read(&reader, key.data, key.len);
		code = wire_read_u32(&reader) < serial;
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* Of what is not young: what is before `aged`, and `excess` at least. */
static int
drop(struct store_txn *txn, uint32_t aged, uint32_t young, unsigned excess,
    unsigned most)
{
	int dropped =
	    zonedata_journal_trim(txn, aged < young ? aged : young, most);
	int more;

	if (dropped < 0 || (unsigned)dropped >= excess)
		return dropped;
	more = zonedata_journal_trim(txn, young, excess - (unsigned)dropped);
	return more < 0 ? more : dropped + more;
}

/*
 * The first serial that is not too old. The newest never is, however long ago
 * that was: the next change leads on from it, for every secondary and for the
 * index of dnsd, none of which are away.
 */
static int
aged_from(struct store_txn *txn, int64_t now, uint32_t *serial)
{
	struct zone_version zone;
	int code = meta_zone_version(txn, &zone);

	*serial = (uint32_t)(now - KEEP_SECONDS);
	if (*serial > zone.serial)
		*serial = zone.serial;
	return code;
}

/*
 * By age; and by number, or there would be no end to the journal of a list
 * that changes all the time. What is young stays, were the clock days ahead.
 */
int
journal_trim(struct store_txn *txn, int64_t now, unsigned most)
{
	unsigned excess = excess_of(txn, most);
	uint32_t aged, young;
	int dropped, noted, some = aged_from(txn, now, &aged);

	if (some == 0)
		some = excess > 0 ? 1 : reaches_before(txn, aged);
	if (some <= 0)
		return some;
	noted = young_from(txn, now, &young);
	if (noted < 0)
		return noted;
	dropped = drop(txn, aged, young, excess, most);
	return dropped != 0 ? dropped : noted;
}
