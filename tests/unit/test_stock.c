#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "httpapi/stock.h"

static struct stock_fields
fields_with(const char *tag)
{
	return (struct stock_fields){
		.fixed = { { "Content-Type", "application/json" },
		    { "Vary", "Accept" } },
		.fixed_count = 2,
		.own = { { "ETag", tag }, { "X-Request-Id", "7" } },
		.own_count = 2,
	};
}

static int
set_up(void **state)
{
	return stock_new((struct stock **)state);
}

static int
tear_down(void **state)
{
	stock_free(*state);
	return 0;
}

static const char *
field_of(const struct stocked *stocked, const char *name)
{
	return MHD_get_response_header(stock_response(stocked), name);
}

static void
what_is_alike_is_used_again_with_fields_of_its_own(void **state)
{
	struct stock_fields first = fields_with("\"a\"");
	struct stock_fields second = fields_with("\"b\"");
	struct stocked *one = stock_take(*state, &first, "12345", 5), *again;

	assert_string_equal(field_of(one, "ETag"), "\"a\"");
	stock_give(*state, one);
	again = stock_take(*state, &second, "67890", 5);
	assert_ptr_equal(again, one);
	assert_string_equal(field_of(again, "ETag"), "\"b\"");
	assert_string_equal(field_of(again, "Vary"), "Accept");
	assert_int_equal(
	    MHD_get_response_headers(stock_response(again), NULL, NULL), 4);
	stock_give(*state, again);
}

static void
what_is_out_is_given_to_nobody_else(void **state)
{
	struct stock_fields fields = fields_with("\"a\"");
	struct stocked *one = stock_take(*state, &fields, "12345", 5);
	struct stocked *other = stock_take(*state, &fields, "12345", 5);

	assert_ptr_not_equal(one, other);
	stock_give(*state, one);
	stock_give(*state, other);
}

static void
another_length_or_field_is_another_response(void **state)
{
	struct stock_fields fields = fields_with("\"a\""), bare = fields;
	struct stock_fields text = fields;
	struct stocked *one = stock_take(*state, &fields, "12345", 5), *other;

	stock_give(*state, one);
	other = stock_take(*state, &fields, "1234", 4);
	assert_ptr_not_equal(other, one);
	stock_give(*state, other);
	bare.fixed_count = 1;
	other = stock_take(*state, &bare, "12345", 5);
	assert_null(field_of(other, "Vary"));
	stock_give(*state, other);
	text.fixed[0].value = "text/plain";
	other = stock_take(*state, &text, "12345", 5);
	assert_string_equal(field_of(other, "Content-Type"), "text/plain");
	stock_give(*state, other);
}

/* Twice as many at once as any shelf holds, of each of many lengths. */
static void
many_come_and_go(void **state)
{
	static const char body[STOCK_BODY_MAX];
	struct stock_fields fields = fields_with("\"a\"");
	struct stocked *out[8];

	for (size_t len = 0; len <= STOCK_BODY_MAX; len += 8) {
		for (size_t i = 0; i < 8; i++) {
			out[i] = stock_take(*state, &fields, body, len);
			assert_non_null(out[i]);
		}
		for (size_t i = 0; i < 8; i++)
			stock_give(*state, out[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_is_alike_is_used_again_with_fields_of_its_own, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    what_is_out_is_given_to_nobody_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    another_length_or_field_is_another_response, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    many_come_and_go, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
