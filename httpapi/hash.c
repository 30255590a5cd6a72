#include "httpapi/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

/* The finalizer of MurmurHash3: each bit of x flips each other by half. */
uint64_t
hash_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= UINT64_C(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

uint64_t
hash_octets(const void *data, size_t len, uint64_t seed)
{
	const char *next = data;
	uint64_t hash = hash_mix(seed ^ len), word;

	for (; len > 0; len -= len < sizeof(word) ? len : sizeof(word)) {
		word = 0;
		memcpy(&word, next, len < sizeof(word) ? len : sizeof(word));
		hash = hash_mix(hash ^ word) + word;
		next += sizeof(word);
	}
	return hash_mix(hash);
}

uint64_t
hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)time(NULL);
	return seed;
}
