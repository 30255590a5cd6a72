#ifndef DNSD_COWSPACE_H
#define DNSD_COWSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Memory for things that are replaced rather than changed. They are laid one
 * behind another in large pieces and never freed one by one: what is still of
 * use is copied into a new space now and then, and the old one goes as a whole.
 * So nothing is ever scattered, and the pieces can be huge pages, without which
 * most of the time of a look-up is spent on finding out where memory is.
 */
struct cow_space {
	struct cow_piece *pieces; /* the newest first */
	size_t used;		  /* octets handed out */
	size_t garbage;		  /* of them, those replaced since */
	/*
	 * What was made in this generation is nobody else's yet and may still
	 * be changed in place.
	 */
	uint64_t generation;
};

/* NULL without memory. At the beginning of a line of the processor's cache. */
void *cow_take(struct cow_space *space, size_t size);

/* Something of that size is of no more use in new versions. */
void cow_leave(struct cow_space *space, size_t size);

/* From now on everything made so far stays as it is. */
void cow_seal(struct cow_space *space);

/* Is there so much garbage that copying the rest is worth it? */
bool cow_is_littered(const struct cow_space *space);
/* Is there so much that it must not wait for a better moment? */
bool cow_is_heavy(const struct cow_space *space);

/* Frees all memory; the space is empty, of the same generation. */
void cow_free(struct cow_space *space);

#endif
