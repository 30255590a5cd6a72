#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/strbuf.h"

static void
is_an_empty_string_from_the_start(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 10);
	assert_string_equal(buf.text, "");
	assert_int_equal(buf.len, 0);
	strbuf_deinit(&buf);
	strbuf_deinit(&buf);
	assert_string_equal(buf.text, "");
}

static void
puts_pieces_together(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 100);
	strbuf_puts(&buf, "listed ");
	strbuf_add(&buf, "address=xyz", 8);
	strbuf_printf(&buf, "%d.%s", 192, "0.2.1");
	strbuf_putc(&buf, '!');
	strbuf_printf(&buf, "%s", "");
	strbuf_puts(&buf, "");
	assert_string_equal(buf.text, "listed address=192.0.2.1!");
	assert_int_equal(buf.len, strlen(buf.text));
	assert_int_equal(buf.error, 0);
	strbuf_deinit(&buf);
}

/* Where it is written to by hand it stays a string, within the same bound. */
static void
gives_room_to_write_by_hand(void **state)
{
	struct strbuf buf;
	char *room;

	(void)state;
	strbuf_init(&buf, 6);
	strbuf_puts(&buf, "ab");
	room = strbuf_room(&buf, 4);
	assert_non_null(room);
	memcpy(room, "cdef", 4);
	strbuf_wrote(&buf, 2);
	assert_string_equal(buf.text, "abcd");
	assert_null(strbuf_room(&buf, 3));
	assert_int_equal(buf.error, ERROR_LIMIT);
	assert_string_equal(buf.text, "abcd");
	strbuf_deinit(&buf);
}

static void
keeps_octets_that_are_no_text(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 100);
	strbuf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.len, 3);
	assert_memory_equal(buf.text, "a\0b", 4);
	strbuf_deinit(&buf);
}

static void
grows_up_to_its_bound_and_no_further(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 1000);
	for (int i = 0; i < 1000; i++)
		strbuf_putc(&buf, 'x');
	assert_int_equal(buf.error, 0);
	assert_int_equal(buf.len, 1000);
	strbuf_putc(&buf, 'y');
	assert_int_equal(buf.error, ERROR_LIMIT);
	assert_int_equal(buf.len, 1000);
	assert_int_equal(buf.text[999], 'x');
	assert_int_equal(buf.text[1000], '\0');
	strbuf_deinit(&buf);
}

static void
adds_nothing_after_the_first_failure(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 5);
	strbuf_puts(&buf, "abc");
	strbuf_puts(&buf, "too long");
	strbuf_puts(&buf, "d");
	strbuf_printf(&buf, "%c", 'e');
	assert_string_equal(buf.text, "abc");
	assert_int_equal(buf.error, ERROR_LIMIT);
	assert_null(strbuf_take(&buf));
	assert_string_equal(buf.text, "");
	strbuf_deinit(&buf);
}

static void
begins_anew_when_cleared(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 5);
	strbuf_puts(&buf, "abcdef");
	strbuf_clear(&buf);
	strbuf_puts(&buf, "abcde");
	assert_int_equal(buf.error, 0);
	assert_string_equal(buf.text, "abcde");
	strbuf_deinit(&buf);
}

static void
hands_its_text_over(void **state)
{
	struct strbuf buf;
	char *text;

	(void)state;
	strbuf_init(&buf, 100);
	strbuf_puts(&buf, "abc");
	text = strbuf_take(&buf);
	assert_string_equal(text, "abc");
	free(text);
	assert_string_equal(buf.text, "");
	text = strbuf_take(&buf);
	assert_string_equal(text, "");
	free(text);
}

static void
room_made_before_changes_nothing_that_is_seen(void **state)
{
	struct strbuf buf;

	(void)state;
	strbuf_init(&buf, 10);
	strbuf_reserve(&buf, 1000);
	assert_int_equal(buf.error, 0);
	assert_string_equal(buf.text, "");
	strbuf_printf(&buf, "%s", "123456789");
	strbuf_putc(&buf, '0');
	assert_int_equal(buf.error, 0);
	assert_string_equal(buf.text, "1234567890");
	strbuf_printf(&buf, "%d", 1);
	assert_int_equal(buf.error, ERROR_LIMIT);
	assert_string_equal(buf.text, "1234567890");
	strbuf_clear(&buf);
	strbuf_putc(&buf, 'a');
	assert_string_equal(buf.text, "a");
	strbuf_deinit(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_an_empty_string_from_the_start),
		cmocka_unit_test(puts_pieces_together),
		cmocka_unit_test(gives_room_to_write_by_hand),
		cmocka_unit_test(keeps_octets_that_are_no_text),
		cmocka_unit_test(grows_up_to_its_bound_and_no_further),
		cmocka_unit_test(adds_nothing_after_the_first_failure),
		cmocka_unit_test(begins_anew_when_cleared),
		cmocka_unit_test(hands_its_text_over),
		cmocka_unit_test(room_made_before_changes_nothing_that_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
