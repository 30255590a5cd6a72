#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "ingest/mbox.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MOST 10000

static FILE *
open_text(const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	return file;
}

static void
splits_a_file_into_its_messages(void **state)
{
	static const struct {
		const char *file;
		const char *messages[4];
	} cases[] = {
		{ "", { NULL } },
		{ "From a@b.example Tue Jan 13 08:15:20 2026\nS: x\n\nt\n",
		    { "S: x\n\nt\n" } },
		{ "From a\nS: 1\n\none\n\nFrom b\nS: 2\n\ntwo\n\n",
		    { "S: 1\n\none\n", "S: 2\n\ntwo\n" } },
		/* Only behind an empty line, or quoted. */
		{ "From a\nS: 1\n\none\nFrom here\n>From there\n"
		  ">>From where\n> From\n",
		    { "S: 1\n\none\nFrom here\nFrom there\n>From where\n"
		      "> From\n" } },
		/* Empty lines of the message's own. */
		{ "From a\nS: 1\n\n\n\none\n\n\nFrom b\n\n",
		    { "S: 1\n\n\n\none\n\n", "" } },
		{ "From a\r\nS: 1\r\n\r\none\r\n\r\nFrom b\r\nS: 2\r\n",
		    { "S: 1\r\n\none\r\n", "S: 2\r\n" } },
		{ "From a\nno end", { "no end" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		FILE *file = open_text(cases[i].file);
		struct mbox mbox;
		char *octets;
		size_t len;

		assert_int_equal(mbox_begin(&mbox, file, 0, MOST), 0);
		for (unsigned n = 0; cases[i].messages[n] != NULL; n++) {
			assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
			assert_string_equal(octets, cases[i].messages[n]);
			assert_int_equal(len, strlen(octets));
			free(octets);
		}
		assert_int_equal(mbox_next(&mbox, &octets, &len), 0);
		assert_int_equal(mbox.end, strlen(cases[i].file));
		fclose(file);
	}
}

static void
goes_on_where_it_ended(void **state)
{
	FILE *file = open_text("From a\nS: 1\n\none\n\nFrom b\nS: 2\n\ntwo\n");
	struct mbox mbox;
	char *octets;
	size_t len;
	off_t end;

	(void)state;
	assert_int_equal(mbox_begin(&mbox, file, 0, MOST), 0);
	assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
	free(octets);
	end = mbox.end;
	assert_int_equal(mbox_begin(&mbox, file, end, MOST), 0);
	assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
	assert_string_equal(octets, "S: 2\n\ntwo\n");
	assert_string_equal(mbox.sender, "b");
	free(octets);
	/* At the end there is nothing more; a place within is none. */
	assert_int_equal(mbox_begin(&mbox, file, mbox.end, MOST), 0);
	assert_int_equal(mbox_next(&mbox, &octets, &len), 0);
	assert_int_equal(mbox_begin(&mbox, file, end - 2, MOST), ERROR_FORMAT);
	fclose(file);
}

static void
refuses_what_is_no_mbox(void **state)
{
	FILE *file = open_text("Subject: a message\n\nFrom here\n");
	struct mbox mbox;

	(void)state;
	assert_int_equal(mbox_begin(&mbox, file, 0, MOST), ERROR_FORMAT);
	fclose(file);
}

static void
keeps_so_much_of_a_message(void **state)
{
	FILE *file = open_text("From a\n");
	struct mbox mbox;
	char *octets;
	size_t len;

	(void)state;
	for (int i = 0; i < 5000; i++)
		fputs("xxxxxxxxxxxxxxxxxxx\n", file);
	for (int i = 0; i < 100000; i++)
		putc('y', file);
	fputs("\n\nFrom b\nnext\n", file);
	assert_int_equal(mbox_begin(&mbox, file, 0, MOST), 0);
	assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
	assert_int_equal(len, MOST);
	free(octets);
	assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
	assert_string_equal(octets, "next\n");
	free(octets);
	fclose(file);
}

static void
reads_sender_and_time(void **state)
{
	static const struct {
		const char *line, *sender;
		int64_t at;
	} cases[] = {
		{ "From a@b.example Tue Jan 13 08:15:20 2026", "a@b.example",
		    1768292120 },
		{ "From MAILER-DAEMON  Tue Jan 13 08:15:20 2026",
		    "MAILER-DAEMON", 1768292120 },
		{ "From a", "a", 0 },
		{ "From ", "", 0 },
		{ "From a yesterday", "a", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		FILE *file = open_text(cases[i].line);
		struct mbox mbox;
		char *octets;
		size_t len;

		assert_int_equal(mbox_begin(&mbox, file, 0, MOST), 0);
		assert_int_equal(mbox_next(&mbox, &octets, &len), 1);
		assert_string_equal(mbox.sender, cases[i].sender);
		assert_int_equal(mbox.at, cases[i].at);
		free(octets);
		fclose(file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_a_file_into_its_messages),
		cmocka_unit_test(goes_on_where_it_ended),
		cmocka_unit_test(refuses_what_is_no_mbox),
		cmocka_unit_test(keeps_so_much_of_a_message),
		cmocka_unit_test(reads_sender_and_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
