#ifndef HTTPAPI_ATTEMPTS_H
#define HTTPAPI_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "db/meta.h"
#include "httpapi/quota.h"

/*
 * Guessing at the console's door. All browsers together may try so many
 * passwords a minute for one account, and so many for all accounts, since each
 * takes time and memory. One-time codes are counted by the hour, right or
 * wrong: who sends one has the password, and ten a minute would find a code in
 * weeks.
 *
 * Browsers that have signed in to the account before are counted apart, so that
 * no stranger's attempts lock its owner out. They bear a mark that only we can
 * make.
 */
#define ATTEMPTS_PER_ACCOUNT 10 /* a minute */
#define ATTEMPTS_OF_STRANGERS 120
#define ATTEMPTS_AT_CODES 6 /* an hour */

uint64_t attempts_mark(const uint8_t key[META_KEY_LEN], const char *name);

struct attempt {
	struct quota *quota;
	const uint8_t *key; /* META_KEY_LEN */
	const char *name;   /* of the account, which may be none */
	bool known;	    /* its mark was shown */
	int64_t now;
};

/* Before it is tried. False: no more of them now. */
bool attempts_take_password(const struct attempt *attempt);
bool attempts_take_code(const struct attempt *attempt);

#endif
