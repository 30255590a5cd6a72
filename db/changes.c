#include "db/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"

#define ABSENT SIZE_MAX /* the length of a value that is not there */

struct changes_copy {
	size_t key_len, before_len, after_len;
	unsigned char octets[];
};

void
changes_init(struct changes *changes, size_t most)
{
	memset(changes, 0, sizeof(*changes));
	changes->most = most;
}

static void
free_item(struct changes_item *item)
{
	if (item->last != item->first)
		free(item->last);
	free(item->first);
}

void
changes_drop_all(struct changes *changes)
{
	for (size_t i = changes->at; i < changes->count; i++)
		free_item(&changes->sorted[i]);
	for (size_t i = 0; i < changes->fresh_count; i++)
		free_item(&changes->fresh[i]);
	changes->at = changes->count = changes->fresh_count = 0;
}

void
changes_deinit(struct changes *changes)
{
	changes_drop_all(changes);
	free(changes->sorted);
	free(changes->fresh);
}

/* --- adding --------------------------------------------------------------- */

static size_t
len_of(struct octets value)
{
	return value.data == NULL ? 0 : value.len;
}

static struct changes_copy *
copy(const struct zone_change *change)
{
	size_t before = len_of(change->before), after = len_of(change->after);
	size_t key = change->key.len;
	struct changes_copy *made =
	    malloc(sizeof(*made) + key + before + after);

	if (made == NULL)
		return NULL;
	made->key_len = key;
	made->before_len = change->before.data == NULL ? ABSENT : before;
	made->after_len = change->after.data == NULL ? ABSENT : after;
	memcpy(made->octets, change->key.data, key);
	if (before > 0)
		memcpy(made->octets + key, change->before.data, before);
	if (after > 0)
		memcpy(made->octets + key + before, change->after.data, after);
	return made;
}

static int
make_room(struct changes *changes)
{
	size_t size = changes->fresh_size > 0 ? 2 * changes->fresh_size : 256;
	struct changes_item *fresh;

	if (changes->fresh_count < changes->fresh_size)
		return 0;
	if (changes->fresh_count >= changes->most)
		return ERROR_LIMIT;
	fresh = realloc(changes->fresh, size * sizeof(*fresh));
	if (fresh == NULL)
		return -ENOMEM;
	changes->fresh = fresh;
	changes->fresh_size = size;
	return 0;
}

int
changes_add(struct changes *changes, const struct zone_change *change)
{
	struct changes_item *item;
	int error = make_room(changes);

	if (error != 0)
		return error;
	item = &changes->fresh[changes->fresh_count];
	item->order = changes->fresh_count;
	item->first = item->last = copy(change);
	if (item->first == NULL)
		return -ENOMEM;
	changes->fresh_count++;
	return 0;
}

/* --- sorting -------------------------------------------------------------- */

static int
compare_keys(const struct changes_item *a, const struct changes_item *b)
{
	size_t a_len = a->first->key_len, b_len = b->first->key_len;
	size_t least = a_len < b_len ? a_len : b_len;
	int order = memcmp(a->first->octets, b->first->octets, least);

	if (order != 0 || a_len == b_len)
		return order;
	return a_len < b_len ? -1 : 1;
}

static int
compare(const void *left, const void *right)
{
	const struct changes_item *a = left, *b = right;
	int order = compare_keys(a, b);

	if (order != 0)
		return order;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Behind the last, or one with it where it is of the same name. */
static size_t
append(struct changes_item *items, size_t count, struct changes_item item)
{
	struct changes_item *last = count > 0 ? &items[count - 1] : NULL;

	if (last == NULL || compare_keys(last, &item) != 0) {
		items[count] = item;
		return count + 1;
	}
	if (last->last != last->first)
		free(last->last);
	if (item.last != item.first)
		free(item.first);
	last->last = item.last;
	return count;
}

/* Of equal names those sorted before come first: they are older. */
static size_t
merge(struct changes *changes, struct changes_item *merged)
{
	const struct changes_item *sorted = changes->sorted;
	const struct changes_item *fresh = changes->fresh;
	size_t old = changes->at, next = 0, count = 0;

	while (old < changes->count || next < changes->fresh_count) {
		bool is_old =
		    next == changes->fresh_count ||
		    (old < changes->count &&
			compare_keys(&sorted[old], &fresh[next]) <= 0);

		count = append(
		    merged, count, is_old ? sorted[old++] : fresh[next++]);
	}
	return count;
}

int
changes_settle(struct changes *changes)
{
	size_t left = changes->count - changes->at;
	struct changes_item *merged;

	if (changes->fresh_count == 0)
		return 0;
	merged = malloc((left + changes->fresh_count) * sizeof(*merged));
	if (merged == NULL)
		return -ENOMEM;
	qsort(changes->fresh, changes->fresh_count, sizeof(*changes->fresh),
	    compare);
	changes->count = merge(changes, merged);
	free(changes->sorted);
	changes->sorted = merged;
	changes->at = changes->fresh_count = 0;
	return changes->count <= changes->most ? 0 : ERROR_LIMIT;
}

/* --- reading -------------------------------------------------------------- */

size_t
changes_count(const struct changes *changes)
{
	return changes->count - changes->at;
}

static struct octets
value_at(const unsigned char *octets, size_t len)
{
	return len == ABSENT ? OCTETS(NULL, 0) : OCTETS(octets, len);
}

void
changes_get(const struct changes *changes, size_t i, struct octets *key,
    struct octets *before, struct octets *after)
{
	const struct changes_item *item = &changes->sorted[changes->at + i];
	const struct changes_copy *first = item->first, *last = item->last;
	size_t last_before = last->before_len == ABSENT ? 0 : last->before_len;

	*key = OCTETS(first->octets, first->key_len);
	*before = value_at(first->octets + first->key_len, first->before_len);
	*after = value_at(
	    last->octets + last->key_len + last_before, last->after_len);
}

void
changes_drop_first(struct changes *changes)
{
	free_item(&changes->sorted[changes->at++]);
}
