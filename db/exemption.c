#include "db/exemption.h"

#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

/* Address, then length: nested prefixes stand one behind the other. */
#define KEY_LEN 17

#define UNIT_BITS 64

static struct ipprefix
as_listed(const struct ipprefix *prefix)
{
	struct ipprefix wide = *prefix;

	if (!ipaddr_is_ipv4(&prefix->address) && prefix->length > UNIT_BITS) {
		wide.length = UNIT_BITS;
		wide.address = ipaddr_masked(&prefix->address, UNIT_BITS);
	}
	return wide;
}

static struct octets
make_key(uint8_t key[KEY_LEN], const struct ipaddr *address, unsigned length)
{
	memcpy(key, address->octets, 16);
	key[16] = (uint8_t)length;
	return OCTETS(key, KEY_LEN);
}

static int
read_key(struct octets key, struct ipprefix *prefix)
{
	const uint8_t *octets = key.data;

	if (key.len != KEY_LEN || octets[16] > 128)
		return ERROR_DAMAGED;
	memcpy(prefix->address.octets, octets, 16);
	prefix->length = octets[16];
	return 0;
}

int
exemption_encode(
    const struct exemption *exemption, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, exemption->added_at);
	stored_write_time(&to, exemption->until);
	wire_write_text(&to, exemption->reason);
	return stored_len(&to);
}

int
exemption_decode(const struct ipprefix *prefix, struct octets record,
    struct exemption *exemption)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	exemption->prefix = *prefix;
	exemption->added_at = stored_read_time(&from);
	exemption->until = stored_read_time(&from);
	wire_read_text(&from, exemption->reason, sizeof(exemption->reason));
	return stored_end(&from);
}

int
exemption_put(struct store_txn *txn, const struct exemption *exemption)
{
	struct ipprefix prefix = as_listed(&exemption->prefix);
	uint8_t key[KEY_LEN], record[EXEMPTION_RECORD_MAX];
	int len = exemption_encode(exemption, record, sizeof(record));

	if (len < 0)
		return len;
	return store_put(txn, TABLE_EXEMPTION,
	    make_key(key, &prefix.address, prefix.length),
	    OCTETS(record, (size_t)len));
}

int
exemption_remove(struct store_txn *txn, const struct ipprefix *prefix)
{
	struct ipprefix wide = as_listed(prefix);
	uint8_t key[KEY_LEN];

	return store_delete(
	    txn, TABLE_EXEMPTION, make_key(key, &wide.address, wide.length));
}

/* The last exemption whose key is at most (address, length). */
static int
last_before(struct store_cursor *cursor, const struct ipaddr *address,
    unsigned length, struct exemption *exemption)
{
	struct octets key, value;
	struct ipprefix prefix;
	uint8_t wanted[KEY_LEN];
	int code = store_seek_before(
	    cursor, make_key(wanted, address, length + 1), &key, &value);

	if (code == 0)
		code = read_key(key, &prefix);
	if (code != 0)
		return code;
	code = exemption_decode(&prefix, value, exemption);
	if (!stored_pass_by(TABLE_EXEMPTION, code))
		return code;
	*exemption = (struct exemption){ .prefix = prefix };
	return 0;
}

static unsigned
common_bits(const struct ipaddr *a, const struct ipaddr *b)
{
	unsigned bits = 0;

	while (bits < 128 && ((a->octets[bits / 8] ^ b->octets[bits / 8]) &
				 (0x80 >> bits % 8)) == 0)
		bits++;
	return bits;
}

/*
 * The key just before (address, 128) is the longest prefix that covers the
 * address, or else one that shares its first n bits with it: whatever covers
 * the address then covers that as well, and has at most n bits. So each step
 * shortens what is looked for, and there are at most 129.
 */
int
exemption_find(struct store_txn *txn, const struct ipaddr *address, int64_t now,
    struct exemption *exemption)
{
	struct ipaddr from = *address;
	struct store_cursor *cursor;
	unsigned length = 128;
	int code = store_cursor_open(txn, TABLE_EXEMPTION, &cursor);

	if (code != 0)
		return code;
	for (;;) {
		const struct ipprefix *found = &exemption->prefix;
		bool covers;

		code = last_before(cursor, &from, length, exemption);
		if (code != 0)
			break;
		covers = ipprefix_contains(found, address);
		if (covers && (exemption->until == 0 || exemption->until > now))
			break;
		code = ERROR_NOT_FOUND;
		if (found->length == 0)
			break;
		length = common_bits(&found->address, address);
		if (length >= found->length)
			length = found->length - 1;
		from = ipaddr_masked(address, length);
	}
	store_cursor_close(cursor);
	return code;
}

int
exemption_list(struct store_txn *txn, exemption_each *each, void *context)
{
	struct exemption exemption;
	struct store_cursor *cursor;
	struct octets key, value;
	struct ipprefix prefix;
	int code = store_cursor_open(txn, TABLE_EXEMPTION, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = read_key(key, &prefix);
		if (code == 0)
			code = exemption_decode(&prefix, value, &exemption);
		if (code == 0)
			code = each(&exemption, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
