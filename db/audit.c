#include "db/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 2

#define ENDS_VERSION 1
#define ENDS_NAME OCTETS("audit", 5)
#define ENDS_LEN (1 + 2 * (8 + META_CHAIN_LEN))

int
audit_encode(const struct audit_entry *entry, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, entry->at);
	wire_write_text(&to, entry->who);
	wire_write_text(&to, entry->what);
	wire_write_text(&to, entry->subject);
	wire_write_text(&to, entry->details);
	wire_write_octets(&to, entry->chain, sizeof(entry->chain));
	return stored_len(&to);
}

int
audit_decode(uint64_t number, struct octets record, struct audit_entry *entry)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	entry->number = number;
	entry->at = stored_read_time(&from);
	wire_read_text(&from, entry->who, sizeof(entry->who));
	wire_read_text(&from, entry->what, sizeof(entry->what));
	wire_read_text(&from, entry->subject, sizeof(entry->subject));
	wire_read_text(&from, entry->details, sizeof(entry->details));
	wire_read_copy(&from, entry->chain, sizeof(entry->chain));
	return stored_end(&from);
}

/* --- the chain ------------------------------------------------------------ */

int
audit_ends(struct store_txn *txn, struct audit_ends *ends)
{
	struct wire_reader from;
	struct octets value;
	int code = store_get(txn, TABLE_META, ENDS_NAME, &value);

	memset(ends, 0, sizeof(*ends));
	if (code != 0)
		return code == ERROR_NOT_FOUND ? 0 : code;
	code = stored_begin(&from, value, ENDS_VERSION);
	if (code != 0)
		return code;
	ends->checkpoint.number = wire_read_u64(&from);
	wire_read_copy(&from, ends->checkpoint.chain, META_CHAIN_LEN);
	ends->head.number = wire_read_u64(&from);
	wire_read_copy(&from, ends->head.chain, META_CHAIN_LEN);
	return stored_end(&from);
}

int
audit_put_ends(struct store_txn *txn, const struct audit_ends *ends)
{
	uint8_t record[ENDS_LEN];
	struct wire_writer to;

	wire_write(&to, record, sizeof(record));
	wire_write_u8(&to, ENDS_VERSION);
	wire_write_u64(&to, ends->checkpoint.number);
	wire_write_octets(&to, ends->checkpoint.chain, META_CHAIN_LEN);
	wire_write_u64(&to, ends->head.number);
	wire_write_octets(&to, ends->head.chain, META_CHAIN_LEN);
	return store_put(
	    txn, TABLE_META, ENDS_NAME, OCTETS(record, sizeof(record)));
}

/* What an entry says, its number, and all that came before it. */
static void
chain_on(
    struct audit_end *end, uint64_t number, const uint8_t *record, size_t len)
{
	uint8_t key[STORED_KEY_U64];

	end->number = number;
	stored_key_u64(key, number);
	meta_chain(end->chain, key, sizeof(key));
	meta_chain(end->chain, record, len);
}

const char *
audit_check(struct audit_end *before, uint64_t number, struct octets record)
{
	uint64_t expected = before->number + 1;
	struct audit_entry entry;
	struct audit_end end = *before;

	before->number = number;
	if (audit_decode(number, record, &entry) != 0)
		return "a damaged entry of the audit";
	chain_on(&end, number, record.data, record.len - META_CHAIN_LEN);
	/* What follows is held against what it says itself. */
	memcpy(before->chain, entry.chain, META_CHAIN_LEN);
	if (number != expected)
		return "the audit has a gap before it";
	if (memcmp(end.chain, entry.chain, META_CHAIN_LEN) != 0)
		return "the audit was changed here, or before it";
	return NULL;
}

int
audit_chain_old(struct audit_end *before, uint64_t number, struct octets record,
    uint8_t out[AUDIT_RECORD_MAX], size_t *len)
{
	if (record.len == 0 || record.len + META_CHAIN_LEN > AUDIT_RECORD_MAX)
		return ERROR_DAMAGED;
	memcpy(out, record.data, record.len);
	out[0] = 2; /* the format they first were a chain in */
	chain_on(before, number, out, record.len);
	memcpy(out + record.len, before->chain, META_CHAIN_LEN);
	*len = record.len + META_CHAIN_LEN;
	return 0;
}

