#include <stdlib.h>
#include <string.h>

#include "db/account.h"
#include "db/appeal.h"
#include "db/audit.h"
#include "db/bulk_act.h"
#include "db/delisting.h"
#include "db/digest.h"
#include "db/evidence.h"
#include "db/exemption.h"
#include "db/listing.h"
#include "db/purge_act.h"
#include "db/session.h"
#include "db/sighting.h"
#include "db/token.h"
#include "db/trap.h"

/*
 * The first octet chooses the record. What decodes must encode to the same
 * octets: so there is one form for each content, and nothing is lost.
 */
#define ROOM 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
evidence(struct octets record, uint8_t *out)
{
	struct evidence value;
	int code = evidence_decode(1, record, &value);

	return code != 0 ? code : evidence_encode(&value, out, ROOM);
}

static int
listing(struct octets record, uint8_t *out)
{
	const struct ipaddr unit = { { 0 } };
	struct listing value;
	int code = listing_decode(&unit, record, &value);

	return code != 0 ? code : listing_encode(&value, out, ROOM);
}

static int
trap(struct octets record, uint8_t *out)
{
	struct trap value;
	int code = trap_decode(1, record, &value);

	return code != 0 ? code : trap_encode(&value, out, ROOM);
}

static int
exemption(struct octets record, uint8_t *out)
{
	const struct ipprefix prefix = { .length = 0 };
	struct exemption value;
	int code = exemption_decode(&prefix, record, &value);

	return code != 0 ? code : exemption_encode(&value, out, ROOM);
}

static int
delisting(struct octets record, uint8_t *out)
{
	struct delisting value;
	int code = delisting_decode(1, record, &value);

	return code != 0 ? code : delisting_encode(&value, out, ROOM);
}

static int
audit(struct octets record, uint8_t *out)
{
	struct audit_entry value;
	int code = audit_decode(1, record, &value);

	return code != 0 ? code : audit_encode(&value, out, ROOM);
}

static int
sighting(struct octets record, uint8_t *out)
{
	struct sighting value;
	int code = sighting_decode(1, record, &value);

	return code != 0 ? code : sighting_encode(&value, out, ROOM);
}

static int
digest(struct octets record, uint8_t *out)
{
	struct digest value;
	int code = digest_decode(record, &value);

	if (code == 0)
		digest_encode(&value, out);
	return code != 0 ? code : DIGEST_RECORD_LEN;
}

static int
account(struct octets record, uint8_t *out)
{
	struct account value;
	int code = account_decode("a", record, &value);

	return code != 0 ? code : account_encode(&value, out, ROOM);
}

static const uint8_t hash[SECRET_LEN];

static int
token(struct octets record, uint8_t *out)
{
	struct token value;
	int code = token_decode(hash, record, &value);

	return code != 0 ? code : token_encode(&value, out, ROOM);
}

static int
session(struct octets record, uint8_t *out)
{
	struct session value;
	int code = session_decode(hash, record, &value);

	return code != 0 ? code : session_encode(&value, out, ROOM);
}

static int
bulk_act(struct octets record, uint8_t *out)
{
	struct bulk_act value;
	int code = bulk_act_decode(1, record, &value);

	return code != 0 ? code : bulk_act_encode(&value, out, ROOM);
}

static int
purge_act(struct octets record, uint8_t *out)
{
	struct purge_act value;
	int code = purge_act_decode(1, record, &value);

	return code != 0 ? code : purge_act_encode(&value, out, ROOM);
}

static int
appeal(struct octets record, uint8_t *out)
{
	const struct ipaddr unit = { { 0 } };
	struct appeal value;
	int code = appeal_decode(&unit, record, &value);

	return code != 0 ? code : appeal_encode(&value, out, ROOM);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const forms[])(struct octets, uint8_t *) = { evidence,
		listing, trap, exemption, delisting, audit, sighting, digest,
		account, token, session, appeal, bulk_act, purge_act };
	static uint8_t out[ROOM];
	int len;

	if (size == 0 || size > ROOM ||
	    data[0] >= sizeof(forms) / sizeof(forms[0]))
		return 0;
	data++;
	size--;
	len = forms[data[-1]](OCTETS(data, size), out);
	if (len >= 0 && ((size_t)len != size || memcmp(out, data, size) != 0))
		abort();
	return 0;
}
