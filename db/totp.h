#ifndef DB_TOTP_H
#define DB_TOTP_H

#include <stdint.h>

/*
 * One-time codes of an authenticator, as a second proof beside the password:
 * RFC 6238 with HMAC-SHA-1, six digits and steps of thirty seconds, which is
 * what every authenticator takes without being told.
 */
#define TOTP_SECRET_LEN 20 /* RFC 4226 section 4, R6 */
#define TOTP_STEP_SECONDS 30
#define TOTP_DIGITS 6

/* The code of one step. 0 or -ENOMEM. */
int totp_code(const uint8_t secret[TOTP_SECRET_LEN], int64_t step,
    char code[TOTP_DIGITS + 1]);

/*
 * Is `code` that of the step of `now`, or of the one before or after it (clocks
 * differ; section 5.2), and later than `last_step`, so that none serves twice?
 * The step it is of; ERROR_REFUSED, or -ENOMEM.
 */
int64_t totp_check(const uint8_t secret[TOTP_SECRET_LEN], const char *code,
    int64_t last_step, int64_t now);

/* The secret in base32 (RFC 4648 section 6), as people type it. */
#define TOTP_TEXT_MAX 33
char *totp_format(
    const uint8_t secret[TOTP_SECRET_LEN], char text[TOTP_TEXT_MAX]);

#endif
