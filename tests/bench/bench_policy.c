#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/policy.h"

/*
 * What one decision costs, in microseconds of CPU, by the number of events:
 *
 *	build/tests/bench/bench_policy
 *
 * A decision over 1,000 usual events should cost at most 20. Best of some runs,
 * for the machine may be shared.
 */
#define T0 INT64_C(1700000000)
#define RUNS 25
#define EVENTS_MAX 4096

static struct policy_event events[EVENTS_MAX];

static double
cpu_microseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/*
 * "usual": bounces of a score of campaigns to forty traps, now and then
 * something else. "random": no two alike, in no order that could be foreseen.
 */
static void
make_events(size_t count, int corroborated_percent, bool usual)
{
	for (size_t i = 0; i < count; i++) {
		bool plain = usual && random() % 10 != 0;

		events[i] = (struct policy_event){
			.seen_at = T0 + (int64_t)(i * 2500000 / count),
			.trap = 1 + (uint64_t)random() % 40,
			.campaign = 1 + (usual ? (uint64_t)(i * 20 / count)
					       : (uint64_t)random() << 8),
			.original = (uint64_t)random() << 8 | 1,
			.flags = EVIDENCE_FINGERPRINTED,
			.kind = plain
				    ? BACKSCATTER_DSN
				    : (enum backscatter_kind)(1 + random() % 4),
			.grade =
			    plain ? GRADE_A : (enum proof_grade)(random() % 3),
			.corroborated = random() % 100 < corroborated_percent,
		};
	}
}

static double
measure(const struct policy *policy, size_t count)
{
	const struct policy_past past = { .delisted_at = 0 };
	struct policy_result result;
	size_t rounds = 200000 / (count + 100);
	double best = 1e12;

	for (int run = 0; run < RUNS; run++) {
		double start = cpu_microseconds(), each;

		for (size_t i = 0; i < rounds; i++)
			policy_judge(policy, events, count, &past, T0 + 2500000,
			    &result);
		each = (cpu_microseconds() - start) / (double)rounds;
		best = each < best ? each : best;
	}
	return best;
}

int
main(void)
{
	static const char *const presets[] = { "small", "large", "eager" };
	static const size_t counts[] = { 0, 1, 10, 100, 1000, EVENTS_MAX };
	static const struct {
		const char *name;
		bool usual;
		int corroborated_percent;
	} mixes[] = { { "usual", true, 100 }, { "alone", true, 0 },
		{ "random", false, 90 } };

	srandom(1);
	printf("preset\tmix\tevents\tmicroseconds\n");
	for (size_t i = 0; i < 3 * 3 * 6; i++) {
		size_t p = i / 18, m = i / 6 % 3, c = i % 6;
		struct policy policy;

		policy_preset(presets[p], &policy);
		make_events(
		    counts[c], mixes[m].corroborated_percent, mixes[m].usual);
		printf("%s\t%s\t%zu\t%.2f\n", presets[p], mixes[m].name,
		    counts[c], measure(&policy, counts[c]));
	}
	return 0;
}
