#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "dnsd/framing.h"

static void
feed(struct framing *framing, const void *octets, size_t len)
{
	size_t room;
	uint8_t *to = framing_room(framing, &room);

	assert_true(len <= room);
	memcpy(to, octets, len);
	framing_got(framing, len);
}

static void
assert_next(struct framing *framing, const char *expected)
{
	const uint8_t *message;
	size_t len;

	assert_int_equal(framing_next(framing, &message, &len), 0);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(message, expected, len);
}

static void
assert_none(struct framing *framing)
{
	const uint8_t *message;
	size_t len;

	assert_int_equal(
	    framing_next(framing, &message, &len), ERROR_NOT_FOUND);
}

static void
finds_the_same_messages_however_the_stream_is_cut(void **state)
{
	static const char stream[] = "\0\3abc\0\0\0\1d\0\5efghi";
	static const char *const messages[] = { "abc", "", "d", "efghi" };
	size_t whole = sizeof(stream) - 1;

	(void)state;
	for (size_t step = 1; step <= whole; step++) {
		struct framing framing;
		unsigned found = 0;

		framing_init(&framing);
		for (size_t at = 0; at < whole; at += step) {
			size_t len = whole - at < step ? whole - at : step;
			const uint8_t *message;

			feed(&framing, stream + at, len);
			while (framing_next(&framing, &message, &len) == 0) {
				assert_int_equal(len, strlen(messages[found]));
				assert_memory_equal(
				    message, messages[found], len);
				found++;
			}
		}
		assert_int_equal(found, 4);
		assert_int_equal(framing_partial(&framing), 0);
	}
}

static void
counts_what_is_no_message_yet(void **state)
{
	struct framing framing;

	(void)state;
	framing_init(&framing);
	assert_none(&framing);
	feed(&framing, "\0", 1);
	assert_none(&framing);
	assert_int_equal(framing_partial(&framing), 1);
	feed(&framing, "\4abcd\0\4ab", 9);
	assert_int_equal(framing_partial(&framing), 10);
	assert_next(&framing, "abcd");
	assert_none(&framing);
	assert_int_equal(framing_partial(&framing), 4);
	feed(&framing, "cd", 2);
	assert_next(&framing, "abcd");
	assert_int_equal(framing_partial(&framing), 0);
}

static void
takes_messages_that_just_fit_and_none_larger(void **state)
{
	static uint8_t octets[FRAMING_SIZE];
	struct framing framing;
	const uint8_t *message;
	size_t len;

	(void)state;
	framing_init(&framing);
	octets[0] = (FRAMING_SIZE - 2) >> 8;
	octets[1] = (FRAMING_SIZE - 2) & 0xff;
	feed(&framing, octets, sizeof(octets));
	assert_int_equal(framing_next(&framing, &message, &len), 0);
	assert_int_equal(len, FRAMING_SIZE - 2);

	feed(&framing, "\xff\xff", 2);
	assert_int_equal(framing_next(&framing, &message, &len), ERROR_LIMIT);
	framing_init(&framing);
	octets[1]++;
	feed(&framing, octets, 2);
	assert_int_equal(framing_next(&framing, &message, &len), ERROR_LIMIT);
}

static void
always_has_room_behind_half_a_message(void **state)
{
	static uint8_t octets[FRAMING_SIZE];
	struct framing framing;
	size_t room;

	(void)state;
	framing_init(&framing);
	octets[0] = (FRAMING_SIZE - 2) >> 8;
	octets[1] = (FRAMING_SIZE - 2) & 0xff;
	feed(&framing, octets, FRAMING_SIZE - 1);
	assert_none(&framing);
	framing_room(&framing, &room);
	assert_int_equal(room, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    finds_the_same_messages_however_the_stream_is_cut),
		cmocka_unit_test(counts_what_is_no_message_yet),
		cmocka_unit_test(takes_messages_that_just_fit_and_none_larger),
		cmocka_unit_test(always_has_room_behind_half_a_message),
	};

	return cmocka_run_group_tests_name("framing", tests, NULL, NULL);
}
