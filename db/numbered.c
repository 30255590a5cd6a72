#include "db/numbered.h"

#include <assert.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define KEY_MAX (NUMBERED_WORD_MAX + STORED_KEY_U64)

static struct octets
make_key(uint8_t key[KEY_MAX], const char *word, uint64_t number)
{
	size_t len = strlen(word);

	assert(len <= NUMBERED_WORD_MAX);
	memcpy(key, word, len);
	stored_key_u64(key + len, number);
	return OCTETS(key, len + STORED_KEY_U64);
}

int
numbered_put(struct store_txn *txn, const char *word, uint64_t number,
    struct octets record)
{
	uint8_t key[KEY_MAX];

	return store_put(txn, TABLE_META, make_key(key, word, number), record);
}

int
numbered_get(struct store_txn *txn, const char *word, uint64_t number,
    struct octets *record)
{
	uint8_t key[KEY_MAX];

	return store_get(txn, TABLE_META, make_key(key, word, number), record);
}

int
numbered_end(struct store_txn *txn, const char *word, uint64_t number)
{
	uint8_t key[KEY_MAX];

	return store_delete(txn, TABLE_META, make_key(key, word, number));
}

int
numbered_list(
    struct store_txn *txn, const char *word, numbered_each *each, void *context)
{
	uint8_t first[KEY_MAX];
	struct octets from = make_key(first, word, 0), key, value;
	size_t len = strlen(word);
	struct store_cursor *cursor;
	int code = store_cursor_open(txn, TABLE_META, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, from, &key, &value);
	while (code == 0 && key.len == from.len &&
	       memcmp(key.data, word, len) == 0) {
		const uint8_t *octets = key.data;

		code = each(stored_u64_of_key(octets + len), value, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
