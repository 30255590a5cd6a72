#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "db/remedy.h"

static bool
is_whole_sentences(const char *text)
{
	return text[strlen(text) - 1] == '.' && strstr(text, "  ") == NULL;
}

static unsigned
count_of(const char *text, char c)
{
	unsigned count = 0;

	for (; *text != '\0'; text++)
		count += *text == c;
	return count;
}

static void
says_what_to_do_and_what_to_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < remedy_count; i++) {
		const struct remedy *remedy = &remedies[i];
		size_t len = strlen(remedy->settings);

		assert_true(is_whole_sentences(remedy->how));
		assert_int_equal(count_of(remedy->how, '`') % 2, 0);
		assert_true(remedy->causes != 0);
		/* Neither an end of line at the end, nor what a terminal or a
		 * page would show in its own way. */
		assert_true(len == 0 || remedy->settings[len - 1] != '\n');
		assert_null(strchr(remedy->settings, '\t'));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(remedies[k].name, remedy->name);
	}
}

/* Two of one cause for one system would leave their reader wondering. */
static void
has_one_for_each_cause_and_system(void **state)
{
	(void)state;
	for (size_t i = 0; i < remedy_count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (strcmp(remedies[i].software,
				remedies[k].software) == 0)
				assert_int_equal(
				    remedies[i].causes & remedies[k].causes, 0);
		}
	}
}

static void
fits_software_by_a_whole_name(void **state)
{
	static const struct {
		const char *in, *software;
		bool fits;
	} cases[] = {
		{ "Postfix", "Postfix", true },
		{ "Postfix, Sendmail", "Sendmail", true },
		{ "Dovecot, Sieve", "Sieve", true },
		{ "Exchange Server, Microsoft 365", "Exchange", true },
		{ "procmail, vacation(1)", "vacation", true },
		{ "cPanel BoxTrapper", "cPanel BoxTrapper", true },
		{ "Postfix", "", false },
		{ "Postfix", "fix", false },
		{ "Postfix", "Post", false },
		{ "Postfix", "e", false },
		{ "Sendmail", "mail, Postfix", false },
		{ "qmailx, qmail", "qmail", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct remedy remedy = { .software = cases[i].in };

		assert_int_equal(
		    remedy_fits(&remedy, cases[i].software), cases[i].fits);
	}
}

static void
is_for_the_causes_that_it_names(void **state)
{
	struct remedy remedy = { .causes = 1u << CAUSE_QUOTA };

	(void)state;
	assert_true(remedy_is_for(&remedy, &causes[CAUSE_QUOTA]));
	assert_false(remedy_is_for(&remedy, &causes[CAUSE_LOOP]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_to_do_and_what_to_write),
		cmocka_unit_test(has_one_for_each_cause_and_system),
		cmocka_unit_test(fits_software_by_a_whole_name),
		cmocka_unit_test(is_for_the_causes_that_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
