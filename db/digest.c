#include "db/digest.h"

#include "common/error.h"
#include "db/stored.h"

#define VERSION 1

void
digest_encode(const struct digest *digest, uint8_t record[DIGEST_RECORD_LEN])
{
	struct wire_writer to;

	wire_write(&to, record, DIGEST_RECORD_LEN);
	wire_write_u8(&to, VERSION);
	wire_write_u64(&to, digest->evidence);
	stored_write_time(&to, digest->recorded_at);
}

int
digest_decode(struct octets record, struct digest *digest)
{
	struct wire_reader from;
	int code = stored_begin(&from, record, VERSION);

	digest->evidence = wire_read_u64(&from);
	digest->recorded_at = stored_read_time(&from);
	return code != 0 ? code : stored_end(&from);
}

int
digest_get(struct store_txn *txn, uint64_t number, struct digest *digest)
{
	uint8_t key[STORED_KEY_U64];
	struct octets value;
	int code = ERROR_NOT_FOUND;

	if (number != 0)
		code = store_get(
		    txn, TABLE_DIGEST, stored_key_u64(key, number), &value);
	return code != 0 ? code : digest_decode(value, digest);
}

int
digest_put(struct store_txn *txn, const struct evidence *evidence, int64_t now)
{
	const struct digest digest = { evidence->id, now };
	uint8_t key[STORED_KEY_U64], record[DIGEST_RECORD_LEN];

	if (evidence->digest == 0)
		return 0;
	digest_encode(&digest, record);
	return store_put(txn, TABLE_DIGEST,
	    stored_key_u64(key, evidence->digest),
	    OCTETS(record, sizeof(record)));
}

int
digest_drop(struct store_txn *txn, const struct evidence *evidence)
{
	uint8_t key[STORED_KEY_U64];
	struct digest digest;
	int code = digest_get(txn, evidence->digest, &digest);

	if (stored_pass_by(TABLE_DIGEST, code) ||
	    (code == 0 && digest.evidence == evidence->id))
		code = store_delete(
		    txn, TABLE_DIGEST, stored_key_u64(key, evidence->digest));
	return code == ERROR_NOT_FOUND ? 0 : code;
}
