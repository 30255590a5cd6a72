#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/stored.h"

static void
a_record_says_its_version_first(void **state)
{
	static const uint8_t octets[] = { 2, 7 };
	struct wire_reader reader;

	(void)state;
	assert_int_equal(stored_begin(&reader, OCTETS(octets, 2), 2), 0);
	assert_int_equal(
	    stored_begin(&reader, OCTETS(octets, 2), 1), ERROR_NEWER);
	assert_int_equal(
	    stored_begin(&reader, OCTETS(octets, 2), 3), ERROR_DAMAGED);
	assert_int_equal(
	    stored_begin(&reader, OCTETS(octets, 0), 1), ERROR_DAMAGED);
}

static void
a_record_ends_where_it_should(void **state)
{
	static const uint8_t octets[] = { 1, 7 };
	struct wire_reader reader;

	(void)state;
	stored_begin(&reader, OCTETS(octets, 2), 1);
	assert_int_equal(stored_end(&reader), ERROR_DAMAGED);
	assert_int_equal(stored_read_below(&reader, 8), 7);
	assert_int_equal(stored_end(&reader), 0);
	assert_int_equal(stored_read_below(&reader, 8), 0);
	assert_int_equal(stored_end(&reader), ERROR_DAMAGED);

	stored_begin(&reader, OCTETS(octets, 2), 1);
	assert_int_equal(stored_read_below(&reader, 7), 0);
	assert_int_equal(stored_end(&reader), ERROR_DAMAGED);
}

static void
times_before_1970_come_back(void **state)
{
	uint8_t octets[16];
	struct wire_writer writer;
	struct wire_reader reader;

	(void)state;
	wire_write(&writer, octets, sizeof(octets));
	stored_write_time(&writer, -1);
	stored_write_time(&writer, INT64_MAX);
	assert_int_equal(stored_len(&writer), 16);
	wire_read(&reader, octets, sizeof(octets));
	assert_int_equal(stored_read_time(&reader), -1);
	assert_true(stored_read_time(&reader) == INT64_MAX);
	wire_write_u8(&writer, 0);
	assert_int_equal(stored_len(&writer), ERROR_LIMIT);
}

static void
keys_sort_as_their_numbers_do(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 1u << 31,
		UINT64_C(1) << 32, UINT64_MAX - 1, UINT64_MAX };
	uint8_t before[STORED_KEY_U64] = { 0 }, key[STORED_KEY_U64];

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		stored_key_u64(key, numbers[i]);
		assert_true(stored_u64_of_key(key) == numbers[i]);
		if (i > 0)
			assert_true(memcmp(before, key, sizeof(key)) < 0);
		memcpy(before, key, sizeof(key));
	}
}

static void
texts_are_cut_between_characters(void **state)
{
	static const struct {
		const char *from, *expected;
	} cases[] = {
		{ "", "" },
		{ "abc", "abc" },
		{ "abcd", "abc" },
		{ "ab\xc3\xa4", "ab" },
		{ "a\xc3\xa4", "a\xc3\xa4" },
		{ "a\xe2\x82\xac", "a" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80", "" },
		{ "\x80\x80\x80\x80", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char to[4];

		stored_copy_text(to, sizeof(to), cases[i].from);
		assert_string_equal(to, cases[i].expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_says_its_version_first),
		cmocka_unit_test(a_record_ends_where_it_should),
		cmocka_unit_test(times_before_1970_come_back),
		cmocka_unit_test(keys_sort_as_their_numbers_do),
		cmocka_unit_test(texts_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
