#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/stored.h"
#include "db/trap.h"
#include "db/trend_private.h"

/*
 * Counting sightings for the hour when they were seen.
 */

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
	struct trend_top *top = trend_find_top(tops, name);

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

/* --- an hour's records ---------------------------------------------------- */

static struct octets
key_of(const struct trend_hour *hour, int by, uint8_t key[TREND_KEY_LEN])
{
	const struct trend_series series = { (uint8_t)(TREND_TOP_BASE + by),
		0 };

	return trend_key(key, series, (uint32_t)hour->hour);
}

/* What cannot be read begins anew: it is not worth a listing. */
static int
read_tops(struct store_txn *txn, struct trend_hour *hour, int by)
{
	struct trend_tops *tops = &hour->tops[by];
	uint8_t key[TREND_KEY_LEN];
	struct octets value;
	int code;

	if ((hour->held & 1u << by) != 0)
		return 0;
	code = store_get(txn, TABLE_TREND, key_of(hour, by, key), &value);
	tops->count = 0;
	if (code == 0)
		code = trend_decode_tops(value, tops);
	if (stored_pass_by(TABLE_TREND, code))
		tops->count = 0;
	else if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	hour->held |= 1u << by;
	return 0;
}

static int
change(struct store_txn *txn, struct trend_hour *hour, int by, const char *text,
    bool add)
{
	struct trend_tops *tops = &hour->tops[by];
	char name[TREND_NAME_MAX + 1];
	struct trend_top *top;
	int code = read_tops(txn, hour, by);

	if (code != 0)
		return code;
	stored_copy_text(name, sizeof(name), text);
	top = add ? take(tops, TREND_HOUR_TOPS, name)
		  : trend_find_top(tops, name);
	if (top == NULL || (!add && top->count == 0))
		return 0;
	top->count = add ? top->count + 1 : top->count - 1;
	hour->changed |= 1u << by;
	return 0;
}

static int
write_counts(struct store_txn *txn, struct trend_hour *hour)
{
	int code = 0;

	for (int kind = 0; code == 0 && kind < BACKSCATTER_KIND_COUNT; kind++)
		if (hour->uncounted[kind] > 0)
			code = trend_uncount(txn, TREND_EVIDENCE,
			    (enum backscatter_kind)kind,
			    hour->hour * TREND_HOUR, hour->uncounted[kind]);
	return code;
}

void
trend_hour_init(struct trend_hour *hour)
{
	hour->hour = -1;
	hour->held = hour->changed = 0;
	memset(hour->uncounted, 0, sizeof(hour->uncounted));
}

int
trend_hour_write(struct store_txn *txn, struct trend_hour *hour)
{
	int code = write_counts(txn, hour);

	for (int by = 0; code == 0 && by < TREND_BY_COUNT; by++) {
		uint8_t key[TREND_KEY_LEN];

		if ((hour->changed & 1u << by) != 0)
			code = trend_put_tops(
			    txn, key_of(hour, by, key), &hour->tops[by]);
	}
	trend_hour_init(hour);
	return code;
}

/* Another hour than before: what is held goes first. */
static int
turn_to(struct store_txn *txn, struct trend_hour *hour, int64_t seen_at)
{
	int64_t wanted = seen_at / TREND_HOUR;
	int code = 0;

	if (hour->hour == wanted)
		return 0;
	if (hour->hour >= 0)
		code = trend_hour_write(txn, hour);
	hour->hour = wanted;
	return code;
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
change_all(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence, bool add)
{
	int code;

	if (evidence->kind == BACKSCATTER_NONE || evidence->seen_at < 0)
		return 0;
	code = turn_to(txn, hour, evidence->seen_at);
	for (int by = 0; code == 0 && by < TREND_BY_COUNT; by++) {
		char name[TREND_NAME_MAX + 1] = "";

		code = namers[by](txn, evidence, name);
		if (code == 0 && name[0] != '\0')
			code = change(txn, hour, by, name, add);
	}
	return code;
}

int
trend_hour_add(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence)
{
	return change_all(txn, hour, evidence, true);
}

int
trend_hour_take(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence)
{
	return change_all(txn, hour, evidence, false);
}

int
trend_hour_forget(struct store_txn *txn, struct trend_hour *hour,
    const struct evidence *evidence)
{
	int code = trend_hour_take(txn, hour, evidence);

	if (code == 0 && evidence->seen_at >= 0)
		code = turn_to(txn, hour, evidence->seen_at);
	if (code == 0 && evidence->seen_at >= 0)
		hour->uncounted[evidence->kind]++;
	return code;
}

int
trend_count_tops(struct store_txn *txn, const struct evidence *evidence)
{
	struct trend_hour hour; /* not zeroed as a whole: it is large */
	int code;

	trend_hour_init(&hour);
	code = trend_hour_add(txn, &hour, evidence);
	return code != 0 ? code : trend_hour_write(txn, &hour);
}
