#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "httpapi/request.h"

/* What a browser sends beside its cookies; and with a proxy's additions. */
#define BROWSER_SIZE 900
#define BROWSER_FIELDS 18

static void
lets_a_browser_bring_8_kib_of_cookies(void **state)
{
	(void)state;
	assert_true(request_room(BROWSER_SIZE + (8 << 10), BROWSER_FIELDS) >=
		    REQUEST_REPLY_ROOM);
	assert_true(request_room(BROWSER_SIZE + (9 << 10), BROWSER_FIELDS) <
		    REQUEST_REPLY_ROOM);
}

static void
lets_in_as_many_small_fields_as_are_read(void **state)
{
	(void)state;
	assert_true(
	    request_room(FIELDS_MAX * 40, FIELDS_MAX) >= REQUEST_REPLY_ROOM);
}

/* What was read ahead is part of the half, however short the header. */
static void
takes_half_of_the_memory_as_full(void **state)
{
	(void)state;
	assert_int_equal(request_room(40, 1), request_room(5000, 1));
	assert_true(request_room(40, 1) < REQUEST_MEMORY / 2);
}

static void
counts_each_octet_and_each_field(void **state)
{
	size_t room = request_room(7000, 10);

	(void)state;
	assert_int_equal(request_room(7001, 10), room - 1);
	assert_int_equal(request_room(7000, 11), room - 64);
}

static void
has_none_left_rather_than_less(void **state)
{
	(void)state;
	assert_int_equal(request_room(REQUEST_MEMORY, 1), 0);
	assert_int_equal(request_room((size_t)1 << 30, FIELDS_MAX), 0);
	assert_int_equal(request_room(40, 1000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_a_browser_bring_8_kib_of_cookies),
		cmocka_unit_test(lets_in_as_many_small_fields_as_are_read),
		cmocka_unit_test(takes_half_of_the_memory_as_full),
		cmocka_unit_test(counts_each_octet_and_each_field),
		cmocka_unit_test(has_none_left_rather_than_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
