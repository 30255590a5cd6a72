#include "dnsd/lookup.h"

#include <stdbool.h>
#include <string.h>

#include "common/error.h"

int
lookup_init(struct lookup *lookup, struct store *store)
{
	int error;

	memset(lookup, 0, sizeof(*lookup));
	error = store_begin_read(store, &lookup->txn);
	if (error != 0)
		return error;
	error = store_cursor_open(lookup->txn, TABLE_ZONE, &lookup->cursor);
	if (error != 0) {
		store_abort(lookup->txn);
		return error;
	}
	store_reset(lookup->txn);
	return 0;
}

void
lookup_deinit(struct lookup *lookup)
{
	if (lookup->reader.index != NULL)
		index_reader_deinit(&lookup->reader);
	store_cursor_close(lookup->cursor);
	store_abort(lookup->txn);
}

void
lookup_use_index(struct lookup *lookup, struct index *index)
{
	index_reader_init(&lookup->reader, index);
}

int
lookup_begin(struct lookup *lookup)
{
	int error = store_renew(lookup->txn);

	if (error != 0)
		return error;
	error = store_cursor_renew(lookup->txn, lookup->cursor);
	if (error != 0)
		store_reset(lookup->txn);
	return error;
}

void
lookup_at_version(struct lookup *lookup, const struct zone_version *version)
{
	if (lookup->reader.index != NULL)
		lookup->index = index_begin(&lookup->reader, version);
}

void
lookup_end(struct lookup *lookup)
{
	if (lookup->index != NULL)
		index_end(&lookup->reader);
	lookup->index = NULL;
	lookup->ahead = NULL;
	store_reset(lookup->txn);
}

static bool
equals(struct octets found, const struct zonekey *key)
{
	return found.len == key->len &&
	       memcmp(found.data, key->octets, key->len) == 0;
}

static bool
begins_with(struct octets found, const struct zonekey *key)
{
	return found.len > key->len &&
	       memcmp(found.data, key->octets, key->len) == 0;
}

/*
 * The octets of the longest name above or at both: up to behind the last label
 * end they share, the apex' octet at least.
 */
static size_t
common_ancestor(struct octets found, const struct zonekey *key)
{
	const uint8_t *octets = found.data;
	size_t most = found.len < key->len ? found.len : key->len;
	size_t ancestor = 1;

	for (size_t i = 1; i < most && octets[i] == key->octets[i]; i++) {
		if (octets[i] == 0)
			ancestor = i + 1;
	}
	return ancestor;
}

/* The octets of the name right above; `key` is not the apex. */
static size_t
parent(const struct zonekey *key)
{
	size_t len = key->len - 1;

	while (len > 1 && key->octets[len - 1] != 0)
		len--;
	return len;
}

/*
 * A name that does not exist lies between two that do, and every name above it
 * that exists has one of the two at or below itself: names below one name
 * stand together. So the neighbours know the closest encloser (RFC 4592
 * section 3.3.1). `error` is how the search for the next one ended.
 */
static int
closest_encloser(struct lookup *lookup, const struct zonekey *key, int error,
    struct octets next, size_t *encloser)
{
	struct octets previous, value;

	*encloser = error == 0 ? common_ancestor(next, key) : 1;
	if (key->len == 1 || *encloser == parent(key))
		return 0;
	error = store_move(lookup->cursor, error == 0 ? STORE_PREV : STORE_LAST,
	    &previous, &value);
	if (error == 0) {
		size_t len = common_ancestor(previous, key);

		if (len > *encloser)
			*encloser = len;
	}
	return error == ERROR_NOT_FOUND ? 0 : error;
}

/* The name itself, or something below it. */
static enum lookup_outcome
find_at(struct lookup *lookup, const struct zonekey *key, int *error,
    struct octets *next, struct octets *value)
{
	*error = store_seek(
	    lookup->cursor, OCTETS(key->octets, key->len), next, value);
	if (*error == 0 && equals(*next, key))
		return LOOKUP_FOUND;
	if (*error == 0 && begins_with(*next, key))
		return LOOKUP_EMPTY;
	if (*error != 0 && *error != ERROR_NOT_FOUND)
		return LOOKUP_FAILED;
	return LOOKUP_NOTHING;
}

enum lookup_outcome
lookup_find(struct lookup *lookup, const struct zonekey *key,
    struct octets *value, struct zonekey *source)
{
	enum lookup_outcome outcome;
	struct octets next;
	size_t encloser;
	int error;

