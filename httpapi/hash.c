#include "httpapi/hash.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#define WORD sizeof(uint64_t)
#define LANES 4

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

/* Of long data four words at a time: no lane waits for the one beside it. */
uint64_t
hash_octets(const void *data, size_t len, uint64_t seed)
{
	const char *next = data;
	uint64_t lanes[LANES], hash = hash_mix(seed ^ len);

	for (size_t i = 0; i < LANES; i++)
		lanes[i] = hash + i;
	for (; len >= LANES * WORD; len -= LANES * WORD) {
		for (size_t i = 0; i < LANES; i++)
			lanes[i] =
			    add_word(lanes[i], word_at(next + i * WORD, WORD));
		next += LANES * WORD;
	}
	hash = lanes[0];
	for (size_t i = 1; i < LANES; i++)
		hash = add_word(hash, lanes[i]);
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
