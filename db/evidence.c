#include "db/evidence.h"

#include <string.h>

#include "common/error.h"
#include "db/listing.h"
#include "db/meta.h"
#include "db/stored.h"

#define VERSION 1

const struct evidence_flag_name evidence_flag_names[] = {
	{ EVIDENCE_DELAY, "delay" },
	{ EVIDENCE_SUBMISSION, "submission" },
	{ EVIDENCE_WEB_FORM, "web_form" },
	{ EVIDENCE_MDN_MANUAL, "mdn_manual" },
	{ EVIDENCE_FINGERPRINTED, "fingerprinted" },
	{ EVIDENCE_RELAYED, "relayed" },
	{ EVIDENCE_UNCOUNTED, "uncounted" },
	{ EVIDENCE_SUCCESS, "success" },
	{ EVIDENCE_QUARANTINED, "quarantined" },
};
const size_t evidence_flag_name_count =
    sizeof(evidence_flag_names) / sizeof(evidence_flag_names[0]);

/* The texts in the order of the record. */
static const struct {
	size_t offset, size;
} texts[] = {
#define TEXT(name)                                                             \
	{                                                                      \
		offsetof(struct evidence, name),                               \
		    sizeof(((struct evidence *)0)->name)                       \
	}
	TEXT(helo),
	TEXT(reverse_path),
	TEXT(reporting_mta),
	TEXT(software),
	TEXT(queue_id),
	TEXT(status),
	TEXT(cause),
	TEXT(diagnostic),
	TEXT(signs),
#undef TEXT
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

uint64_t
evidence_hash_hour(const struct evidence *evidence, const uint8_t *key)
{
	uint64_t basis[2] = { evidence->trap,
		(uint64_t)(evidence->seen_at / 3600) };

	return meta_hash(key, basis, sizeof(basis));
}

int
evidence_encode(const struct evidence *evidence, uint8_t *record, size_t size)
{
	struct wire_writer to;

	wire_write(&to, record, size);
	wire_write_u8(&to, VERSION);
	stored_write_time(&to, evidence->seen_at);
	wire_write_octets(&to, evidence->address.octets, 16);
	wire_write_u8(&to, (uint8_t)evidence->kind);
	wire_write_u8(&to, (uint8_t)evidence->grade);
	wire_write_u32(&to, evidence->flags);
	wire_write_u64(&to, evidence->trap);
	wire_write_u64(&to, evidence->campaign);
	wire_write_u64(&to, evidence->original);
	wire_write_u64(&to, evidence->digest);
	stored_write_time(&to, evidence->original_at);
	wire_write_u32(&to, evidence->sensor);
	for (size_t i = 0; i < TEXTS; i++)
		wire_write_text(&to, (const char *)evidence + texts[i].offset);
	return stored_len(&to);
}

int
evidence_decode(uint64_t id, struct octets record, struct evidence *evidence)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	if (code != 0)
		return code;
	evidence->id = id;
	evidence->seen_at = stored_read_time(&from);
	wire_read_copy(&from, evidence->address.octets, 16);
	evidence->kind = (enum backscatter_kind)stored_read_below(
	    &from, BACKSCATTER_KIND_COUNT);
	evidence->grade =
	    (enum proof_grade)stored_read_below(&from, GRADE_COUNT);
	evidence->flags = wire_read_u32(&from);
	evidence->trap = wire_read_u64(&from);
	evidence->campaign = wire_read_u64(&from);
	evidence->original = wire_read_u64(&from);
	evidence->digest = wire_read_u64(&from);
	evidence->original_at = stored_read_time(&from);
	evidence->sensor = wire_read_u32(&from);
	for (size_t i = 0; i < TEXTS; i++)
		wire_read_text(
		    &from, (char *)evidence + texts[i].offset, texts[i].size);
	return stored_end(&from);
}

/* --- ids ------------------------------------------------------------------ */

/* The first or the last record of the table, as `move` says. */
static int
at_end(struct store_txn *txn, enum store_move move, uint64_t *id,
    struct octets *value)
{
	struct store_cursor *cursor;
	struct octets key;
	int code = store_cursor_open(txn, TABLE_EVIDENCE, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, move, &key, value);
	if (code == 0 && key.len != STORED_KEY_U64)
		code = ERROR_DAMAGED;
	if (code == 0)
		*id = stored_u64_of_key(key.data);
	store_cursor_close(cursor);
	return code;
}

int
evidence_next_id(struct store_txn *txn, int64_t seen_at, uint64_t *id)
{
	uint64_t last = 0, wanted = stored_first_id(seen_at);
	struct octets value;
	int code = at_end(txn, STORE_LAST, &last, &value);

	if (code != 0 && code != ERROR_NOT_FOUND)
		return code;
	if (last == UINT64_MAX)
		return ERROR_LIMIT;
	*id = wanted > last ? wanted : last + 1;
	return 0;
}

