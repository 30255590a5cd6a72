#ifndef HTTPAPI_HASH_H
#define HTTPAPI_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * Fast 64-bit hashing for tables, request ids and entity tags: well mixed, not
 * cryptographic. `seed` keeps strangers from choosing what collides.
 */
uint64_t hash_mix(uint64_t x); /* a bijection */
uint64_t hash_octets(const void *data, size_t len, uint64_t seed);
uint64_t hash_seed(void); /* random */

#endif
