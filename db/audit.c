#include "db/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

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
	return stored_end(&from);
}

static int
append(struct store_txn *txn, const struct audit_entry *entry)
{
	uint8_t record[AUDIT_RECORD_MAX], key[STORED_KEY_U64];
	struct store_cursor *cursor;
	struct octets last, value;
	uint64_t number = 0;
	int len = audit_encode(entry, record, sizeof(record));
	int code = store_cursor_open(txn, TABLE_AUDIT, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_LAST, &last, &value);
	if (code == 0 && last.len == STORED_KEY_U64)
		number = stored_u64_of_key(last.data);
	store_cursor_close(cursor);
	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (len < 0)
		return len;
	return store_append(txn, TABLE_AUDIT, stored_key_u64(key, number + 1),
	    OCTETS(record, (size_t)len));
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

int
audit_newest(struct store_txn *txn, audit_each *each, void *context)
{
	struct audit_entry entry;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_AUDIT, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_LAST, &key, &value);
	while (code == 0) {
		code = key.len == STORED_KEY_U64
			   ? audit_decode(
				 stored_u64_of_key(key.data), value, &entry)
			   : ERROR_DAMAGED;
		if (code == 0)
			code = each(&entry, context);
		if (code == 0)
			code = store_move(cursor, STORE_PREV, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
