#ifndef DNSD_COOKIE_H
#define DNSD_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "common/settings.h"

/*
 * DNS cookies (RFC 7873) that every server with the same secrets makes and
 * understands (RFC 9018): a client that shows one we made has not forged its
 * address.
 */
#define COOKIE_CLIENT_LEN 8
#define COOKIE_LEN 24 /* the client's and ours */

#define COOKIE_SECRET_LEN 16
#define COOKIE_SECRETS_MAX 3

/*
 * The first makes cookies, each is good to verify them: a secret is rolled
 * over by adding the new one behind, then moving it to the front, then taking
 * the old one away (RFC 9018 section 5).
 */
struct cookie_secrets {
	uint8_t octets[COOKIE_SECRETS_MAX][COOKIE_SECRET_LEN];
	unsigned count;
};

/*
 * From hexadecimal text, 32 digits each. An empty list gives a secret of this
 * process alone. 0, or ERROR_FORMAT after one line that names the setting.
 */
int cookie_secrets_from(
    const struct settings_list *list, struct cookie_secrets *secrets);

/* For those of the process alone: a new first, the old ones behind. */
void cookie_secrets_roll(struct cookie_secrets *secrets);

/*
 * Is the cookie option's data one of ours, made for this client within the
 * last hour?
 */
bool cookie_is_valid(const struct cookie_secrets *secrets,
    const struct ipaddr *client, uint32_t now, const uint8_t *cookie,
    size_t len);

/* The cookie to answer with; `client_cookie` is the client's part. */
void cookie_make(const struct cookie_secrets *secrets,
    const struct ipaddr *client, uint32_t now, const uint8_t *client_cookie,
    uint8_t cookie[COOKIE_LEN]);

#endif
