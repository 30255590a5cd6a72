#include "ingest/phrase.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/fold.h"

/*
 * Phrases hang in chains by the hash of their first four octets; a bitmap
 * (8 kB: stays in the first-level cache) says at most places of a text that no
 * chain need be looked at.
 */
#define HEAD_LEN 4
#define HASH_BITS 16
#define BUCKETS 4096

/* From the words before a '*' to the end of those behind it. */
#define CLAUSE_MAX 96

/* Words that count beside each other stand no further apart. */
#define BESIDE_MAX 160

#define IDEOGRAPHIC_STOP "。"

struct entry {
	struct entry *next;
	const struct phrase *phrase;
	const char *rest; /* what follows the gap, in `text`; or NULL */
	size_t len, rest_len;
	uint64_t begin, mask; /* the first octets, and which of them count */
	char text[];
};

struct phrase_index {
	uint64_t bitmap[(1u << HASH_BITS) / 64];
	struct entry *buckets[BUCKETS];
};

static uint32_t
hash_head(const char *at)
{
	uint32_t head;

	memcpy(&head, at, sizeof(head));
	return (head * 0x9e3779b1u) >> (32 - HASH_BITS);
}

/*
 * The first eight octets as a number: most of the phrases that hang in a chain
 * for "mess" or "your" are told apart by it.
 */
static uint64_t
begin_of(const char *text, size_t len)
{
	uint64_t begin = 0;

	if (len >= sizeof(begin))
		memcpy(&begin, text, sizeof(begin));
	else
		memcpy(&begin, text, len);
	return begin;
}

static void
split_at_gap(struct entry *entry)
{
	char *gap = strchr(entry->text, '*');

	/* Stars that the text itself bears stand at its beginning. */
	if (gap == NULL || gap - entry->text < HEAD_LEN)
		return;
	entry->rest = gap + 1;
	entry->rest_len = entry->len - (size_t)(entry->rest - entry->text);
	entry->len = (size_t)(gap - entry->text);
}

static int
add(struct phrase_index *index, const struct phrase *phrase)
{
	size_t size = strlen(phrase->text) + 1;
	struct entry *entry = malloc(sizeof(*entry) + size);
	uint32_t hash;

	if (entry == NULL)
		return -1;
	entry->phrase = phrase;
	entry->rest = NULL;
	entry->len = fold_text(phrase->text, size - 1, entry->text, size);
	split_at_gap(entry);
	entry->begin = begin_of(entry->text, entry->len);
	memset(&entry->mask, 0, sizeof(entry->mask));
	memset(&entry->mask, 0xff,
	    entry->len < sizeof(entry->mask) ? entry->len
					     : sizeof(entry->mask));
	assert(entry->len >= HEAD_LEN);
	hash = hash_head(entry->text);
	index->bitmap[hash / 64] |= UINT64_C(1) << hash % 64;
	entry->next = index->buckets[hash % BUCKETS];
	index->buckets[hash % BUCKETS] = entry;
	return 0;
}

struct phrase_index *
phrase_index_new(const struct phrase_table *tables, size_t count)
{
	struct phrase_index *index = calloc(1, sizeof(*index));

	for (size_t t = 0; index != NULL && t < count; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			if (add(index, &tables[t].phrases[i]) != 0) {
				phrase_index_free(index);
				return NULL;
			}
		}
	}
	return index;
}

void
phrase_index_free(struct phrase_index *index)
{
	if (index == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while (index->buckets[i] != NULL) {
			struct entry *entry = index->buckets[i];

			index->buckets[i] = entry->next;
			free(entry);
		}
	}
	free(index);
}

/* A word or two may follow: "Réponse automatique d'absence : ..." */
#define COLON_WITHIN 24

static bool
is_before_colon(const char *rest, size_t len)
{
	const char *colon =
	    memchr(rest, ':', len < COLON_WITHIN ? len : COLON_WITHIN);

	return colon != NULL && (size_t)(colon + 1 - rest) < len;
}

/* "Out of office: ..." is a title, "out of office next week" is people's. */
static bool
is_title(const char *rest, size_t len)
{
	if (len > 0 && *rest == ' ') {
		rest++;
		len--;
	}
	return len == 0 || strchr(":-([,;.!", *rest) != NULL;
}

/* People have days and hours behind it, and what they plan then. */
static bool
is_whole(const char *rest, size_t len)
{
	while (len > 0 && strchr(" .!", *rest) != NULL) {
		rest++;
		len--;
	}
	return len == 0;
}

/* Help desks set their number before it: "[#4711] We have received ..." */
#define TAG_MAX 32

static bool
is_start(const char *folded, size_t at)
{
	return at == 0 || (at >= 2 && at < TAG_MAX && folded[0] == '[' &&
			      memchr(folded, ']', at) == folded + at - 2);
}

