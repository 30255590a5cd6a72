#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dnsd/tsig.h"
#include "tests/support/insist.h"

/*
 * The input is a file of keys, and a message. What one side signs with a key
 * the other takes, and takes no more once an octet of it has changed.
 */
#define NOW 1800000000u

static enum tsig_outcome
check(const struct tsig_keys *keys, const uint8_t *message, size_t len)
{
	struct query query;
	struct tsig tsig;

	if (query_parse(message, len, &query) == QUERY_DROP ||
	    !query.tsig.present)
		return TSIG_NOTAUTH;
	return tsig_check(&tsig, keys, message, &query, NOW);
}

static void
sign_and_check(const struct tsig_keys *keys, const struct tsig_key *key,
    const uint8_t *data, size_t size)
{
	struct query query;
	struct tsig tsig;
	uint8_t *message;
	size_t len;

	if (query_parse(data, size, &query) != QUERY_READY ||
	    query.tsig.present || (data[10] & data[11]) == 0xff)
		return;
	tsig_begin(&tsig, key, query.id);
	message = malloc(size + tsig_len(&tsig));
	insist(message != NULL);
	memcpy(message, data, size);
	len = tsig_sign(&tsig, message, size, NOW);
	insist(len == size + tsig_len(&tsig));
	insist(check(keys, message, len) == TSIG_GOOD);
	/* Behind the header, in the question. */
	message[12 + data[0] % query.question_len] ^= 1 + (data[1] & 0x1e);
	insist(check(keys, message, len) != TSIG_GOOD);
	free(message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char spare[] =
	    "key k { algorithm hmac-sha384; secret AAEC; };";
	struct tsig_keys keys;
	unsigned line;

	if (tsig_keys_parse((const char *)data, size, &keys, &line) == 0) {
		for (size_t i = 0; i < keys.count; i++) {
			const struct tsig_key *key = &keys.keys[i];

			insist(tsig_keys_find(
				   &keys, key->name, key->name_len) == key);
			insist(key->secret_len > 0 &&
			       key->secret_len <= TSIG_SECRET_MAX);
		}
		tsig_keys_free(&keys);
		return 0;
	}
	insist(tsig_keys_parse(spare, sizeof(spare) - 1, &keys, &line) == 0);
	/* Nobody knows the secret. */
	insist(check(&keys, data, size) != TSIG_GOOD);
	sign_and_check(&keys, &keys.keys[0], data, size);
	tsig_keys_free(&keys);
	return 0;
}
