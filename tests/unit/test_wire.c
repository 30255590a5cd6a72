#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire.h"

static const uint8_t octets[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
	0xef, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xff };

static void
reads_and_writes_the_high_octet_first(void **state)
{
	uint8_t out[sizeof(octets)];
	struct wire_reader reader;
	struct wire_writer writer;

	(void)state;
	wire_read(&reader, octets, sizeof(octets));
	wire_write(&writer, out, sizeof(out));
	wire_write_u64(&writer, wire_read_u64(&reader));
	wire_write_u32(&writer, wire_read_u32(&reader));
	wire_write_u16(&writer, wire_read_u16(&reader));
	wire_write_u8(&writer, wire_read_u8(&reader));
	assert_false(reader.failed);
	assert_false(writer.failed);
	assert_int_equal(wire_left(&reader), 0);
	assert_int_equal(wire_len(&writer), sizeof(octets));
	assert_memory_equal(out, octets, sizeof(octets));

	wire_read(&reader, octets, sizeof(octets));
	assert_true(wire_read_u64(&reader) == UINT64_C(0x0123456789abcdef));
	assert_true(wire_read_u32(&reader) == UINT32_C(0x80818283));
}

static void
a_reader_stops_at_its_end(void **state)
{
	struct wire_reader reader;
	uint8_t copy[4] = { 9, 9, 9, 9 };

	(void)state;
	wire_read(&reader, octets, 3);
	assert_int_equal(wire_read_u16(&reader), 0x0123);
	assert_int_equal(wire_read_u16(&reader), 0);
	assert_true(reader.failed);
	/* One octet is there still, but the first failure stays. */
	assert_int_equal(wire_left(&reader), 1);
	assert_int_equal(wire_read_u8(&reader), 0);
	assert_null(wire_read_octets(&reader, 1));
	wire_read_copy(&reader, copy, sizeof(copy));
	assert_memory_equal(copy, "\0\0\0\0", 4);
	assert_int_equal(wire_left(&reader), 1);
}

static void
lends_octets_where_they_lie(void **state)
{
	struct wire_reader reader;

	(void)state;
	wire_read(&reader, octets, sizeof(octets));
	assert_ptr_equal(wire_read_octets(&reader, 3), octets);
	assert_ptr_equal(wire_read_octets(&reader, 0), octets + 3);
	assert_ptr_equal(wire_read_octets(&reader, 12), octets + 3);
	assert_null(wire_read_octets(&reader, SIZE_MAX));
}

static void
a_writer_stops_at_its_end(void **state)
{
	uint8_t out[4] = { 7, 7, 7, 7 };
	struct wire_writer writer;

	(void)state;
	wire_write(&writer, out, 3);
	wire_write_u16(&writer, 0x0102);
	wire_write_u16(&writer, 0x0304);
	wire_write_u8(&writer, 5);
	wire_write_octets(&writer, "abc", 3);
	wire_write_text(&writer, "");
	assert_true(writer.failed);
	assert_int_equal(wire_len(&writer), 2);
	assert_memory_equal(out, "\1\2\7\7", 4);
}

static void
texts_come_back_as_they_went(void **state)
{
	static const char *const texts[] = { "", "a", "bl.example.org" };
	uint8_t out[64];
	char text[15];
	struct wire_writer writer;
	struct wire_reader reader;

	(void)state;
	wire_write(&writer, out, sizeof(out));
	for (size_t i = 0; i < 3; i++)
		wire_write_text(&writer, texts[i]);
	wire_read(&reader, out, wire_len(&writer));
	for (size_t i = 0; i < 3; i++) {
		wire_read_text(&reader, text, sizeof(text));
		assert_string_equal(text, texts[i]);
	}
	assert_false(reader.failed);
	assert_int_equal(wire_left(&reader), 0);
}

static void
refuses_texts_it_would_have_to_cut(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} cases[] = {
		{ "", 0 },
		{ "\0", 1 },
		{ "\0\1", 2 },
		{ "\0\4abcd", 6 }, /* no room for the NUL */
		{ "\0\3ab", 4 },
		{ "\0\3a\0b", 5 },
		{ "\xff\xff", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wire_reader reader;
		char text[4] = "old";

		wire_read(&reader, cases[i].octets, cases[i].len);
		wire_read_text(&reader, text, sizeof(text));
		assert_true(reader.failed);
		assert_string_equal(text, "");
	}
}

static void
refuses_to_write_text_beyond_its_length_octets(void **state)
{
	uint8_t *out = malloc(0x20000);
	char *text = calloc(1, 0x10001);
	struct wire_writer writer;

	(void)state;
	memset(text, 'x', 0x10000);
	wire_write(&writer, out, 0x20000);
	wire_write_text(&writer, text);
	assert_true(writer.failed);
	assert_int_equal(wire_len(&writer), 0);
	text[0xffff] = '\0';
	wire_write(&writer, out, 0x20000);
	wire_write_text(&writer, text);
	assert_false(writer.failed);
	assert_int_equal(wire_len(&writer), 0x10001);
	free(text);
	free(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_the_high_octet_first),
		cmocka_unit_test(a_reader_stops_at_its_end),
		cmocka_unit_test(lends_octets_where_they_lie),
		cmocka_unit_test(a_writer_stops_at_its_end),
		cmocka_unit_test(texts_come_back_as_they_went),
		cmocka_unit_test(refuses_texts_it_would_have_to_cut),
		cmocka_unit_test(
		    refuses_to_write_text_beyond_its_length_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
