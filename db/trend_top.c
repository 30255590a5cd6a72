#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/stored.h"
#include "db/trap.h"
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

/* --- counting ------------------------------------------------------------- */

static struct trend_top *
find(struct trend_tops *tops, const char *name)
{
	for (unsigned i = 0; i < tops->count; i++) {
		if (strcmp(tops->list[i].name, name) == 0)
			return &tops->list[i];
	}
	return NULL;
}

static struct trend_top *
least_of(struct trend_tops *tops)
{
	struct trend_top *least = &tops->list[0];

	for (unsigned i = 1; i < tops->count; i++) {
		if (tops->list[i].count < least->count)
			least = &tops->list[i];
	}
	return least;
}

/* The counter of a name: its own, a free one, or the least of all. */
static struct trend_top *
take(struct trend_tops *tops, unsigned most, const char *name)
{
	struct trend_top *top = find(tops, name);

	if (top != NULL)
		return top;
	if (tops->count < most) {
		top = &tops->list[tops->count++];
		top->count = top->over = 0;
	} else {
		top = least_of(tops);
		top->over = top->count;
	}
	stored_copy_text(top->name, sizeof(top->name), name);
	return top;
}

/* What cannot be read begins anew: it is not worth a listing. */
static int
change(struct store_txn *txn, enum trend_by by, const char *text, int64_t at,
    bool add)
{
	const struct trend_series series = { (uint8_t)(TREND_TOP_BASE + by),
		0 };
	uint8_t octets[TREND_KEY_LEN];
	struct octets key =
	    trend_key(octets, series, (uint32_t)(at / TREND_HOUR));
	char name[TREND_NAME_MAX + 1];
	struct trend_tops tops;
	struct trend_top *top;
	struct octets value;
	int code = store_get(txn, TABLE_TREND, key, &value);

	tops.count = 0;
	if (code == 0)
		code = trend_decode_tops(value, &tops);
	if (stored_pass_by(TABLE_TREND, code))
		tops.count = 0;
	else if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	stored_copy_text(name, sizeof(name), text);
	top = add ? take(&tops, TREND_HOUR_TOPS, name) : find(&tops, name);
	if (top == NULL || (!add && top->count == 0))
		return 0;
	top->count = add ? top->count + 1 : top->count - 1;
	return trend_put_tops(txn, key, &tops);
}

/* --- what a sighting counts for ------------------------------------------- */

/* "" where it says nothing of it. */
typedef int name_of(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1]);

static int
name_trap(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	struct trap trap;
	int code = ERROR_NOT_FOUND;

	if (evidence->trap != 0)
		code = trap_get(txn, evidence->trap, &trap);
	if (code == 0)
		stored_copy_text(name, TREND_NAME_MAX + 1, trap.domain);
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_TRAP, code)
		   ? 0
		   : code;
}

static int
name_campaign(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	(void)txn;
	if ((evidence->flags & EVIDENCE_FINGERPRINTED) != 0)
		snprintf(name, TREND_NAME_MAX + 1, "%016" PRIx64,
		    evidence->campaign);
	return 0;
}

static bool
is_small_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/*
 * The first sign that names one: "subject-bounce-de", "text-absent-fr". The
 * other signs that begin so end in longer words.
 */
void
trend_language(const char *signs, char language[3])
{
	language[0] = '\0';
	while (*signs != '\0') {
		const char *end = signs + strcspn(signs, " ");

		if ((strncmp(signs, "subject-", 8) == 0 ||
			strncmp(signs, "text-", 5) == 0) &&
		    end[-3] == '-' && is_small_letter(end[-2]) &&
		    is_small_letter(end[-1])) {
			memcpy(language, end - 2, 2);
			language[2] = '\0';
			return;
		}
		signs = *end == ' ' ? end + 1 : end;
	}
}

static int
name_language(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	(void)txn;
	trend_language(evidence->signs, name);
	return 0;
}

static int
name_software(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	(void)txn;
	stored_copy_text(name, TREND_NAME_MAX + 1, evidence->software);
	return 0;
}

static int
name_network(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	bool ipv4 = ipaddr_is_ipv4(&evidence->address);
	struct ipprefix prefix = { .length = ipv4 ? 96 + 24 : 48 };

	(void)txn;
	prefix.address = ipaddr_masked(&evidence->address, prefix.length);
	ipprefix_format(&prefix, name);
	return 0;
}
_Static_assert(IPPREFIX_TEXT_MAX <= TREND_NAME_MAX + 1, "a name has room");

static int
name_source(struct store_txn *txn, const struct evidence *evidence,
    char name[TREND_NAME_MAX + 1])
{
	struct ipaddr unit = listing_unit(&evidence->address);

	(void)txn;
	listing_unit_format(&unit, name);
	return 0;
}

static name_of *const namers[TREND_BY_COUNT] = {
	[TREND_BY_TRAP] = name_trap,
	[TREND_BY_CAMPAIGN] = name_campaign,
	[TREND_BY_LANGUAGE] = name_language,
	[TREND_BY_SOFTWARE] = name_software,
	[TREND_BY_NETWORK] = name_network,
	[TREND_BY_SOURCE] = name_source,
};

static int
change_all(struct store_txn *txn, const struct evidence *evidence, bool add)
{
	int code = 0;

	if (evidence->kind == BACKSCATTER_NONE || evidence->seen_at < 0)
		return 0;
	for (int by = 0; code == 0 && by < TREND_BY_COUNT; by++) {
		char name[TREND_NAME_MAX + 1] = "";

		code = namers[by](txn, evidence, name);
		if (code == 0 && name[0] != '\0')
			code = change(txn, (enum trend_by)by, name,
			    evidence->seen_at, add);
	}
	return code;
}

int
trend_count_tops(struct store_txn *txn, const struct evidence *evidence)
{
	return change_all(txn, evidence, true);
}

int
trend_uncount_tops(struct store_txn *txn, const struct evidence *evidence)
{
	return change_all(txn, evidence, false);
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
		struct trend_top *own = find(to, from->list[i].name);

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
