#include "dnsd/cowspace.h"

#include <stdlib.h>
#include <sys/mman.h>

#define LINE 64
#define PIECE_SIZE (2u << 20) /* a huge page of most processors */

/*
 * Copying costs as much as what is kept, so it pays to wait for a part of it,
 * and not to begin for less than a few milliseconds' worth.
 */
#define GARBAGE_LEAST (8u << 20)
#define GARBAGE_PART 2

/* As much as ten million addresses take, beside them. */
#define GARBAGE_MOST (64u << 20)

struct cow_piece {
	struct cow_piece *next;
	size_t size, used; /* this head among it */
};

static size_t
round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static struct cow_piece *
add_piece(struct cow_space *space, size_t least)
{
	size_t size = round_up(LINE + least, PIECE_SIZE);
	struct cow_piece *piece = aligned_alloc(PIECE_SIZE, size);

	if (piece == NULL)
		return NULL;
	/* Without huge pages it is slower, no more. */
	madvise(piece, size, MADV_HUGEPAGE);
	piece->size = size;
	piece->used = LINE;
	piece->next = space->pieces;
	space->pieces = piece;
	return piece;
}

void *
cow_take(struct cow_space *space, size_t size)
{
	struct cow_piece *piece = space->pieces;
	void *taken;

	size = round_up(size, LINE);
	if (piece == NULL || size > piece->size - piece->used)
		piece = add_piece(space, size);
	if (piece == NULL)
		return NULL;
	taken = (char *)piece + piece->used;
	piece->used += size;
	space->used += size;
	return taken;
}

void
cow_leave(struct cow_space *space, size_t size)
{
	space->garbage += round_up(size, LINE);
}

void
cow_seal(struct cow_space *space)
{
	space->generation++;
}

bool
cow_is_littered(const struct cow_space *space)
{
	size_t kept = space->used - space->garbage;

	return space->garbage > GARBAGE_LEAST &&
	       space->garbage > kept / GARBAGE_PART;
}

bool
cow_is_heavy(const struct cow_space *space)
{
	size_t kept = space->used - space->garbage;

	return space->garbage > GARBAGE_MOST && space->garbage > kept;
}

void
cow_free(struct cow_space *space)
{
	while (space->pieces != NULL) {
		struct cow_piece *next = space->pieces->next;

		free(space->pieces);
		space->pieces = next;
	}
	space->used = space->garbage = 0;
}
