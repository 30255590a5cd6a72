#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/store_private.h"

#define LONGEST 40

/* As LMDB itself orders keys. */
static int
plain_order(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

static void
check(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	const MDB_val first = { a_len, (void *)a },
		      second = { b_len, (void *)b };
	int expected = sign(plain_order(a, a_len, b, b_len));

	assert_int_equal(sign(store_compare_keys(&first, &second)), expected);
	assert_int_equal(sign(store_compare_keys(&second, &first)), -expected);
}

/* Of every length, alike but for one octet, wherever it stands. */
static void
orders_keys_by_their_octets(void **state)
{
	uint8_t a[LONGEST], b[LONGEST];

	(void)state;
	memset(a, 0x7f, sizeof(a));
	for (size_t len = 0; len <= LONGEST; len++) {
		memcpy(b, a, sizeof(b));
		check(a, len, b, len);
		for (size_t i = 0; i < len; i++) {
			b[i] = 0x80;
			check(a, len, b, len);
			b[i] = 0x7e;
			check(a, len, b, len);
			b[i] = 0x7f;
		}
	}
}

static void
the_shorter_of_two_that_begin_alike_comes_first(void **state)
{
	uint8_t a[LONGEST], b[LONGEST];

	(void)state;
	memset(a, 0, sizeof(a));
	for (size_t len = 0; len <= LONGEST; len++) {
		for (size_t other = 0; other <= LONGEST; other++) {
			memset(b, 0, sizeof(b));
			check(a, len, b, other);
			if (other > 0)
				b[other - 1] = 0xff;
			check(a, len, b, other);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_keys_by_their_octets),
		cmocka_unit_test(
		    the_shorter_of_two_that_begin_alike_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
