#include "dnsd/ratelimit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>

#define IPV4_BITS (96 + 24)
#define IPV6_BITS 56

/*
 * 64 thousand networks at a time, in half a megabyte. A network may stand in
 * any of the places of its row.
 */
#define ROWS 16384
#define PLACES 4

/*
 * A bucket in one word, so that it changes at once without a lock: which
 * network of its row (20 bits), when it was filled last (24 bits of
 * milliseconds: four hours, then they begin anew), what is in it (20 bits). No
 * bucket is all zero: a network's mark never is.
 */
#define MARK_BITS 20
#define TIME_BITS 24
#define FILL_BITS 20
#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)

_Static_assert(RATELIMIT_MOST <= MASK(FILL_BITS), "a second's worth fits");

struct ratelimit {
	uint64_t seed; /* so that nobody chooses who shares a row */
	_Alignas(64) _Atomic uint64_t buckets[ROWS][PLACES];
};

struct bucket {
	uint32_t mark, filled_ms, fill;
};

int
ratelimit_new(struct ratelimit **limit)
{
	struct ratelimit *fresh;

	if (posix_memalign((void **)&fresh, 64, sizeof(*fresh)) != 0)
		return -ENOMEM;
	for (unsigned i = 0; i < ROWS * PLACES; i++)
		atomic_init(&fresh->buckets[i / PLACES][i % PLACES], 0);
	if (getrandom(&fresh->seed, sizeof(fresh->seed), 0) !=
	    (ssize_t)sizeof(fresh->seed))
		fresh->seed = (uint64_t)(uintptr_t)fresh;
	*limit = fresh;
	return 0;
}

void
ratelimit_free(struct ratelimit *limit)
{
	free(limit);
}

/* --- buckets -------------------------------------------------------------- */

static struct bucket
unpack(uint64_t word)
{
	return (struct bucket){
		.mark = (uint32_t)(word >> (TIME_BITS + FILL_BITS)),
		.filled_ms = (uint32_t)(word >> FILL_BITS & MASK(TIME_BITS)),
		.fill = (uint32_t)(word & MASK(FILL_BITS)),
	};
}

static uint64_t
pack(const struct bucket *bucket)
{
	return (uint64_t)bucket->mark << (TIME_BITS + FILL_BITS) |
	       (uint64_t)(bucket->filled_ms & MASK(TIME_BITS)) << FILL_BITS |
	       bucket->fill;
}

/*
 * What time has brought. The clock goes on only by what whole answers took,
 * rounded up, so that a slow rate is neither lost in rounding nor exceeded.
 */
static void
refill(struct bucket *bucket, unsigned rate, uint32_t now_ms)
{
	uint64_t passed_ms = (now_ms - bucket->filled_ms) & MASK(TIME_BITS);
	uint64_t brought = passed_ms * rate / 1000;

	if (bucket->fill + brought >= rate) {
		bucket->fill = rate;
		bucket->filled_ms = now_ms;
		return;
	}
	bucket->fill += (uint32_t)brought;
	bucket->filled_ms += (uint32_t)((brought * 1000 + rate - 1) / rate);
}

/* splitmix64's finish: every bit of the network reaches every bit. */
static uint64_t
mix(uint64_t value)
{
	value ^= value >> 30;
	value *= UINT64_C(0xbf58476d1ce4e5b9);
	value ^= value >> 27;
	value *= UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

static uint64_t
hash_of(const struct ratelimit *limit, const struct ipaddr *client)
{
	struct ipaddr network = ipaddr_masked(
	    client, ipaddr_is_ipv4(client) ? IPV4_BITS : IPV6_BITS);
	uint64_t halves[2] = { 0, 0 };

	for (unsigned i = 0; i < 16; i++)
		halves[i / 8] = halves[i / 8] << 8 | network.octets[i];
	return mix(mix(halves[0] ^ limit->seed) ^ halves[1]);
}

/*
 * The network's place in its row, or the one to take over: a free one, else
 * the fullest. *word is what stands there.
 */
static _Atomic uint64_t *
find(_Atomic uint64_t *row, uint32_t mark, unsigned rate, uint32_t now_ms,
    uint64_t *word)
{
	_Atomic uint64_t *best = NULL;
	uint32_t best_fill = 0;

	for (unsigned i = 0; i < PLACES; i++) {
		uint64_t there =
		    atomic_load_explicit(&row[i], memory_order_relaxed);
		struct bucket bucket = unpack(there);

		if (bucket.mark == mark) {
			*word = there;
			return &row[i];
		}
		refill(&bucket, rate, now_ms);
		if (there == 0)
			bucket.fill = UINT32_MAX;
		if (best == NULL || bucket.fill > best_fill) {
			best = &row[i];
			best_fill = bucket.fill;
			*word = there;
		}
	}
	return best;
}

bool
ratelimit_take(struct ratelimit *limit, const struct ipaddr *client,
    unsigned rate, int64_t now_ms)
{
	uint64_t hash = hash_of(limit, client);
	_Atomic uint64_t *row = limit->buckets[hash % ROWS];
	uint32_t mark = (uint32_t)(hash >> (64 - MARK_BITS)) | 1;
	uint32_t now = (uint32_t)((uint64_t)now_ms & MASK(TIME_BITS));
	struct bucket bucket;
	uint64_t word = 0;

	/* Until nobody else changed the bucket meanwhile. */
	for (;;) {
		_Atomic uint64_t *place = find(row, mark, rate, now, &word);
		bool taken;

		bucket = unpack(word);
		if (bucket.mark != mark)
			bucket = (struct bucket){ mark, now, rate };
		refill(&bucket, rate, now);
		taken = bucket.fill > 0;
		bucket.fill -= taken;
		if (atomic_compare_exchange_weak_explicit(place, &word,
			pack(&bucket), memory_order_relaxed,
			memory_order_relaxed))
			return taken;
	}
}
