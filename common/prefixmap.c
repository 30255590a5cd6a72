#include "common/prefixmap.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_BITS 96 /* what all IPv4 addresses begin with */

/* An address as a number, which compares faster than sixteen octets. */
typedef unsigned __int128 place;

/* From `start` on, up to the next step, addresses have this value. */
struct step {
	place start;
	uint8_t value;
};

struct prefixmap {
	size_t count;
	struct step steps[];
};

static place
place_of(const struct ipaddr *address)
{
	uint64_t halves[2];

	memcpy(halves, address->octets, sizeof(halves));
	return (place)be64toh(halves[0]) << 64 | be64toh(halves[1]);
}

/* --- building ------------------------------------------------------------- */

struct ranked {
	struct prefixmap_entry entry;
	size_t rank;
};

/* By address, an outer prefix before those inside, equal ones by rank. */
static int
by_prefix(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;
	const struct ipprefix *x = &left->entry.prefix;
	const struct ipprefix *y = &right->entry.prefix;
	int order = ipaddr_compare(&x->address, &y->address);

	if (order == 0)
		order = x->length - y->length;
	return order != 0 ? order : (left->rank < right->rank ? -1 : 1);
}

static struct ipaddr
last_of(const struct ipprefix *prefix)
{
	struct ipaddr last = prefix->address;

	for (unsigned bit = prefix->length; bit < 128; bit++)
		last.octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return last;
}

/* A step that begins where the last one does takes its place. */
static void
add_step(struct prefixmap *map, const struct ipaddr *start, uint8_t value)
{
	struct step *last = map->count > 0 ? &map->steps[map->count - 1] : NULL;
	place here = place_of(start);

	if (last != NULL && here <= last->start)
		last->value = value;
	else
		map->steps[map->count++] = (struct step){ here, value };
}

/* The prefixes that are open where the sweep is, the innermost last. */
struct sweep {
	struct prefixmap *map;
	const struct prefixmap_entry *open[129];
	unsigned depth;
};

static void
close_one(struct sweep *sweep)
{
	struct ipaddr behind = last_of(&sweep->open[--sweep->depth]->prefix);
	uint8_t value =
	    sweep->depth > 0 ? sweep->open[sweep->depth - 1]->value : 0;

	if (ipaddr_step(&behind))
		add_step(sweep->map, &behind, value);
}

static bool
is_inside(const struct ipprefix *inner, const struct ipprefix *outer)
{
	struct ipaddr masked = ipaddr_masked(&inner->address, outer->length);

	return inner->length >= outer->length &&
	       ipaddr_equal(&masked, &outer->address);
}

/* Of equal prefixes only the last stays open: at most 129 lengths nest. */
static void
open_one(struct sweep *sweep, const struct prefixmap_entry *entry)
{
	while (sweep->depth > 0 && !is_inside(&entry->prefix,
				       &sweep->open[sweep->depth - 1]->prefix))
		close_one(sweep);
	if (sweep->depth > 0 && sweep->open[sweep->depth - 1]->prefix.length ==
				    entry->prefix.length)
		sweep->depth--;
	sweep->open[sweep->depth++] = entry;
	add_step(sweep->map, &entry->prefix.address, entry->value);
}

/* All of IPv4 is nobody's first, whatever IPv6 prefix lies around it. */
static struct ranked *
rank(const struct prefixmap_entry *entries, size_t count)
{
	static const struct prefixmap_entry all_ipv4 = {
		.prefix = { .address = { { [10] = 0xff, [11] = 0xff } },
		    .length = IPV4_BITS },
		.value = 0,
	};
	struct ranked *ranked = calloc(count + 1, sizeof(*ranked));

	if (ranked == NULL)
		return NULL;
	ranked[0].entry = all_ipv4;
	for (size_t i = 1; i <= count; i++)
		ranked[i] = (struct ranked){ entries[i - 1], i };
	qsort(ranked, count + 1, sizeof(*ranked), by_prefix);
	return ranked;
}

int
prefixmap_new(
    const struct prefixmap_entry *entries, size_t count, struct prefixmap **map)
{
	struct ranked *ranked = rank(entries, count);
	/* Each prefix begins a step, and one begins behind it. */
	struct prefixmap *fresh =
	    malloc(sizeof(*fresh) + 2 * (count + 1) * sizeof(struct step));
	struct sweep sweep = { .map = fresh };

	if (ranked == NULL || fresh == NULL) {
		free(ranked);
		free(fresh);
		return -ENOMEM;
	}
	fresh->count = 0;
	for (size_t i = 0; i <= count; i++)
		open_one(&sweep, &ranked[i].entry);
	while (sweep.depth > 0)
		close_one(&sweep);
	free(ranked);
	*map = fresh;
	return 0;
}

void
prefixmap_free(struct prefixmap *map)
{
	free(map);
}

/* --- look-up -------------------------------------------------------------- */

uint8_t
prefixmap_find(const struct prefixmap *map, const struct ipaddr *address)
{
	size_t low = 0, high = map != NULL ? map->count : 0;
	place here = place_of(address);

	/* The last step that does not begin behind the address. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->steps[middle].start > here)
			high = middle;
		else
			low = middle + 1;
	}
	return low > 0 ? map->steps[low - 1].value : 0;
}
