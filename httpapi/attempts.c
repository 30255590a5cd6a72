#include "httpapi/attempts.h"

#include <stdio.h>
#include <string.h>

#include "httpapi/network.h"

#define MINUTES_PER_HOUR 60

uint64_t
attempts_mark(const uint8_t key[META_KEY_LEN], const char *name)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "known browser %.40s", name);

	return meta_hash(key, text, (size_t)len);
}

bool
attempts_take_network(
    struct quota *quota, const struct ipaddr *client, int64_t now)
{
	struct ipprefix network = network_of(client);
	struct quota_state state;

	return quota_spend(
	    quota, &network, 1, ATTEMPTS_PER_NETWORK, now, &state);
}

/*
 * One of `most` at a place in the table of attempts that no network's address
 * can be.
 */
static bool
take(const struct attempt *attempt, const char *what, const char *name,
    unsigned most, int64_t now)
{
	struct ipprefix place = { .length = 128 };
	struct quota_state state;
	char text[80];
	int len = snprintf(text, sizeof(text), "%s %s %.40s",
	    attempt->known ? "known" : "strange", what, name);
	uint64_t hash = meta_hash(attempt->key, text, (size_t)len);

	memcpy(place.address.octets, &hash, sizeof(hash));
	place.address.octets[0] |=
	    0x80; /* 8000::/1 has no addresses that ask */
	return quota_spend(attempt->quota, &place, 1, most, now, &state);
}

static bool
take_of_strangers(const struct attempt *attempt)
{
	struct ipprefix provider = network_of_provider(&attempt->client);
	struct quota_state state;

	return quota_spend(attempt->quota, &provider, 1, ATTEMPTS_PER_PROVIDER,
		   attempt->now, &state) &&
	       take(attempt, "attempts at all", "", ATTEMPTS_OF_STRANGERS,
		   attempt->now);
}

bool
attempts_take_password(const struct attempt *attempt)
{
	return take(attempt, "attempts", attempt->name, ATTEMPTS_PER_ACCOUNT,
		   attempt->now) &&
	       (attempt->known || take_of_strangers(attempt));
}

/* A quota counts by the minute: its minutes are hours here. */
bool
attempts_take_code(const struct attempt *attempt)
{
	return take(attempt, "codes", attempt->name, ATTEMPTS_AT_CODES,
	    attempt->now / MINUTES_PER_HOUR);
}
