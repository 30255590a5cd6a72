#include "db/totp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "common/hmac.h"
#include "common/wire.h"
#include "db/secret.h"

#define MAC_LEN 20

int
totp_code(const uint8_t secret[TOTP_SECRET_LEN], int64_t step,
    char code[TOTP_DIGITS + 1])
{
	const struct hmac_key key = { HMAC_SHA1, secret, TOTP_SECRET_LEN };
	uint8_t counter[8], mac[HMAC_LEN_MAX];
	struct hmac_part part = { counter, sizeof(counter) };
	struct wire_writer to;
	struct wire_reader from;
	uint32_t number;

	wire_write(&to, counter, sizeof(counter));
	wire_write_u64(&to, (uint64_t)step);
	if (hmac_make(&key, &part, 1, mac) != 0)
		return -ENOMEM;
	/* Dynamic truncation, RFC 4226 section 5.3. */
	wire_read(&from, mac + (mac[MAC_LEN - 1] & 0xf), 4);
	number = (wire_read_u32(&from) & 0x7fffffff) % 1000000;
	snprintf(code, TOTP_DIGITS + 1, "%06u", (unsigned)number);
	return 0;
}

/* All three are made, whichever fits: the time tells nothing. */
int64_t
totp_check(const uint8_t secret[TOTP_SECRET_LEN], const char *code,
    int64_t last_step, int64_t now)
{
	int64_t step = now / TOTP_STEP_SECONDS, found = ERROR_REFUSED;
	char expected[TOTP_DIGITS + 1];

	if (strlen(code) != TOTP_DIGITS)
		return ERROR_REFUSED;
	for (int64_t i = step - 1; i <= step + 1; i++) {
		int error = totp_code(secret, i, expected);

		if (error != 0)
			return error;
		if (secret_equal(expected, code, TOTP_DIGITS) && i > last_step)
			found = i;
	}
	return found;
}

char *
totp_format(const uint8_t secret[TOTP_SECRET_LEN], char text[TOTP_TEXT_MAX])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *to = text;

	/* Five octets are eight digits. */
	for (size_t i = 0; i < TOTP_SECRET_LEN; i += 5) {
		struct wire_reader from;
		uint64_t group;

		wire_read(&from, secret + i, 5);
		group = wire_read_number(&from, 5);
		for (int shift = 35; shift >= 0; shift -= 5)
			*to++ = digits[group >> shift & 31];
	}
	*to = '\0';
	return text;
}
