#ifndef INGEST_PHRASE_H
#define INGEST_PHRASE_H

#include <stddef.h>

#include "ingest/finding.h"

/*
 * Many phrases looked for in one pass over a text. The modules keep their
 * phrases in tables, written as people read them; the index holds them folded
 * (ingest/fold.h) and finds them in folded text, whatever their number.
 *
 * "confirm*your message" is found where one follows the other within a
 * sentence: people put the same few words together in many ways. Where their
 * order is no matter either, and many may stand for each, they are phrases of
 * their own that count beside each other.
 */
enum phrase_place {
	PHRASE_ANYWHERE,
	PHRASE_START,  /* the text begins with it, or does behind a "[tag] " */
	PHRASE_BEFORE, /* it begins with it, and a colon and more follow */
	PHRASE_TITLE,  /* it begins with it, and no sentence goes on there */
	PHRASE_WHOLE,  /* it is that, and nothing more */
	/* Anywhere, and a finding only beside another within a sentence: */
	PHRASE_MESSAGE, /* the reader's message: none of its own */
	PHRASE_FATE,	/* what becomes of it, beside the message */
	PHRASE_ACT,	/* what to do, beside what becomes of it then */
};

struct phrase {
	/* Folded, four octets or more, before a '*' too, of which it has one.
	 */
	const char *text;
	const char *sign; /* NULL for a PHRASE_MESSAGE */
	enum backscatter_kind kind;
	enum sign_family family;
	enum phrase_place place;
};

struct phrase_table {
	const struct phrase *phrases;
	size_t count;
};

struct phrase_index;

/* NULL without memory. What is too short to index is an error of ours. */
struct phrase_index *phrase_index_new(
    const struct phrase_table *tables, size_t count);
void phrase_index_free(struct phrase_index *index);

/* Every phrase found in the folded text becomes a finding. */
void phrase_find(const struct phrase_index *index, const char *folded,
    size_t len, struct findings *findings);

#endif
