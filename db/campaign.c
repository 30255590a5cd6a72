#include "db/campaign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/listing.h"
#include "db/stored.h"
#include "db/trend.h"

#define VERSION 1
#define RECORD_LEN (1 + 8 + 8)

/* Records between two looks at the clock, well under a millisecond. */
#define STRIDE 256
/* Twice as many as there can be: chains stay short. A power of two. */
#define PLACES (2 * CAMPAIGNS_MAX)
#define PAIR_LEN (8 + 16)

/* --- ids ------------------------------------------------------------------ */

/* 0 is none: one in 2^64 is a little less itself. */
uint64_t
campaign_of(uint64_t subject_hash, uint64_t hash)
{
	uint64_t id =
	    (subject_hash & ~(uint64_t)UINT32_MAX) | (hash & UINT32_MAX);

	return id != 0 ? id : 1;
}

uint32_t
campaign_subject(uint64_t id)
{
	return (uint32_t)(id >> 32);
}

/* --- many ----------------------------------------------------------------- */

void
campaigns_init(struct campaigns *campaigns, int64_t from, int64_t to)
{
	*campaigns = (struct campaigns){ .from = from, .to = to };
	octetset_init(&campaigns->servers, PAIR_LEN);
	/* An id is never less than the time it was seen. */
	if (from > 0)
		campaigns->next_id = (uint64_t)from * UINT64_C(1000000);
}

void
campaigns_deinit(struct campaigns *campaigns)
{
	free(campaigns->list);
	free(campaigns->places);
	octetset_deinit(&campaigns->servers);
}

static int
grow(struct campaigns *campaigns)
{
	size_t size = campaigns->size > 0 ? 2 * campaigns->size : 64;
	struct campaign *list = realloc(campaigns->list, size * sizeof(*list));

	if (list == NULL)
		return -ENOMEM;
	campaigns->list = list;
	campaigns->size = size;
	return 0;
}

/* 0 with *found NULL: there is no room for another. Ids are hashes. */
static int
find(struct campaigns *campaigns, uint64_t id, struct campaign **found)
{
	size_t at = id % PLACES;
	int code = 0;

	*found = NULL;
	if (campaigns->places == NULL)
		campaigns->places = calloc(PLACES, sizeof(*campaigns->places));
	if (campaigns->places == NULL)
		return -ENOMEM;
	for (; campaigns->places[at] != 0; at = (at + 1) % PLACES) {
		*found = &campaigns->list[campaigns->places[at] - 1];
		if ((*found)->id == id)
			return 0;
		*found = NULL;
	}
	if (campaigns->count == CAMPAIGNS_MAX)
		return 0;
	if (campaigns->count == campaigns->size)
		code = grow(campaigns);
	if (code != 0)
		return code;
	*found = &campaigns->list[campaigns->count];
	campaigns->places[at] = (uint32_t)++campaigns->count;
	memset(*found, 0, sizeof(**found));
	(*found)->id = id;
	return 0;
}

static void
take(struct campaign *campaign, const struct evidence *evidence)
{
	if (campaign->first_at == 0 || evidence->seen_at < campaign->first_at)
		campaign->first_at = evidence->seen_at;
	if (evidence->seen_at >= campaign->last_at) {
		campaign->last_at = evidence->seen_at;
		campaign->sample_id = evidence->id;
	}
	campaign->sightings++;
	campaign->kinds |= BACKSCATTER_BIT(evidence->kind);
	if (campaign->language[0] == '\0')
		trend_language(evidence->signs, campaign->language);
}

static int
take_server(struct campaigns *campaigns, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	uint8_t pair[PAIR_LEN];

	stored_key_of_unit(pair, &unit, 0);
	memmove(pair + 8, pair, 16);
	stored_key_u64(pair, evidence->campaign);
	return octetset_add(&campaigns->servers, pair);
}
_Static_assert(PAIR_LEN == STORED_KEY_OF_UNIT, "as long as such a key");

struct reading {
	struct campaigns *campaigns;
	int64_t deadline_ms;
	unsigned looked_at;
};

/* 1 ends the walk: it is time. */
static int
look_at(const struct evidence *evidence, void *context)
{
	struct reading *reading = context;
	struct campaigns *campaigns = reading->campaigns;
	struct campaign *campaign;
	int code = 0;

	campaigns->next_id = evidence->id + 1;
	if ((evidence->flags & EVIDENCE_FINGERPRINTED) != 0 &&
	    evidence->kind != BACKSCATTER_NONE &&
	    evidence->seen_at >= campaigns->from &&
	    evidence->seen_at < campaigns->to) {
		code = find(campaigns, evidence->campaign, &campaign);
		if (code == 0 && campaign == NULL)
			campaigns->left_out++;
		if (code == 0 && campaign != NULL) {
			take(campaign, evidence);
			code = take_server(campaigns, evidence);
		}
	}
	if (code == 0 && ++reading->looked_at % STRIDE == 0)
		code = clock_monotonic_ms() >= reading->deadline_ms;
	return code;
}

