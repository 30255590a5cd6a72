#ifndef COMMON_HMAC_H
#define COMMON_HMAC_H

#include <stddef.h>
#include <stdint.h>

/*
 * Keyed hashes (RFC 2104) of the SHA-2 family, as TSIG uses them, and of SHA-1,
 * which every authenticator knows (RFC 6238): the one door to OpenSSL's
 * libcrypto.
 */
enum hmac { HMAC_SHA256, HMAC_SHA384, HMAC_SHA512, HMAC_SHA1 };

#define HMAC_LEN_MAX 64
size_t hmac_len(enum hmac algorithm);

struct hmac_key {
	enum hmac algorithm;
	const uint8_t *secret;
	size_t secret_len;
};

/* A message is hashed as if its parts stood one behind another. */
struct hmac_part {
	const void *octets;
	size_t len;
};

/* Writes hmac_len() octets. 0, or -ENOMEM where the library fails. */
int hmac_make(const struct hmac_key *key, const struct hmac_part *parts,
    size_t count, uint8_t mac[HMAC_LEN_MAX]);

#endif
