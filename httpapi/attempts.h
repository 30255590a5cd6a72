#ifndef HTTPAPI_ATTEMPTS_H
#define HTTPAPI_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/meta.h"
#include "httpapi/quota.h"

/*
 * Guessing at the console's door. Each network (network.h) may try so many
 * passwords a minute. All browsers together may try so many for one account,
 * and so many for all accounts, since each takes time and memory; of those one
 * provider's networks have a quarter, or whoever hires a dozen of them would
 * shut all others out. One-time codes are counted by the hour, right or
 * wrong: who sends one has the password, and ten a minute would find a code in
 * weeks.
 *
 * Browsers that have signed in to the account before are counted apart, so that
 * no stranger's attempts lock its owner out. They bear a mark that only we can
 * make.
 */
#define ATTEMPTS_PER_NETWORK 10 /* a minute */
#define ATTEMPTS_PER_ACCOUNT 10
#define ATTEMPTS_OF_STRANGERS 120
#define ATTEMPTS_PER_PROVIDER 30
#define ATTEMPTS_AT_CODES 6 /* an hour */

uint64_t attempts_mark(const uint8_t key[META_KEY_LEN], const char *name);

struct attempt {
	struct quota *quota;
	const uint8_t *key; /* META_KEY_LEN */
	const char *name;   /* of the account, which may be none */
	bool known;	    /* its mark was shown */
	int64_t now;
	struct ipaddr client; /* of a known browser it is not looked at */
};

/* Of a network, before anything is known of the account. */
bool attempts_take_network(
    struct quota *quota, const struct ipaddr *client, int64_t now);

/* Before it is tried. False: no more of them now. */
bool attempts_take_password(const struct attempt *attempt);
bool attempts_take_code(const struct attempt *attempt);

#endif
