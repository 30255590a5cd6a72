#ifndef DB_SECRET_H
#define DB_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Secrets, and what the database keeps of them: never themselves. Passwords
 * are guessable and are kept as Argon2id hashes (RFC 9106), which are slow to
 * try. Tokens and sessions are random, which nobody guesses, and are kept as
 * BLAKE2b hashes, by which they are found.
 */
#define SECRET_LEN 32
/* base64url without padding (RFC 4648 section 5), and a NUL. */
#define SECRET_TEXT_MAX 44

void secret_new(uint8_t secret[SECRET_LEN]);
/* Random octets for whatever else must not be guessed. */
void secret_random(void *octets, size_t len);
/* Forgets it: the compiler cannot leave this out. */
void secret_forget(void *octets, size_t len);

char *secret_format(
    const uint8_t secret[SECRET_LEN], char text[SECRET_TEXT_MAX]);
/* 0 or ERROR_FORMAT: exactly one secret's text, and nothing behind it. */
int secret_parse(const char *text, uint8_t secret[SECRET_LEN]);

/*
 * Another one made of it for a purpose ("kept", "form"), at most 16 octets of
 * name, from which it cannot be found.
 */
void secret_derive(const uint8_t secret[SECRET_LEN], const char *purpose,
    uint8_t derived[SECRET_LEN]);
/* In a time that does not tell where they differ. */
bool secret_equal(const void *a, const void *b, size_t len);

/* --- passwords ------------------------------------------------------------ */

#define PASSWORD_MIN 12 /* octets; NIST SP 800-63B asks for 8 and more */
#define PASSWORD_MAX 256
#define PASSWORD_HASH_MAX 128 /* with its NUL; names its parameters */

/* Some 64 MiB and a tenth of a second each: never on an event loop. */
/* 0 or -ENOMEM. */
int password_hash(const char *password, char hash[PASSWORD_HASH_MAX]);
/* A hash of "" fits no password, and takes as long to find that out. */
bool password_fits(const char *hash, const char *password);
/* What is wrong with it as a new one, in words, or NULL. */
const char *password_refusal(const char *password);

#endif
