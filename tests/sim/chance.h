#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Chance from a seed, the same on each machine. (SplitMix64: each of a counter
 * of odd steps, well mixed.)
 */
struct chance {
	uint64_t state;
};

static inline uint64_t
chance_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* One of its own for each thing: what one draws, no other feels. */
static inline struct chance
chance_of(uint64_t seed, uint64_t thing)
{
	return (struct chance){ chance_mix(
	    chance_mix(seed + 1) ^ (thing * UINT64_C(0x9e3779b97f4a7c15))) };
}

static inline uint64_t
chance_next(struct chance *chance)
{
	return chance_mix(chance->state += UINT64_C(0x9e3779b97f4a7c15));
}

/* At least 0, less than 1. */
static inline double
chance_share(struct chance *chance)
{
	return (double)(chance_next(chance) >> 11) * 0x1p-53;
}

static inline bool
chance_happens(struct chance *chance, double likely)
{
	return chance_share(chance) < likely;
}

/* From least to most, both included. */
static inline int64_t
chance_between(struct chance *chance, int64_t least, int64_t most)
{
	return least +
	       (int64_t)(chance_share(chance) * (double)(most - least + 1));
}

/* The same, each doubling of it as likely as the next. */
static inline int64_t
chance_log_between(struct chance *chance, int64_t least, int64_t most)
{
	double ratio = (double)(most + 1) / (double)least;

	return (int64_t)((double)least * pow(ratio, chance_share(chance)));
}

#endif
