#include <stdbool.h>
#include <string.h>

#include "common/error.h"
#include "db/zonedata.h"

/* No list has as many: one for each code, by either name. */
#define TEST_ENTRIES_MAX 64

static bool
is_below(struct octets key, const struct zonekey *list)
{
	return key.len > list->len &&
	       memcmp(key.data, list->octets, list->len) == 0;
}

/* 1: the list holds more than tests. 0: it does not. */
static int
holds(struct store_cursor *cursor, enum sublist list)
{
	struct octets key, value;
	struct zonekey first;
	int code;

	zonekey_of_list(list, &first);
	code =
	    store_seek(cursor, OCTETS(first.octets, first.len), &key, &value);
	for (int i = 0; code == 0 && is_below(key, &first); i++) {
		struct zone_entry entry;

		if (i == TEST_ENTRIES_MAX ||
		    !zonedata_decode_entry(value, &entry) ||
		    (entry.flags & ZONE_ENTRY_TEST) == 0)
			return 1;
		code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
zonedata_held(struct store_txn *txn, unsigned lists, unsigned *held)
{
	struct store_cursor *cursor;
	int code = store_cursor_open(txn, TABLE_ZONE, &cursor);

	*held = lists;
	if (code != 0)
		return code;
	for (int i = 0; code >= 0 && i < SUBLIST_COUNT; i++) {
		if ((lists & 1u << i) == 0)
			continue;
		code = holds(cursor, (enum sublist)i);
		if (code == 0)
			*held &= ~(1u << i);
	}
	store_cursor_close(cursor);
	if (code < 0)
		*held = lists;
	return code < 0 ? code : 0;
}