/* --- adding --------------------------------------------------------------- */

static int
append(struct store_txn *txn, struct audit_entry *entry)
{
	uint8_t record[AUDIT_RECORD_MAX], key[STORED_KEY_U64];
	struct audit_ends ends;
	int code = audit_ends(txn, &ends);
	int len = audit_encode(entry, record, sizeof(record));

	if (code != 0 || len < 0)
		return code != 0 ? code : len;
	chain_on(&ends.head, ends.head.number + 1, record,
	    (size_t)len - META_CHAIN_LEN);
	memcpy(record + len - META_CHAIN_LEN, ends.head.chain, META_CHAIN_LEN);
	code = store_append(txn, TABLE_AUDIT,
	    stored_key_u64(key, ends.head.number), OCTETS(record, (size_t)len));
	return code != 0 ? code : audit_put_ends(txn, &ends);
}

int
audit_add(struct store_txn *txn, int64_t now, const char *who, const char *what,
    const char *subject, const char *details, ...)
{
	struct audit_entry entry = { .at = now };
	char text[2 * sizeof(entry.details)];
	va_list args;

	stored_copy_text(entry.who, sizeof(entry.who), who);
	stored_copy_text(entry.what, sizeof(entry.what), what);
	stored_copy_text(entry.subject, sizeof(entry.subject), subject);
	va_start(args, details);
	vsnprintf(text, sizeof(text), details, args);
	va_end(args);
	stored_copy_text(entry.details, sizeof(entry.details), text);
	return append(txn, &entry);
}

/* --- reading -------------------------------------------------------------- */

static int
read_entry(struct octets key, struct octets value, struct audit_entry *entry)
{
	if (key.len != STORED_KEY_U64)
		return ERROR_DAMAGED;
	return audit_decode(stored_u64_of_key(key.data), value, entry);
}

int
audit_before(
    struct store_txn *txn, uint64_t number, audit_each *each, void *context)
{
	uint8_t from[STORED_KEY_U64];
	struct audit_entry entry;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_AUDIT, &cursor);

	if (code != 0)
		return code;
	code = store_seek_before(
	    cursor, stored_key_u64(from, number), &key, &value);
	while (code == 0) {
		code = read_entry(key, value, &entry);
		if (code == 0)
			code = each(&entry, context);
		if (code == 0)
			code = store_move(cursor, STORE_PREV, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* No entry has the highest number. */
int
audit_newest(struct store_txn *txn, audit_each *each, void *context)
{
	return audit_before(txn, UINT64_MAX, each, context);
}

/* --- trimming ------------------------------------------------------------- */

/* 1 when the oldest entry was dropped, 0 when it stays, or a negative code. */
static int
drop_oldest(struct store_txn *txn, int64_t before, struct audit_ends *ends)
{
	struct audit_entry entry;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_AUDIT, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	if (code == 0)
		code = read_entry(key, value, &entry);
	if (code == 0 && entry.at < before &&
	    entry.number < ends->head.number) {
		ends->checkpoint.number = entry.number;
		memcpy(ends->checkpoint.chain, entry.chain, META_CHAIN_LEN);
		code = store_cursor_delete(cursor);
		code = code == 0 ? 1 : code;
	}
	store_cursor_close(cursor);
	/* What cannot be read holds the trimming up: verify names it. */
	return code == ERROR_NOT_FOUND || stored_pass_by(TABLE_AUDIT, code)
		   ? 0
		   : code;
}

int
audit_trim(struct store_txn *txn, int64_t before, unsigned most)
{
	struct audit_ends ends;
	unsigned dropped = 0;
	int code = audit_ends(txn, &ends);

	while (code == 0 && dropped < most) {
		code = drop_oldest(txn, before, &ends);
		if (code != 1)
			break;
		dropped++;
		code = 0;
	}
	if (code == 0 && dropped > 0)
		code = audit_put_ends(txn, &ends);
	return code < 0 ? code : (int)dropped;
}
