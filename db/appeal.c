#include "db/appeal.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"
#include "db/listing.h"
#include "db/stored.h"

#define VERSION 1

int
appeal_encode(const struct appeal *appeal, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, appeal->at);
	wire_write_octets(&to, appeal->requester.octets, 16);
	wire_write_text(&to, appeal->note);
	return stored_len(&to);
}

int
appeal_decode(
    const struct ipaddr *unit, struct octets record, struct appeal *appeal)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	appeal->unit = *unit;
	appeal->at = stored_read_time(&from);
	wire_read_copy(&from, appeal->requester.octets, 16);
	wire_read_text(&from, appeal->note, sizeof(appeal->note));
	return stored_end(&from);
}

static struct octets
key_of(const struct ipaddr *unit)
{
	return OCTETS(unit->octets, sizeof(unit->octets));
}

int
appeal_get(
    struct store_txn *txn, const struct ipaddr *unit, struct appeal *appeal)
{
	struct octets value;
	int code = store_get(txn, TABLE_APPEAL, key_of(unit), &value);

	return code != 0 ? code : appeal_decode(unit, value, appeal);
}

int
appeal_put(struct store_txn *txn, const struct appeal *appeal)
{
	uint8_t record[APPEAL_RECORD_MAX];
	struct appeal new = *appeal, old;
	int len, code = appeal_get(txn, &appeal->unit, &old);

	if (code == 0)
		new.at = old.at;
	else if (code == ERROR_NOT_FOUND &&
		 store_count(txn, TABLE_APPEAL) >= APPEAL_MAX)
		return ERROR_FULL;
	else if (code != ERROR_NOT_FOUND && !stored_pass_by(TABLE_APPEAL, code))
		return code;
	len = appeal_encode(&new, record, sizeof(record));
	return len < 0 ? len
		       : store_put(txn, TABLE_APPEAL, key_of(&new.unit),
			     OCTETS(record, (size_t)len));
}

int
appeal_remove(struct store_txn *txn, const struct ipaddr *unit)
{
	return store_delete(txn, TABLE_APPEAL, key_of(unit));
}

int
appeal_refuse(struct store_txn *txn, const struct ipaddr *unit,
    const char *reason, const char *who, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX], why[LOG_TEXT_MAX];
	int code = appeal_remove(txn, unit);

	return code != 0 ? code
			 : audit_add(txn, now, who, "request_refused",
			       listing_unit_format(unit, text), "reason=%s",
			       log_escape(reason, why));
}

int
appeal_list(struct store_txn *txn, appeal_each *each, void *context)
{
	struct appeal appeal;
	struct store_cursor *cursor;
	struct octets key, value;
	struct ipaddr unit;
	int code = store_cursor_open(txn, TABLE_APPEAL, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = key.len == sizeof(unit.octets) ? 0 : ERROR_DAMAGED;
		if (code == 0) {
			memcpy(unit.octets, key.data, key.len);
			code = appeal_decode(&unit, value, &appeal);
		}
		if (code == 0)
			code = each(&appeal, context);
		else if (stored_pass_by(TABLE_APPEAL, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
