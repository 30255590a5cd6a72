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

/* XXH64's round: the product of the word waits for nothing before it. */
static uint64_t
add_word(uint64_t hash, uint64_t word)
{
	hash += word * UINT64_C(0xc2b2ae3d27d4eb4f);
	return (hash << 31 | hash >> 33) * UINT64_C(0x9e3779b185ebca87);
}

uint64_t
hash_octets(const void *data, size_t len, uint64_t seed)
{
	const char *next = data;
	uint64_t hash = hash_mix(seed ^ len), word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, next, sizeof(word));
		hash = add_word(hash, word);
		next += sizeof(word);
	}
	word = 0;
	memcpy(&word, next, len);
	return hash_mix(add_word(hash, word));
}

uint64_t
hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)time(NULL);
	return seed;
}