int
campaigns_read(
    struct store_txn *txn, struct campaigns *campaigns, int64_t deadline_ms)
{
	struct reading reading = { campaigns, deadline_ms, 0 };

	return evidence_list(txn, campaigns->next_id, look_at, &reading);
}

static int
compare(const void *left, const void *right)
{
	const struct campaign *a = left, *b = right;

	if (a->servers != b->servers)
		return a->servers > b->servers ? -1 : 1;
	if (a->last_at != b->last_at)
		return a->last_at > b->last_at ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Of one campaign, and in one network? In order, those stand together. */
static bool
is_near(const uint8_t *pair, const uint8_t *other)
{
	struct ipaddr a, b;

	memcpy(a.octets, pair + 8, sizeof(a.octets));
	memcpy(b.octets, other + 8, sizeof(b.octets));
	a = ipaddr_network(&a, 24, 48).address;
	b = ipaddr_network(&b, 24, 48).address;
	return memcmp(pair, other, 8) == 0 && ipaddr_compare(&a, &b) == 0;
}

static void
count_servers(struct campaigns *campaigns)
{
	const uint8_t *before = NULL;

	octetset_sort(&campaigns->servers);
	for (size_t i = 0; i < campaigns->servers.count; i++) {
		const uint8_t *pair = octetset_at(&campaigns->servers, i);
		struct campaign *campaign;

		if (find(campaigns, stored_u64_of_key(pair), &campaign) == 0 &&
		    campaign != NULL) {
			campaign->servers++;
			campaign->networks +=
			    before == NULL || !is_near(pair, before);
		}
		before = pair;
	}
}

void
campaigns_finish(struct campaigns *campaigns)
{
	count_servers(campaigns);
	if (campaigns->count > 0)
		qsort(campaigns->list, campaigns->count,
		    sizeof(*campaigns->list), compare);
	/* Its places are those of before. */
	free(campaigns->places);
	campaigns->places = NULL;
}

/* --- merged ones ---------------------------------------------------------- */

static int
decode(struct octets value, uint64_t *into)
{
	struct wire_reader from;
	int code = stored_begin(&from, value, VERSION);

	*into = wire_read_u64(&from);
	stored_read_time(&from); /* when: for people who look */
	return code != 0 ? code : stored_end(&from);
}

static int
put(struct store_txn *txn, uint64_t id, uint64_t into, int64_t now)
{
	uint8_t key[STORED_KEY_U64], record[RECORD_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_u64(&to, into);
	stored_write_time(&to, now);
	return store_put(txn, TABLE_CAMPAIGN, stored_key_u64(key, id),
	    OCTETS(record, sizeof(record)));
}

int
campaign_resolve(struct store_txn *txn, uint64_t *id)
{
	uint8_t key[STORED_KEY_U64];
	struct octets value;
	uint64_t into;
	int code =
	    store_get(txn, TABLE_CAMPAIGN, stored_key_u64(key, *id), &value);

	if (code == 0)
		code = decode(value, &into);
	if (code == 0)
		*id = into;
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_CAMPAIGN, code)
		   ? 0
		   : code;
}

/* Those that were merged into `id`, one after the other: they lead on. */
static int
lead_on(struct store_txn *txn, uint64_t id, uint64_t into, int64_t now)
{
	struct store_cursor *cursor;
	struct octets key, value;
	uint64_t other, number = 0;
	int code = store_cursor_open(txn, TABLE_CAMPAIGN, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		uint8_t from[STORED_KEY_U64];

		if (key.len != STORED_KEY_U64)
			code = ERROR_DAMAGED;
		else
			number = stored_u64_of_key(key.data);
		if (code == 0)
			code = decode(value, &other);
		if (code == 0 && other == id)
			code = put(txn, number, into, now);
		if (code == 0)
			code = store_seek(
			    cursor, stored_key_u64(from, number), &key, &value);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* Nothing leads to what leads on, so one step always ends. */
int
campaign_merge(struct store_txn *txn, uint64_t id, uint64_t into, int64_t now)
{
	int code = campaign_resolve(txn, &into);

	if (code != 0)
		return code;
	if (id == into)
		return ERROR_REFUSED;
	code = put(txn, id, into, now);
	return code != 0 ? code : lead_on(txn, id, into, now);
}

int
campaign_check(struct octets key, struct octets value)
{
	uint64_t into;

	return key.len != STORED_KEY_U64 ? ERROR_DAMAGED : decode(value, &into);
}

/* --- for people ----------------------------------------------------------- */

#define ENDS_WORD " \t\r\n,;:<>()[]\"'"

char *
campaign_redact(const char *from, char *to, size_t size)
{
	size_t used = 0;

	while (*from != '\0' && used + 1 < size) {
		size_t len = strcspn(from, ENDS_WORD);
		const char *text = from;
		size_t text_len = len > 0 ? len : 1;

		if (memchr(from, '@', len) != NULL) {
			text = "...@...";
			text_len = strlen(text);
		}
		if (text_len > size - 1 - used)
			text_len = size - 1 - used;
		memcpy(to + used, text, text_len);
		used += text_len;
		from += len > 0 ? len : 1;
	}
	to[used] = '\0';
	return to;
}
