#ifndef TESTS_SUPPORT_HISTOGRAM_H
#define TESTS_SUPPORT_HISTOGRAM_H

#include <stdint.h>

/* Numbers counted by size, to within a thirtieth of each. */
#define HISTOGRAM_STEPS 32 /* between a power of two and the next */
struct histogram {
	uint64_t counts[64 * HISTOGRAM_STEPS];
	uint64_t total;
};

static inline void
histogram_add(struct histogram *histogram, uint64_t number)
{
	unsigned power = 0;

	while (number >> power >= 2 * HISTOGRAM_STEPS)
		power++;
	histogram->counts[power * HISTOGRAM_STEPS + (number >> power)]++;
	histogram->total++;
}

/* What this part (0 to 1) of the numbers are not above; 0 of none. */
static inline double
histogram_part(const struct histogram *histogram, double part)
{
	double wanted = part * (double)histogram->total, seen = 0;

	for (unsigned i = 0; i < 64 * HISTOGRAM_STEPS; i++) {
		unsigned power = i / HISTOGRAM_STEPS;

		seen += (double)histogram->counts[i];
		if (seen < wanted || histogram->counts[i] == 0)
			continue;
		if (power > 0)
			power--;
		return (
		    double)((uint64_t)(i - power * HISTOGRAM_STEPS) << power);
	}
	return 0;
}

#endif
