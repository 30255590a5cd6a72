#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "db/record_private.h"
#include "db/stored.h"

/*
 * Which networks are never listed, and which are shared, is in settings and in
 * tables of ours. Where they are others than those that listings were judged
 * by, listings that would come out otherwise are judged anew: an operator who
 * finds a network of his own in the list need do no more than name it. Each is
 * looked at once, some in each sweep; how far that is stands in TABLE_META.
 */

#define VERSION 1
#define NAME OCTETS("networks in force", 17)
#define RECORD_MAX (1 + META_CHAIN_LEN + 1 + 16)

/* Found at a time: they are changed when nobody walks over them. */
#define FOUND_MAX 64

struct progress {
	uint8_t networks[META_CHAIN_LEN];
	bool goes_on;
	struct ipaddr next;
};

/* --- which they are ------------------------------------------------------- */

static void
chain_text(uint8_t chain[META_CHAIN_LEN], const char *text)
{
	meta_chain(chain, text, strlen(text) + 1);
}

/* The number tells where one list ends, and the next begins. */
static void
chain_list(uint8_t chain[META_CHAIN_LEN], const struct settings_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		chain_text(chain, list->items[i]);
	meta_chain(chain, &list->count, sizeof(list->count));
}

/* Our own tables change with the version alone. */
void
record_networks_of(
    const struct settings *settings, uint8_t networks[META_CHAIN_LEN])
{
	memset(networks, 0, META_CHAIN_LEN);
	chain_text(networks, BSBL_VERSION);
	chain_list(networks, &settings->policy.own_networks);
	chain_list(networks, &settings->policy.listable_reserved);
	chain_list(networks, &settings->policy.shared_networks);
}

/* --- how far it is -------------------------------------------------------- */

static int
read_progress(struct store_txn *txn, struct progress *progress)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, NAME, &value);

	memset(progress, 0, sizeof(*progress));
	if (code != 0)
		return code;
	code = stored_begin(&from, value, VERSION);
	if (code != 0)
		return code;
	wire_read_copy(&from, progress->networks, META_CHAIN_LEN);
	progress->goes_on = stored_read_below(&from, 2) != 0;
	wire_read_copy(&from, progress->next.octets, 16);
	return stored_end(&from);
}

static int
put_progress(struct store_txn *txn, const struct progress *progress)
{
	uint8_t record[RECORD_MAX];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, VERSION);
	wire_write_octets(&to, progress->networks, META_CHAIN_LEN);
	wire_write_u8(&to, progress->goes_on);
	wire_write_octets(&to, progress->next.octets, 16);
	return store_put(txn, TABLE_META, NAME, OCTETS(record, wire_len(&to)));
}

/* --- looking -------------------------------------------------------------- */

struct search {
	const struct recorder_rules *rules;
	int64_t end_ms;
	struct ipaddr last;
	bool stopped; /* there may be more behind it */
	struct ipaddr found[FOUND_MAX];
	unsigned found_count;
};

static bool
comes_out_otherwise(
    const struct recorder_rules *rules, const struct listing *listing)
{
	bool shared;

	if (listing->state == LISTING_NONE && listing->callout_until == 0 &&
	    listing->manual_until == 0 && listing_waits_since(listing) == 0)
		return false;
	shared = listing->named_shared ||
		 shared_by_network(rules->shared, &listing->unit) != NULL;
	return shared != listing->shared ||
	       listable_refusal(rules->listable, &listing->unit) != NULL;
}

static int
look(const struct listing *listing, void *context)
{
	struct search *search = context;

	search->last = listing->unit;
	if (comes_out_otherwise(search->rules, listing))
		search->found[search->found_count++] = listing->unit;
	search->stopped = search->found_count == FOUND_MAX ||
			  clock_monotonic_ms() >= search->end_ms;
	return search->stopped;
}

/* Judged with the next that are due, which is in this sweep mostly. */
static int
make_due(struct store_txn *txn, const struct ipaddr *unit, int64_t now)
{
	struct listing listing;
	int code = listing_get(txn, unit, &listing);

	if (code != 0)
		return code;
	listing.due_at = now;
	return listing_put(txn, &listing);
}

static int
look_on(struct store_txn *txn, const struct recorder_rules *rules,
    struct progress *progress, int64_t now, unsigned most, int64_t end_ms)
{
	struct search search = { .rules = rules, .end_ms = end_ms };
	int code = listing_list(txn, &progress->next, look, &search);

	for (unsigned i = 0; code >= 0 && i < search.found_count; i++)
		code = make_due(txn, &search.found[i], now);
	if (code < 0)
		return code;
	progress->next = search.last;
	progress->goes_on = search.stopped && ipaddr_step(&progress->next);
	code = put_progress(txn, progress);
	if (code != 0)
		return code;
	return progress->goes_on ? (int)most : 1;
}

int
record_networks(struct store_txn *txn, const struct recorder_rules *rules,
    int64_t now, unsigned most, int64_t end_ms)
{
	struct progress progress;
	int code = read_progress(txn, &progress);

	if (code != 0 && code != ERROR_NOT_FOUND &&
	    !stored_pass_by(TABLE_META, code))
		return code;
	if (memcmp(progress.networks, rules->networks, META_CHAIN_LEN) != 0) {
		memcpy(progress.networks, rules->networks, META_CHAIN_LEN);
		progress.next = (struct ipaddr){ 0 };
		progress.goes_on = true;
	}
	if (!progress.goes_on)
		return 0;
	return look_on(txn, rules, &progress, now, most, end_ms);
}
