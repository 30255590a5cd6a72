#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/trap.h"
#include "tests/support/test_store.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
add(struct store_txn *txn, const char *pattern)
{
	struct trap trap;

	assert_int_equal(trap_add(txn, pattern, TEST_NOW, &trap), 0);
}

static void
add_some(struct store_txn *txn)
{
	add(txn, "alice@mixed.example");
	add(txn, "\"a b\"@mixed.example");
	add(txn, "tag+in@mixed.example");
	add(txn, "@whole.example");
	add(txn, "@.below.example");
	add(txn, "bob@sub.below.example");
}

static void
finds_whose_address_it_is(void **state)
{
	static const struct {
		const char *mailbox;
		const char *trap; /* its domain; NULL none, "role" */
		bool whole, subdomains;
	} cases[] = {
		{ "alice@mixed.example", "mixed.example", false, false },
		{ "ALICE@Mixed.EXAMPLE", "mixed.example", false, false },
		{ "alice@mixed.example.", "mixed.example", false, false },
		{ "\"alice\"@mixed.example", "mixed.example", false, false },
		{ "alice+tag@mixed.example", "mixed.example", false, false },
		{ "\"a b\"@mixed.example", "mixed.example", false, false },
		{ "tag+in@mixed.example", "mixed.example", false, false },
		{ "tag@mixed.example", NULL, false, false },
		{ "carol@mixed.example", NULL, false, false },
		{ "+alice@mixed.example", NULL, false, false },
		{ "alice@sub.mixed.example", NULL, false, false },
		{ "anybody@whole.example", "whole.example", true, false },
		{ "any..body@whole.example", "whole.example", true, false },
		{ "anybody@sub.whole.example", NULL, false, false },
		{ "x@below.example", "below.example", true, true },
		{ "x@a.b.below.example", "below.example", true, true },
		{ "bob@sub.below.example", "sub.below.example", false, false },
		{ "x@sub.below.example", "below.example", true, true },
		{ "x@notbelow.example", NULL, false, false },
		{ "postmaster", "role", false, false },
		{ "PostMaster", "role", false, false },
		{ "postmaster@mixed.example", "role", false, false },
		{ "Abuse@whole.example", "role", false, false },
		{ "abuse+x@whole.example", "role", false, false },
		{ "postmaster@a.below.example", "role", false, false },
		{ "postmaster@other.example", NULL, false, false },
		{ "abuse", NULL, false, false },
		{ "alice", NULL, false, false },
		{ "", NULL, false, false },
		{ "@", NULL, false, false },
		{ "@whole.example", NULL, false, false },
		{ "alice@", NULL, false, false },
		{ "alice@[192.0.2.1]", NULL, false, false },
		{ "alice@mixed.example@other.example", NULL, false, false },
	};
	struct store_txn *txn = test_store_txn(state);

	add_some(txn);
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum trap_match expected = TRAP_MATCH_TRAP;
		struct trap trap;

		if (cases[i].trap == NULL)
			expected = TRAP_MATCH_NONE;
		else if (strcmp(cases[i].trap, "role") == 0)
			expected = TRAP_MATCH_ROLE;
		assert_int_equal(
		    trap_find(txn, cases[i].mailbox, &trap), expected);
		if (expected != TRAP_MATCH_TRAP)
			continue;
		assert_string_equal(trap.domain, cases[i].trap);
		assert_int_equal(trap.whole_domain, cases[i].whole);
		assert_int_equal(trap.subdomains, cases[i].subdomains);
		assert_int_not_equal(trap.id, 0);
	}
}

static void
all_of_a_domain_is_one_trap(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct trap a, b;

	add_some(txn);
	assert_int_equal(
	    trap_find(txn, "x1@whole.example", &a), TRAP_MATCH_TRAP);
	assert_int_equal(
	    trap_find(txn, "x2@whole.example", &b), TRAP_MATCH_TRAP);
	assert_true(a.id == b.id);
	assert_int_equal(
	    trap_find(txn, "alice@mixed.example", &a), TRAP_MATCH_TRAP);
	assert_int_equal(
	    trap_find(txn, "\"a b\"@mixed.example", &b), TRAP_MATCH_TRAP);
	assert_true(a.id != b.id);
}

static void
what_is_removed_is_a_trap_no_more(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct trap trap;

	add_some(txn);
	assert_int_equal(
	    trap_remove(txn, "carol@mixed.example"), ERROR_NOT_FOUND);
	assert_int_equal(trap_remove(txn, "carol"), ERROR_FORMAT);
	assert_int_equal(trap_remove(txn, "Alice@mixed.example"), 0);
	assert_int_equal(
	    trap_find(txn, "alice@mixed.example", &trap), TRAP_MATCH_NONE);
	assert_int_equal(
	    trap_find(txn, "postmaster@mixed.example", &trap), TRAP_MATCH_ROLE);
	assert_int_equal(trap_remove(txn, "\"a b\"@mixed.example"), 0);
	assert_int_equal(trap_remove(txn, "tag+in@mixed.example"), 0);
	assert_int_equal(
	    trap_find(txn, "postmaster@mixed.example", &trap), TRAP_MATCH_NONE);
	assert_int_equal(trap_remove(txn, "@whole.example"), 0);
	assert_int_equal(trap_remove(txn, "@.below.example"), 0);
	assert_int_equal(trap_remove(txn, "bob@sub.below.example"), 0);
	assert_int_equal(store_count(txn, TABLE_TRAP), 0);
}

