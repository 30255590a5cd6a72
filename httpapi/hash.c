#include "httpapi/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#define WORD sizeof(uint64_t)

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

static uint64_t
word_at(const char *at, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, at, len);
	return word;
}

/* The product's halves together: each bit of both words moves all of them. */
static uint64_t
fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of long data two words at a time in each lane, which wait for no other. */
uint64_t
hash_octets(const void *data, size_t len, uint64_t seed)
{
	const char *next = data;
	uint64_t hash = hash_mix(seed ^ len), other = ~hash;

	for (; len >= 4 * WORD; len -= 4 * WORD) {
		hash = fold(word_at(next, WORD) ^ UINT64_C(0x8ebc6af09c88c6e3),
		    word_at(next + WORD, WORD) ^ hash);
		other = fold(word_at(next + 2 * WORD, WORD) ^
				 UINT64_C(0x589965cc75374cc3),
		    word_at(next + 3 * WORD, WORD) ^ other);
		next += 4 * WORD;
	}
	hash = add_word(hash, other);
	for (; len >= WORD; len -= WORD) {
		hash = add_word(hash, word_at(next, WORD));
		next += WORD;
	}
	return hash_mix(add_word(hash, word_at(next, len)));
}

uint64_t
hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		seed = (uint64_t)time(NULL);
	return seed;
}