static bool
is_placed(const struct entry *entry, const char *folded, size_t at, size_t len)
{
	switch (entry->phrase->place) {
	case PHRASE_START:
		return is_start(folded, at);
	case PHRASE_BEFORE:
		return at == 0 &&
		       is_before_colon(folded + entry->len, len - entry->len);
	case PHRASE_TITLE:
		return at == 0 &&
		       is_title(folded + entry->len, len - entry->len);
	case PHRASE_WHOLE:
		return at == 0 &&
		       is_whole(folded + entry->len, len - entry->len);
	default:
		return true;
	}
}

/* Full stops of names, and of numbers ("from 3. to 10."), end no sentence. */
static bool
ends_sentence(const char *at, size_t left)
{
	if (*at == '.' && at[-1] >= '0' && at[-1] <= '9')
		return false;
	if (*at == '.' || *at == '!' || *at == '?')
		return left > 1 && at[1] == ' ';
	return *at == IDEOGRAPHIC_STOP[0] && left >= strlen(IDEOGRAPHIC_STOP) &&
	       memcmp(at, IDEOGRAPHIC_STOP, strlen(IDEOGRAPHIC_STOP)) == 0;
}

/* How far words may lie behind their beginning at `text`. */
static size_t
clause_len(const char *text, size_t len)
{
	size_t most = len < CLAUSE_MAX ? len : CLAUSE_MAX, i = HEAD_LEN;

	while (i < most && !ends_sentence(text + i, len - i))
		i++;
	return i;
}

/* The C library's search prepares for each what pays only in long texts. */
static bool
goes_on(const struct entry *entry, const char *text, size_t len)
{
	char first = *entry->rest;

	for (size_t i = entry->len; i + entry->rest_len <= len; i++) {
		if (text[i] == first &&
		    memcmp(text + i, entry->rest, entry->rest_len) == 0)
			return true;
	}
	return false;
}

static bool
is_here(const struct entry *entry, const char *folded, size_t at, size_t len)
{
	return entry->len <= len - at &&
	       (entry->len <= sizeof(entry->begin) ||
		   memcmp(entry->text, folded + at, entry->len) == 0) &&
	       is_placed(entry, folded, at, len);
}

/* A text that is searched, and where words of three sorts stood in it last. */
struct search {
	const char *folded;
	size_t len;
	struct findings *findings;
	struct {
		const struct phrase *phrase; /* NULL not yet */
		size_t at;
	} message, fate, act;
};

static void
found(struct search *search, const struct phrase *phrase)
{
	finding_add(
	    search->findings, phrase->kind, phrase->family, phrase->sign);
}

static bool
is_beside(const struct search *search, size_t a, size_t b)
{
	size_t from = a < b ? a : b, to = a < b ? b : a;

	if (to - from > BESIDE_MAX)
		return false;
	while (++from < to) {
		if (ends_sentence(search->folded + from, search->len - from))
			return false;
	}
	return true;
}

/* Words that say something beside others only. */
static void
found_word(struct search *search, const struct phrase *phrase, size_t at)
{
	switch (phrase->place) {
	case PHRASE_MESSAGE:
		search->message.phrase = phrase;
		search->message.at = at;
		break;
	case PHRASE_FATE:
		search->fate.phrase = phrase;
		search->fate.at = at;
		break;
	default:
		search->act.phrase = phrase;
		search->act.at = at;
		break;
	}
	if (search->fate.phrase == NULL)
		return;
	if (phrase->place != PHRASE_ACT && search->message.phrase != NULL &&
	    is_beside(search, search->message.at, search->fate.at))
		found(search, search->fate.phrase);
	if (phrase->place != PHRASE_MESSAGE && search->act.phrase != NULL &&
	    is_beside(search, search->act.at, search->fate.at))
		found(search, search->act.phrase);
}

/* Every phrase of a chain that begins at `at`. */
static void
find_at(const struct entry *entry, struct search *search, size_t at)
{
	const char *folded = search->folded;
	size_t len = search->len;
	uint64_t begin = begin_of(folded + at, len - at);
	size_t clause = 0;

	for (; entry != NULL; entry = entry->next) {
		if (((begin ^ entry->begin) & entry->mask) != 0 ||
		    !is_here(entry, folded, at, len))
			continue;
		if (entry->rest != NULL) {
			if (clause == 0)
				clause = clause_len(folded + at, len - at);
			if (!goes_on(entry, folded + at, clause))
				continue;
		}
		if (entry->phrase->place >= PHRASE_MESSAGE)
			found_word(search, entry->phrase, at);
		else
			found(search, entry->phrase);
	}
}

void
phrase_find(const struct phrase_index *index, const char *folded, size_t len,
    struct findings *findings)
{
	struct search search = {
		.folded = folded, .len = len, .findings = findings
	};

	for (size_t i = 0; i + HEAD_LEN <= len; i++) {
		uint32_t hash = hash_head(folded + i);

		if ((index->bitmap[hash / 64] >> hash % 64 & 1) != 0)
			find_at(index->buckets[hash % BUCKETS], &search, i);
	}
}
