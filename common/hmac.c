#include "common/hmac.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>

/* The library takes names that may be written, and does not write them. */
static struct {
	char digest[8];
	size_t len;
} algorithms[] = {
	[HMAC_SHA256] = { "SHA256", 32 },
	[HMAC_SHA384] = { "SHA384", 48 },
	[HMAC_SHA512] = { "SHA512", 64 },
	[HMAC_SHA1] = { "SHA1", 20 },
};

/* To find an algorithm takes longer than to use it. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MAC *method;

static void
find_method(void)
{
	method = EVP_MAC_fetch(NULL, "HMAC", NULL);
}

size_t
hmac_len(enum hmac algorithm)
{
	return algorithms[algorithm].len;
}

static int
compute(EVP_MAC_CTX *context, const struct hmac_key *key,
    const struct hmac_part *parts, size_t count, uint8_t mac[HMAC_LEN_MAX])
{
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		    algorithms[key->algorithm].digest, 0),
		OSSL_PARAM_construct_end(),
	};
	int done =
	    EVP_MAC_init(context, key->secret, key->secret_len, parameters);
	size_t len;

	for (size_t i = 0; done && i < count; i++)
		done = EVP_MAC_update(context, parts[i].octets, parts[i].len);
	return done && EVP_MAC_final(context, mac, &len, HMAC_LEN_MAX)
		   ? 0
		   : -ENOMEM;
}

int
hmac_make(const struct hmac_key *key, const struct hmac_part *parts,
    size_t count, uint8_t mac[HMAC_LEN_MAX])
{
	EVP_MAC_CTX *context;
	int error;

	pthread_once(&once, find_method);
	context = method != NULL ? EVP_MAC_CTX_new(method) : NULL;
	if (context == NULL)
		return -ENOMEM;
	error = compute(context, key, parts, count, mac);
	EVP_MAC_CTX_free(context);
	return error;
}
