#include <stdlib.h>
#include <string.h>

#include "db/stored.h"
#include "db/trend_private.h"

#define VERSION 1

/* Version and number; then name, count and over of each. */
#define RECORD_MAX (2 + TREND_DAY_TOPS * (2 + TREND_NAME_MAX + 8 + 8))

static const char *const names[TREND_BY_COUNT] = {
	[TREND_BY_TRAP] = "traps",
	[TREND_BY_CAMPAIGN] = "campaigns",
	[TREND_BY_LANGUAGE] = "languages",
	[TREND_BY_SOFTWARE] = "software",
	[TREND_BY_NETWORK] = "networks",
	[TREND_BY_SOURCE] = "sources",
};

const char *
trend_by_name(enum trend_by by)
{
	return names[by];
}

/* --- records -------------------------------------------------------------- */

int
trend_decode_tops(struct octets value, struct trend_tops *tops)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, VERSION);

	tops->count = 0;
	if (code != 0)
		return code;
	tops->count = stored_read_below(&from, TREND_DAY_TOPS + 1);
	for (unsigned i = 0; i < tops->count; i++) {
		struct trend_top *top = &tops->list[i];

		wire_read_text(&from, top->name, sizeof(top->name));
		top->count = wire_read_u64(&from);
		top->over = wire_read_u64(&from);
	}
	return stored_end(&from);
}

int
trend_put_tops(
    struct store_txn *txn, struct octets key, const struct trend_tops *tops)
{
	uint8_t record[RECORD_MAX];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u8(&to, (uint8_t)tops->count);
	for (unsigned i = 0; i < tops->count; i++) {
		wire_write_text(&to, tops->list[i].name);
		wire_write_u64(&to, tops->list[i].count);
		wire_write_u64(&to, tops->list[i].over);
	}
	return store_put(txn, TABLE_TREND, key, OCTETS(record, wire_len(&to)));
}

struct trend_top *
trend_find_top(struct trend_tops *tops, const char *name)
{
	for (unsigned i = 0; i < tops->count; i++) {
		if (strcmp(tops->list[i].name, name) == 0)
			return &tops->list[i];
	}
	return NULL;
}

/* --- asking --------------------------------------------------------------- */

/* What a full set may have lost of a name that it lacks. */
static uint64_t
unseen(const struct trend_tops *tops, unsigned most)
{
	uint64_t least = UINT64_MAX;

	if (tops->count < most)
		return 0;
	for (unsigned i = 0; i < tops->count; i++) {
		if (tops->list[i].count < least)
			least = tops->list[i].count;
	}
	return least;
}

static int
compare(const void *left, const void *right)
{
	const struct trend_top *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->name, b->name);
}

void
trend_merge_tops(struct trend_tops *to, unsigned to_most,
    const struct trend_tops *from, unsigned from_most)
{
	struct trend_top all[2 * TREND_DAY_TOPS];
	uint64_t unseen_to = unseen(to, to_most);
	uint64_t unseen_from = unseen(from, from_most);
	unsigned count = to->count;

	memcpy(all, to->list, count * sizeof(all[0]));
	for (unsigned i = 0; i < count; i++) {
		all[i].count += unseen_from;
		all[i].over += unseen_from;
	}
	for (unsigned i = 0; i < from->count; i++) {
		struct trend_top *own = trend_find_top(to, from->list[i].name);

		if (own != NULL) {
			struct trend_top *sum = &all[own - to->list];

			sum->count += from->list[i].count - unseen_from;
			sum->over += from->list[i].over - unseen_from;
			continue;
		}
		all[count] = from->list[i];
		all[count].count += unseen_to;
		all[count++].over += unseen_to;
	}
	qsort(all, count, sizeof(all[0]), compare);
	to->count = count < to_most ? count : to_most;
	memcpy(to->list, all, to->count * sizeof(all[0]));
}

static int
merge(uint32_t when, struct octets value, void *context)
{
	struct trend_tops tops;
	int code = trend_decode_tops(value, &tops);

	if (stored_pass_by(TABLE_TREND, code))
		return 0;
	if (code == 0)
		trend_merge_tops(context, TREND_DAY_TOPS, &tops,
		    (when & TREND_DAY_FLAG) != 0 ? TREND_DAY_TOPS
						 : TREND_HOUR_TOPS);
	return code;
}

/* Where thousands come once, the counts of those that stay are mostly over. */
static uint64_t
surely(const struct trend_top *top)
{
	return top->count - top->over;
}

static int
compare_surely(const void *left, const void *right)
{
	const struct trend_top *a = left, *b = right;

	if (surely(a) != surely(b))
		return surely(a) > surely(b) ? -1 : 1;
	return strcmp(a->name, b->name);
}

int
trend_top(struct store_txn *txn, enum trend_by by, int64_t from, int64_t to,
    struct trend_tops *tops)
{
	const struct trend_series series = { (uint8_t)(TREND_TOP_BASE + by),
		0 };
	int code;

	tops->count = 0;
	code = trend_walk(txn, series, from, to, merge, tops);
	qsort(tops->list, tops->count, sizeof(tops->list[0]), compare_surely);
	/* Of the others nothing is known but that they are not many. */
	while (tops->count > 0 && surely(&tops->list[tops->count - 1]) == 0)
		tops->count--;
	return code;
}