int
evidence_oldest(struct store_txn *txn, struct evidence *evidence)
{
	struct octets value;
	int code = at_end(txn, STORE_FIRST, &evidence->id, &value);

	return code != 0 ? code
			 : evidence_decode(evidence->id, value, evidence);
}

/* --- records -------------------------------------------------------------- */

int
evidence_put(struct store_txn *txn, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	uint8_t record[EVIDENCE_RECORD_MAX];
	uint8_t key[STORED_KEY_U64], place[STORED_KEY_OF_UNIT];
	int len = evidence_encode(evidence, record, sizeof(record));
	int code;

	if (len < 0)
		return len;
	code = store_append(txn, TABLE_EVIDENCE,
	    stored_key_u64(key, evidence->id), OCTETS(record, (size_t)len));
	if (code != 0)
		return code;
	return store_put(txn, TABLE_EVIDENCE_OF,
	    stored_key_of_unit(place, &unit, evidence->id), OCTETS("", 0));
}

int
evidence_rewrite(struct store_txn *txn, const struct evidence *evidence)
{
	uint8_t record[EVIDENCE_RECORD_MAX], key[STORED_KEY_U64];
	int len = evidence_encode(evidence, record, sizeof(record));

	if (len < 0)
		return len;
	return store_put(txn, TABLE_EVIDENCE, stored_key_u64(key, evidence->id),
	    OCTETS(record, (size_t)len));
}

int
evidence_remove(struct store_txn *txn, const struct evidence *evidence)
{
	struct ipaddr unit = listing_unit(&evidence->address);
	uint8_t place[STORED_KEY_OF_UNIT];
	int code = evidence_forget(txn, evidence->id);

	if (code != 0)
		return code;
	code = store_delete(txn, TABLE_EVIDENCE_OF,
	    stored_key_of_unit(place, &unit, evidence->id));
	if (code == ERROR_NOT_FOUND)
		code = ERROR_DAMAGED;
	return stored_pass_by(TABLE_EVIDENCE_OF, code) ? 0 : code;
}

int
evidence_forget(struct store_txn *txn, uint64_t id)
{
	uint8_t key[STORED_KEY_U64];

	return store_delete(txn, TABLE_EVIDENCE, stored_key_u64(key, id));
}

int
evidence_get(struct store_txn *txn, uint64_t id, struct evidence *evidence)
{
	uint8_t key[STORED_KEY_U64];
	struct octets value;
	int code =
	    store_get(txn, TABLE_EVIDENCE, stored_key_u64(key, id), &value);

	return code != 0 ? code : evidence_decode(id, value, evidence);
}

/* --- by address ----------------------------------------------------------- */

/* The record that an index key of the unit leads to. ERROR_NOT_FOUND: past. */
static int
follow(struct store_txn *txn, const struct ipaddr *unit, struct octets key,
    struct evidence *evidence)
{
	uint64_t id;
	int code = stored_id_of_unit(key, unit, &id);

	if (code != 0)
		return code;
	code = evidence_get(txn, id, evidence);
	return code == ERROR_NOT_FOUND ? ERROR_DAMAGED : code;
}

/* The same, told to `each` where it can be read. */
static int
visit(struct store_txn *txn, const struct ipaddr *unit, struct octets key,
    evidence_each *each, void *context)
{
	struct evidence evidence;
	int code = follow(txn, unit, key, &evidence);

	if (code == 0)
		return each(&evidence, context);
	return stored_pass_by(TABLE_EVIDENCE, code) ? 0 : code;
}

int
evidence_of_before(struct store_txn *txn, const struct ipaddr *unit,
    uint64_t before_id, evidence_each *each, void *context)
{
	uint8_t place[STORED_KEY_OF_UNIT];
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_EVIDENCE_OF, &cursor);

	if (code != 0)
		return code;
	code = store_seek_before(
	    cursor, stored_key_of_unit(place, unit, before_id), &key, &value);
	while (code == 0) {
		code = visit(txn, unit, key, each, context);
		if (code == 0)
			code = store_move(cursor, STORE_PREV, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

/* No sighting has the highest id. */
int
evidence_of_newest(struct store_txn *txn, const struct ipaddr *unit,
    evidence_each *each, void *context)
{
	return evidence_of_before(txn, unit, UINT64_MAX, each, context);
}

int
evidence_list(
    struct store_txn *txn, uint64_t from_id, evidence_each *each, void *context)
{
	uint8_t first[STORED_KEY_U64];
	struct evidence evidence;
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_EVIDENCE, &cursor);

	if (code != 0)
		return code;
	code = store_seek(cursor, stored_key_u64(first, from_id), &key, &value);
	while (code == 0 && key.len == STORED_KEY_U64) {
		code = evidence_decode(
		    stored_u64_of_key(key.data), value, &evidence);
		if (stored_pass_by(TABLE_EVIDENCE, code))
			code = 0;
		else if (code == 0)
			code = each(&evidence, context);
		if (code == 0)
			code = store_move(cursor, STORE_NEXT, &key, &value);
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}