static void
is_added_once(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct trap trap;

	add_some(txn);
	assert_int_equal(trap_add(txn, "ALICE@mixed.example", TEST_NOW, &trap),
	    ERROR_EXISTS);
	assert_int_equal(trap_add(txn, "@.whole.example", TEST_NOW, &trap), 0);
}

static void
hits_and_states_are_kept(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct trap trap;

	add_some(txn);
	trap_find(txn, "alice@mixed.example", &trap);
	assert_int_equal(trap.state, TRAP_ACTIVE);
	assert_int_equal(trap.last_hit_at, 0);
	assert_int_equal(trap_hit(txn, trap.id, TEST_NOW + 5), 0);
	assert_int_equal(trap_hit(txn, trap.id, TEST_NOW + 3), 0);
	assert_int_equal(
	    trap_set(txn, "alice@mixed.example",
		&(struct trap_change){ TRAP_CONDITIONING, TRAP_KEEP, NULL },
		TEST_NOW, &trap),
	    0);
	trap_find(txn, "alice@mixed.example", &trap);
	assert_int_equal(trap.hits, 2);
	assert_int_equal(trap.last_hit_at, TEST_NOW + 5);
	assert_int_equal(trap.state, TRAP_CONDITIONING);
	assert_int_equal(trap.added_at, TEST_NOW);
	assert_int_equal(trap_hit(txn, 42, TEST_NOW), ERROR_NOT_FOUND);
	assert_int_equal(
	    trap_set(txn, "carol@mixed.example",
		&(struct trap_change){ TRAP_RETIRED, TRAP_KEEP, NULL },
		TEST_NOW, &trap),
	    ERROR_NOT_FOUND);
}

static void
a_reason_stays_until_another_is_given(void **state)
{
	struct trap_change change = { TRAP_KEEP, TRAP_KEEP, "sold in 2019" };
	struct store_txn *txn = test_store_txn(state);
	char longest[TRAP_REASON_MAX + 2];
	struct trap trap;

	add(txn, "@whole.example");
	assert_int_equal(
	    trap_set(txn, "@whole.example", &change, TEST_NOW, &trap), 0);
	change = (struct trap_change){ TRAP_RETIRED, TRAP_KEEP, NULL };
	assert_int_equal(
	    trap_set(txn, "@whole.example", &change, TEST_NOW, &trap), 0);
	assert_int_equal(trap_hit(txn, trap.id, TEST_NOW), 0);
	trap_find(txn, "x@whole.example", &trap);
	assert_string_equal(trap.reason, "sold in 2019");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[TRAP_REASON_MAX + 1] = '\0';
	change.reason = longest;
	assert_int_equal(
	    trap_set(txn, "@whole.example", &change, TEST_NOW, &trap),
	    ERROR_LIMIT);
	change.reason++;
	assert_int_equal(
	    trap_set(txn, "@whole.example", &change, TEST_NOW, &trap), 0);
	assert_int_equal(trap_get(txn, trap.id, &trap), 0);
	assert_string_equal(trap.reason, longest + 1);
}

static int
collect(const struct trap *trap, void *context)
{
	char text[TRAP_TEXT_MAX];

	trap_format(trap, text);
	assert_null(strstr(text, "alice"));
	if (strcmp(text, "@.below.example") == 0)
		++*(int *)context;
	if (strcmp(text, "@whole.example") == 0)
		++*(int *)context;
	if (text[0] == '#' && strcmp(text + 9, "@mixed.example") == 0)
		++*(int *)context;
	return 0;
}

static void
lists_them_without_their_names(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	int known = 0;

	add_some(txn);
	assert_int_equal(trap_list(txn, collect, &known), 0);
	assert_int_equal(known, 5);
}

static void
no_name_of_a_trap_is_stored(void **state)
{
	struct store_txn *txn = test_store_txn(state);
	struct store_cursor *cursor;
	struct octets key, value;

	add(txn, "veryunusual@mixed.example");
	assert_int_equal(store_cursor_open(txn, TABLE_TRAP, &cursor), 0);
	while (store_move(cursor, STORE_NEXT, &key, &value) == 0) {
		assert_null(memmem(key.data, key.len, "unusual", 7));
		assert_null(memmem(value.data, value.len, "unusual", 7));
	}
	store_cursor_close(cursor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_WITH_STORE(finds_whose_address_it_is),
		TEST_WITH_STORE(all_of_a_domain_is_one_trap),
		TEST_WITH_STORE(what_is_removed_is_a_trap_no_more),
		TEST_WITH_STORE(is_added_once),
		TEST_WITH_STORE(hits_and_states_are_kept),
		TEST_WITH_STORE(a_reason_stays_until_another_is_given),
		TEST_WITH_STORE(lists_them_without_their_names),
		TEST_WITH_STORE(no_name_of_a_trap_is_stored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
