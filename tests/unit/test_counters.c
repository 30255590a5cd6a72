#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dnsd/counters.h"
#include "dnsd/dns.h"

static void
knows_the_types_it_counts_by(void **state)
{
	(void)state;
	assert_int_equal(counters_type(DNS_TYPE_A), COUNTERS_A);
	assert_int_equal(counters_type(DNS_TYPE_AAAA), COUNTERS_AAAA);
	assert_int_equal(counters_type(DNS_TYPE_ANY), COUNTERS_ANY);
	assert_int_equal(counters_type(0), COUNTERS_OTHER);
	assert_int_equal(counters_type(65535), COUNTERS_OTHER);
}

static void
puts_times_into_the_bucket_they_are_under(void **state)
{
	static const struct {
		int64_t us;
		unsigned bucket;
	} cases[] = {
		{ 0, 0 },
		{ 1, 1 },
		{ 2, 2 },
		{ 3, 2 },
		{ 4, 3 },
		{ 1023, 10 },
		{ 1024, 11 },
		{ INT64_C(1) << 40, COUNTERS_TIMES - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct counters counters = { .dropped = 0 };

		counters_add_time(&counters, 3, cases[i].us);
		assert_int_equal(counters.times[cases[i].bucket], 3);
		assert_int_equal(counters.times_us, 3 * cases[i].us);
	}
}

static void
sums_what_workers_counted(void **state)
{
	struct counters one = { .dropped = 1 }, two = { .dropped = 2 };
	struct counters sum = { .dropped = 0 };

	(void)state;
	one.queries[COUNTERS_UDP] = 10;
	two.queries[COUNTERS_UDP] = 20;
	two.tcp_expired = 5;
	counters_sum(&sum, &one);
	counters_sum(&sum, &two);
	assert_int_equal(sum.queries[COUNTERS_UDP], 30);
	assert_int_equal(sum.dropped, 3);
	assert_int_equal(sum.tcp_expired, 5);
}

static void
prints_every_number_under_its_name(void **state)
{
	struct counters counters = { .dropped = 7 };
	struct strbuf text;

	(void)state;
	counters.hits[SUBLIST_MAIN] = 8;
	counters.hits[SUBLIST_DSN] = 9;
	counters.rcodes[DNS_RCODE_NXDOMAIN] = 10;
	counters_add_time(&counters, 2, 100);
	counters_add_time(&counters, 1, 1000000);
	strbuf_init(&text, 65536);
	counters_print(&counters, &text);
	assert_int_equal(text.error, 0);
#define HAS(line) assert_non_null(strstr(text.text, "\n" line "\n"))
	HAS("bsbl_dnsd_dropped_total 7");
	HAS("bsbl_dnsd_hits_total{list=\"main\"} 8");
	HAS("bsbl_dnsd_hits_total{list=\"dsn\"} 9");
	HAS("bsbl_dnsd_answers_total{rcode=\"NXDOMAIN\"} 10");
	HAS("bsbl_dnsd_answer_seconds_bucket{le=\"6.4e-05\"} 0");
	HAS("bsbl_dnsd_answer_seconds_bucket{le=\"0.000128\"} 2");
	HAS("bsbl_dnsd_answer_seconds_bucket{le=\"+Inf\"} 3");
	HAS("bsbl_dnsd_answer_seconds_count 3");
	HAS("bsbl_dnsd_answer_seconds_sum 1.0002");
	strbuf_deinit(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_types_it_counts_by),
		cmocka_unit_test(puts_times_into_the_bucket_they_are_under),
		cmocka_unit_test(sums_what_workers_counted),
		cmocka_unit_test(prints_every_number_under_its_name),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
