#include "db/request.h"

#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "db/audit.h"
#include "db/listing.h"
#include "db/stored.h"

#define VERSION 1

int
request_encode(const struct request *request, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, request->at);
	wire_write_octets(&to, request->requester.octets, 16);
	wire_write_text(&to, request->note);
	return stored_len(&to);
}

int
request_decode(
    const struct ipaddr *unit, struct octets record, struct request *request)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	request->unit = *unit;
	request->at = stored_read_time(&from);
	wire_read_copy(&from, request->requester.octets, 16);
	wire_read_text(&from, request->note, sizeof(request->note));
	return stored_end(&from);
}

static struct octets
key_of(const struct ipaddr *unit)
{
	return OCTETS(unit->octets, sizeof(unit->octets));
}

int
request_get(
    struct store_txn *txn, const struct ipaddr *unit, struct request *request)
{
	struct octets value;
	int code = store_get(txn, TABLE_REQUEST, key_of(unit), &value);

	return code != 0 ? code : request_decode(unit, value, request);
}

int
request_put(struct store_txn *txn, const struct request *request)
{
	uint8_t record[REQUEST_RECORD_MAX];
	struct request new = *request, old;
	int len, code = request_get(txn, &request->unit, &old);

	if (code == 0)
		new.at = old.at;
	else if (code == ERROR_NOT_FOUND &&
		 store_count(txn, TABLE_REQUEST) >= REQUEST_MAX)
		return ERROR_FULL;
	else if (code != ERROR_NOT_FOUND &&
		 !stored_pass_by(TABLE_REQUEST, code))
		return code;
	len = request_encode(&new, record, sizeof(record));
	return len < 0 ? len
		       : store_put(txn, TABLE_REQUEST, key_of(&new.unit),
			     OCTETS(record, (size_t)len));
}

int
request_remove(struct store_txn *txn, const struct ipaddr *unit)
{
	return store_delete(txn, TABLE_REQUEST, key_of(unit));
}

int
request_refuse(struct store_txn *txn, const struct ipaddr *unit,
    const char *reason, const char *who, int64_t now)
{
	char text[IPPREFIX_TEXT_MAX], why[LOG_TEXT_MAX];
	int code = request_remove(txn, unit);

	return code != 0 ? code
			 : audit_add(txn, now, who, "request_refused",
			       listing_unit_format(unit, text), "reason=%s",
			       log_escape(reason, why));
}

int
request_list(struct store_txn *txn, request_each *each, void *context)
{
	struct request request;
	struct store_cursor *cursor;
	struct octets key, value;
	struct ipaddr unit;
	int code = store_cursor_open(txn, TABLE_REQUEST, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		code = key.len == sizeof(unit.octets) ? 0 : ERROR_DAMAGED;
		if (code == 0) {
			memcpy(unit.octets, key.data, key.len);
			code = request_decode(&unit, value, &request);
		}
		if (code == 0)
			code = each(&request, context);
		else if (stored_pass_by(TABLE_REQUEST, code))
			code = 0;
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