	outcome = find_at(lookup, key, &error, &next, value);
	if (outcome == LOOKUP_FOUND) {
		source->len = key->len;
		memcpy(source->octets, key->octets, key->len);
	}
	if (outcome != LOOKUP_NOTHING)
		return outcome;
	if (closest_encloser(lookup, key, error, next, &encloser) != 0)
		return LOOKUP_FAILED;
	if (key->len == 1)
		return LOOKUP_NOTHING;

	/* It fits: `key` has at least one label more than its encloser. */
	memcpy(source->octets, key->octets, encloser);
	memcpy(source->octets + encloser, "*", 2);
	source->len = encloser + 2;
	outcome = find_at(lookup, source, &error, &next, value);
	return outcome == LOOKUP_FOUND ? LOOKUP_WILDCARD : outcome;
}

/* --- questions ------------------------------------------------------------ */

/*
 * The list of an entry, for those who count: sub-lists have names of letters,
 * longer than any label of an address.
 */
static enum sublist
list_of(const struct zonekey *key)
{
	const char *label = (const char *)key->octets + 1;

	if (key->octets[2] == 0 || (*label >= '0' && *label <= '9'))
		return SUBLIST_MAIN;
	for (int i = SUBLIST_MAIN + 1; i < SUBLIST_COUNT; i++) {
		if (strcmp(label, sublists[i].label) == 0)
			return (enum sublist)i;
	}
	return SUBLIST_MAIN;
}

static enum lookup_outcome
find_in_table(struct lookup *lookup, const struct query *query, size_t below,
    struct lookup_found *found)
{
	enum lookup_outcome outcome;
	struct zonekey key;

	/* What no key can be made of is not there. */
	if (zonekey_from_name(query->question, below, &key) != 0)
		return LOOKUP_NOTHING;
	outcome = lookup_find(lookup, &key, &found->value, &found->source);
	if (outcome == LOOKUP_FOUND || outcome == LOOKUP_WILDCARD) {
		found->is_entry =
		    zonedata_decode_entry(found->value, &found->entry);
		/* The apex has a key without a label, and is none. */
		found->list =
		    found->is_entry ? list_of(&found->source) : SUBLIST_MAIN;
	}
	found->from_index = false;
	return outcome;
}

void
lookup_see(struct lookup *lookup, const struct query *query,
    unsigned origin_labels, struct lookup_ahead *ahead)
{
	ahead->name = NULL;
	if (lookup->index == NULL || query->question_len == 0 ||
	    query->label_count < origin_labels)
		return;
	ahead->name = query->question;
	index_ask(lookup->index, query->question, query->labels,
	    query->label_count - origin_labels, &ahead->question);
}

void
lookup_fetch(const struct lookup_ahead *ahead)
{
	if (ahead->name != NULL)
		index_fetch(&ahead->question);
}

static enum index_outcome
find_in_index(struct lookup *lookup, const struct query *query,
    unsigned origin_labels, struct index_entry *found)
{
	const struct lookup_ahead *ahead = lookup->ahead;
	struct lookup_ahead now;

	if (lookup->index == NULL)
		return INDEX_SILENT;
	if (ahead == NULL || ahead->name != query->question) {
		lookup_see(lookup, query, origin_labels, &now);
		ahead = &now;
	}
	return index_find(lookup->index, &ahead->question, found);
}

enum lookup_outcome
lookup_question(struct lookup *lookup, const struct query *query, size_t below,
    unsigned origin_labels, struct lookup_found *found)
{
	enum index_outcome outcome =
	    find_in_index(lookup, query, origin_labels, &found->indexed);

	switch (outcome) {
	case INDEX_FOUND:
		found->is_entry = found->from_index = true;
		found->entry = *found->indexed.entry;
		found->list = found->indexed.list;
		return LOOKUP_FOUND;
	case INDEX_EMPTY:
		return LOOKUP_EMPTY;
	case INDEX_NOTHING:
		return LOOKUP_NOTHING;
	case INDEX_SILENT:
		break;
	}
	return find_in_table(lookup, query, below, found);
}

bool
lookup_unit(const struct lookup_found *found, struct ipaddr *unit)
{
	enum sublist list;

	if (!found->from_index)
		return zonekey_unit(
		    found->source.octets, found->source.len, &list, unit);
	*unit = index_unit(&found->indexed);
	return true;
}
