#include "httpapi/attempts.h"

#include <stdio.h>
#include <string.h>

#define MINUTES_PER_HOUR 60

uint64_t
attempts_mark(const uint8_t key[META_KEY_LEN], const char *name)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "known browser %.40s", name);

	return meta_hash(key, text, (size_t)len);
}

/*
 * One of `most` at a place in the table of attempts that no network's address
 * can be.
 */
static bool
take(const struct attempt *attempt, const char *what, const char *name,
    unsigned most, int64_t now)
{
	struct ipaddr place = { { 0 } };
	struct quota_state state;
	char text[80];
	int len = snprintf(text, sizeof(text), "%s %s %.40s",
	    attempt->known ? "known" : "strange", what, name);
	uint64_t hash = meta_hash(attempt->key, text, (size_t)len);

	memcpy(place.octets, &hash, sizeof(hash));
	place.octets[0] |= 0x80; /* 8000::/1 has no addresses that ask */
	return quota_spend(attempt->quota, &place, 1, most, now, &state);
}

bool
attempts_take_password(const struct attempt *attempt)
{
	return take(attempt, "attempts", attempt->name, ATTEMPTS_PER_ACCOUNT,
		   attempt->now) &&
	       (attempt->known || take(attempt, "attempts at all", "",
				      ATTEMPTS_OF_STRANGERS, attempt->now));
}

/* A quota counts by the minute: its minutes are hours here. */
bool
attempts_take_code(const struct attempt *attempt)
{
	return take(attempt, "codes", attempt->name, ATTEMPTS_AT_CODES,
	    attempt->now / MINUTES_PER_HOUR);
}
