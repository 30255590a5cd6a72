#include "dnsd/cookie.h"

#include <sodium.h>
#include <string.h>

#include "common/error.h"
#include "common/log.h"
#include "dnsd/dns.h"

/* The parts of a cookie, RFC 9018 section 4. */
#define VERSION_AT 8
#define RESERVED_LEN 3
#define TIMESTAMP_AT 12
#define HASH_AT 16
#define HASH_LEN 8
#define VERSION 1

#define PAST_SECONDS 3600 /* section 4.3 */
#define FUTURE_SECONDS 300

_Static_assert(crypto_shorthash_KEYBYTES == COOKIE_SECRET_LEN &&
		   crypto_shorthash_BYTES == HASH_LEN,
    "libsodium's short hash is SipHash-2-4");

/* --- secrets -------------------------------------------------------------- */

static int
parse_secret(const char *text, uint8_t secret[COOKIE_SECRET_LEN])
{
	size_t len;

	if (strlen(text) != 2 * COOKIE_SECRET_LEN ||
	    sodium_hex2bin(secret, COOKIE_SECRET_LEN, text, strlen(text), NULL,
		&len, NULL) != 0 ||
	    len != COOKIE_SECRET_LEN)
		return ERROR_FORMAT;
	return 0;
}

int
cookie_secrets_from(
    const struct settings_list *list, struct cookie_secrets *secrets)
{
	secrets->count = 0;
	if (sodium_init() < 0)
		return ERROR_FORMAT;
	if (list->count == 0) {
		cookie_secrets_roll(secrets);
		return 0;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (i < COOKIE_SECRETS_MAX &&
		    parse_secret(list->items[i], secrets->octets[i]) == 0)
			continue;
		/* Never the text itself: logs are read by many. */
		log_error("setting_refused name=dnsd.cookie_secrets "
			  "number=%zu reason=\"%s\"",
		    i + 1,
		    i < COOKIE_SECRETS_MAX ? "no 32 hexadecimal digits"
					   : "one too many");
		return ERROR_FORMAT;
	}
	secrets->count = (unsigned)list->count;
	return 0;
}

void
cookie_secrets_roll(struct cookie_secrets *secrets)
{
	memmove(secrets->octets[1], secrets->octets[0],
	    (COOKIE_SECRETS_MAX - 1) * (size_t)COOKIE_SECRET_LEN);
	randombytes_buf(secrets->octets[0], COOKIE_SECRET_LEN);
	if (secrets->count < COOKIE_SECRETS_MAX)
		secrets->count++;
}

/* --- cookies -------------------------------------------------------------- */

/* Everything before the hash, and the client's address: section 4.4. */
static void
hash(const uint8_t secret[COOKIE_SECRET_LEN], const struct ipaddr *client,
    const uint8_t *cookie, uint8_t out[HASH_LEN])
{
	bool ipv4 = ipaddr_is_ipv4(client);
	size_t address_len = ipv4 ? 4 : 16;
	uint8_t data[HASH_AT + 16];

	memcpy(data, cookie, HASH_AT);
	memcpy(data + HASH_AT, client->octets + (ipv4 ? 12 : 0), address_len);
	crypto_shorthash(out, data, HASH_AT + address_len, secret);
}

static uint32_t
timestamp(const uint8_t *cookie)
{
	const uint8_t *at = cookie + TIMESTAMP_AT;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* By serial number arithmetic (RFC 1982). */
static bool
is_timely(uint32_t made, uint32_t now)
{
	int32_t age = (int32_t)(now - made);

	return age <= PAST_SECONDS && age >= -FUTURE_SECONDS;
}

bool
cookie_is_valid(const struct cookie_secrets *secrets,
    const struct ipaddr *client, uint32_t now, const uint8_t *cookie,
    size_t len)
{
	uint8_t expected[HASH_LEN];

	if (len != COOKIE_LEN || cookie[VERSION_AT] != VERSION ||
	    !is_timely(timestamp(cookie), now))
		return false;
	for (unsigned i = 0; i < secrets->count; i++) {
		hash(secrets->octets[i], client, cookie, expected);
		if (sodium_memcmp(expected, cookie + HASH_AT, HASH_LEN) == 0)
			return true;
	}
	return false;
}

/*
 * A new one for every answer: it costs one short hash, and no client is left
 * with one about to expire.
 */
void
cookie_make(const struct cookie_secrets *secrets, const struct ipaddr *client,
    uint32_t now, const uint8_t *client_cookie, uint8_t cookie[COOKIE_LEN])
{
	memcpy(cookie, client_cookie, COOKIE_CLIENT_LEN);
	cookie[VERSION_AT] = VERSION;
	memset(cookie + VERSION_AT + 1, 0, RESERVED_LEN);
	dns_store_u32(cookie + TIMESTAMP_AT, now);
	hash(secrets->octets[0], client, cookie, cookie + HASH_AT);
}
