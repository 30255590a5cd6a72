#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "db/trap_pattern.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define TEN "aaaaaaaaaa"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void
takes_patterns_apart(void **state)
{
	static const struct {
		const char *text, *local, *domain;
		bool subdomains;
	} cases[] = {
		{ "alice@trap.example", "alice", "trap.example", false },
		{ "Alice@TRAP.Example", "alice", "trap.example", false },
		{ "alice@trap.example.", "alice", "trap.example", false },
		{ "@trap.example", "", "trap.example", false },
		{ "@.trap.example", "", "trap.example", true },
		{ "a.b+c@trap.example", "a.b+c", "trap.example", false },
		{ "\"a b\"@trap.example", "a b", "trap.example", false },
		{ "\"alice\"@trap.example", "alice", "trap.example", false },
		{ "\"a@b\"@trap.example", "a@b", "trap.example", false },
		{ "\"a\\\"b\"@trap.example", "a\"b", "trap.example", false },
		{ "a@xn--bcher-kva.example", "a", "xn--bcher-kva.example",
		    false },
		{ "j\xc3\xbcrgen@b\xc3\xbc"
		  "cher.example",
		    "j\xc3\xbcrgen",
		    "b\xc3\xbc"
		    "cher.example",
		    false },
		{ "a@1.2.3.4.example", "a", "1.2.3.4.example", false },
		{ SIXTY "aaaa@trap.example", SIXTY "aaaa", "trap.example",
		    false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trap_pattern pattern;

		assert_int_equal(
		    trap_pattern_parse(cases[i].text, &pattern), 0);
		assert_string_equal(pattern.local, cases[i].local);
		assert_string_equal(pattern.domain, cases[i].domain);
		assert_int_equal(pattern.subdomains, cases[i].subdomains);
	}
}

static void
refuses_what_is_no_pattern(void **state)
{
	static const char *const texts[] = { "", "@", "alice", "trap.example",
		"alice@", "@.", "@example", "@.com", "alice@localhost",
		"alice@trap..example", "alice@.trap.example", "@..trap.example",
		"alice@-trap.example", "alice@trap-.example",
		"alice@tr_ap.example", "alice@trap.example..",
		"alice@[192.0.2.1]", "alice@192.0.2.1", "alice@trap.123",
		"al ice@trap.example", ".alice@trap.example",
		"alice.@trap.example", "a..b@trap.example",
		"\"alice@trap.example", "alice\"@trap.example",
		"\"\"@trap.example", "\"a\"b\"@trap.example",
		"\"a\\\"@trap.example", "a@b@trap.example",
		"alice@trap.example ", " alice@trap.example",
		"alice@trap.exam ple", "al\tice@trap.example",
		"\"al\tice\"@trap.example", "<alice@trap.example>",
		"a@" SIXTY "aaaa.example", SIXTY "aaaaa@trap.example",
		"a@" SIXTY "." SIXTY "." SIXTY "." SIXTY "." TEN,
		"j\xfcrgen@trap.example", "a@b\xc3.example", "a@\xff.example" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct trap_pattern pattern;

		assert_int_equal(
		    trap_pattern_parse(texts[i], &pattern), ERROR_FORMAT);
	}
}

static void
nobody_makes_a_trap_of_the_postmaster(void **state)
{
	struct trap_pattern pattern;

	(void)state;
	assert_int_equal(
	    trap_pattern_parse("postmaster@trap.example", &pattern),
	    ERROR_REFUSED);
	assert_int_equal(
	    trap_pattern_parse("Abuse@trap.example", &pattern), ERROR_REFUSED);
}

static void
a_mailbox_needs_a_domain_alone(void **state)
{
	static const struct {
		const char *mailbox, *local, *domain;
	} cases[] = {
		{ "Alice@Trap.Example", "alice", "trap.example" },
		{ "\"a b\"@trap.example", "a b", "trap.example" },
		{ "any..body@trap.example", "", "trap.example" },
		{ "\"open@trap.example", "", "trap.example" },
		{ SIXTY TEN "@trap.example", "", "trap.example" },
		{ "alice@", NULL, NULL },
		{ "@trap.example", NULL, NULL },
		{ "alice", NULL, NULL },
		{ "alice@[192.0.2.1]", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trap_pattern pattern;
		int code = trap_pattern_of_mailbox(cases[i].mailbox, &pattern);

		assert_int_equal(
		    code, cases[i].local == NULL ? ERROR_FORMAT : 0);
		if (code != 0)
			continue;
		assert_string_equal(pattern.local, cases[i].local);
		assert_string_equal(pattern.domain, cases[i].domain);
	}
}

static void
a_tag_comes_off_the_end(void **state)
{
	static const struct {
		const char *local, *left;
		bool role;
	} cases[] = {
		{ "alice", NULL, false },
		{ "alice+x", "alice", false },
		{ "alice+x+y", "alice", false },
		{ "alice+", "alice", false },
		{ "+x", NULL, false },
		{ "abuse", NULL, true },
		{ "abuse+x", "abuse", true },
		{ "postmaster", NULL, true },
		{ "postmasters", NULL, false },
		{ "", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char local[TRAP_LOCAL_MAX + 1];

		strcpy(local, cases[i].local);
		assert_int_equal(trap_local_is_role(local), cases[i].role);
		assert_int_equal(
		    trap_local_drop_tag(local), cases[i].left != NULL);
		assert_string_equal(local,
		    cases[i].left != NULL ? cases[i].left : cases[i].local);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_patterns_apart),
		cmocka_unit_test(refuses_what_is_no_pattern),
		cmocka_unit_test(nobody_makes_a_trap_of_the_postmaster),
		cmocka_unit_test(a_mailbox_needs_a_domain_alone),
		cmocka_unit_test(a_tag_comes_off_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
