#include "db/secret.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "common/error.h"

/*
 * RFC 9106 section 4 recommends 64 MiB with three passes where memory is
 * short; libsodium's "interactive" is two. Logins are rare here and have a
 * thread of their own, so three.
 */
#define PASSWORD_PASSES 3
#define PASSWORD_MEMORY ((size_t)64 << 20)

#define FORM sodium_base64_VARIANT_URLSAFE_NO_PADDING

_Static_assert(PASSWORD_HASH_MAX == crypto_pwhash_argon2id_STRBYTES,
    "a hash fits with its parameters");
_Static_assert(SECRET_TEXT_MAX == sodium_base64_ENCODED_LEN(SECRET_LEN, FORM),
    "a secret's text fits");

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
start(void)
{
	if (sodium_init() < 0)
		sodium_misuse();
}

void
secret_random(void *octets, size_t len)
{
	pthread_once(&once, start);
	randombytes_buf(octets, len);
}

void
secret_new(uint8_t secret[SECRET_LEN])
{
	secret_random(secret, SECRET_LEN);
}

void
secret_forget(void *octets, size_t len)
{
	sodium_memzero(octets, len);
}

char *
secret_format(const uint8_t secret[SECRET_LEN], char text[SECRET_TEXT_MAX])
{
	return sodium_bin2base64(
	    text, SECRET_TEXT_MAX, secret, SECRET_LEN, FORM);
}

int
secret_parse(const char *text, uint8_t secret[SECRET_LEN])
{
	size_t len, text_len = strlen(text);
	const char *end;

	if (text_len != SECRET_TEXT_MAX - 1 ||
	    sodium_base642bin(secret, SECRET_LEN, text, text_len, NULL, &len,
		&end, FORM) != 0 ||
	    len != SECRET_LEN || *end != '\0')
		return ERROR_FORMAT;
	return 0;
}

void
secret_derive(const uint8_t secret[SECRET_LEN], const char *purpose,
    uint8_t derived[SECRET_LEN])
{
	uint8_t name[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };

	pthread_once(&once, start);
	memcpy(name, purpose, strnlen(purpose, sizeof(name)));
	crypto_generichash_blake2b_salt_personal(
	    derived, SECRET_LEN, NULL, 0, secret, SECRET_LEN, NULL, name);
}

bool
secret_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

/* --- passwords ------------------------------------------------------------ */

int
password_hash(const char *password, char hash[PASSWORD_HASH_MAX])
{
	pthread_once(&once, start);
	return crypto_pwhash_str_alg(hash, password, strlen(password),
		   PASSWORD_PASSES, PASSWORD_MEMORY,
		   crypto_pwhash_ALG_ARGON2ID13) == 0
		   ? 0
		   : -ENOMEM;
}

/* Nobody has the password of this: it only takes its time. */
static char nobodys[PASSWORD_HASH_MAX];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void
make_nobodys(void)
{
	uint8_t secret[SECRET_LEN];
	char text[SECRET_TEXT_MAX];

	secret_new(secret);
	if (password_hash(secret_format(secret, text), nobodys) != 0)
		nobodys[0] = '\0';
	secret_forget(secret, sizeof(secret));
	secret_forget(text, sizeof(text));
}

bool
password_fits(const char *hash, const char *password)
{
	bool fits;

	pthread_once(&once, start);
	pthread_once(&nobody_once, make_nobodys);
	fits = crypto_pwhash_str_verify(hash[0] != '\0' ? hash : nobodys,
		   password, strlen(password)) == 0;
	return fits && hash[0] != '\0';
}

const char *
password_refusal(const char *password)
{
	size_t len = strlen(password);

	if (len < PASSWORD_MIN)
		return "a password has at least 12 characters";
	if (len > PASSWORD_MAX)
		return "a password has at most 256 octets";
	return NULL;
}
