#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/log.h"
#include "tests/support/capture.h"

static void
escapes_what_could_be_misread(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "plain", "plain" }, { "a@b.example", "a@b.example" },
		{ "", "\"\"" }, { "two words", "\"two words\"" },
		{ "key=value", "\"key=value\"" }, { "it's", "\"it's\"" },
		{ "a\"b", "\"a\\x22b\"" }, { "a\\b", "a\\x5Cb" },
		{ "a\r\nlisted", "a\\x0D\\x0Alisted" },
		{ "\x1b[31m", "\\x1B[31m" }, { "\x7f", "\\x7F" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x93\xa7", "\xf0\x9f\x93\xa7" },
		{ "\xff\xfe", "\\xFF\\xFE" }, { "\xc3", "\\xC3" },
		{ "\xe2\x82", "\\xE2\\x82" },
		{ "\xc0\xaf", "\\xC0\\xAF" },	       /* overlong */
		{ "\xed\xa0\x80", "\\xED\\xA0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80" },
		{ "\xc2\x9b", "\\xC2\\x9B" }, /* a control of ISO 6429 */
		{ "\xe2\x80\xae", "\\xE2\\x80\\xAE" }, /* a mark of direction */
	};
	char out[LOG_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    log_escape(cases[i].text, out), cases[i].shown);
}

static void
cuts_long_text_between_characters(void **state)
{
	char text[600], out[LOG_TEXT_MAX];

	(void)state;
	for (size_t len = 240; len < sizeof(text); len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		log_escape(text, out);
		if (len < LOG_TEXT_MAX)
			assert_string_equal(out, text);
		else
			assert_string_equal(
			    out + LOG_TEXT_MAX - 1 - 5, "xx...");
	}
	memset(text, '\n', sizeof(text) - 1);
	log_escape(text, out);
	assert_string_equal(out + strlen(out) - 7, "\\x0A...");
	text[0] = ' ';
	log_escape(text, out);
	assert_string_equal(out + strlen(out) - 8, "\\x0A...\"");
}

static char *
line_of(enum log_level least, const char *journal)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	char own[64];
	struct stat st;

	fstat(STDERR_FILENO, &st);
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	if (journal == NULL)
		unsetenv("JOURNAL_STREAM");
	else
		setenv("JOURNAL_STREAM",
		    strcmp(journal, "own") == 0 ? own : journal, 1);
	log_open("tester", least);
	log_notice("listed address=%s kind=%s", "192.0.2.1", "dsn");
	return capture_end(&capture);
}

static void
writes_time_program_and_level_for_a_terminal(void **state)
{
	char *line = line_of(LOG_LEVEL_INFO, NULL);

	(void)state;
	assert_int_equal(line[4], '-');
	assert_int_equal(line[19], 'Z');
	assert_string_equal(
	    line + 20, " tester notice listed address=192.0.2.1 kind=dsn\n");
	free(line);
}

static void
writes_the_priority_for_the_journal(void **state)
{
	char *line = line_of(LOG_LEVEL_INFO, "own");

	(void)state;
	assert_string_equal(line, "<5>listed address=192.0.2.1 kind=dsn\n");
	free(line);
	/* Inherited, but our output goes elsewhere. */
	line = line_of(LOG_LEVEL_INFO, "1:1");
	assert_int_not_equal(line[0], '<');
	free(line);
}

static void
leaves_out_what_is_less_urgent_than_asked(void **state)
{
	char *line = line_of(LOG_LEVEL_WARNING, NULL);

	(void)state;
	assert_string_equal(line, "");
	free(line);
}

static void
knows_its_levels_by_name(void **state)
{
	enum log_level level;

	(void)state;
	assert_int_equal(log_level_parse("error", &level), 0);
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_int_equal(log_level_parse("debug", &level), 0);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
	assert_int_equal(log_level_parse("Error", &level), ERROR_FORMAT);
	assert_int_equal(log_level_parse("", &level), ERROR_FORMAT);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

static void
no_event_becomes_two_lines(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	char *text, *big = calloc(1, 10001);

	(void)state;
	memset(big, 'x', 10000);
	log_open("tester", LOG_LEVEL_INFO);
	log_info("mail sender=%s", "a\nlisted address=192.0.2.1");
	log_info("mail sender=%s", big);
	text = capture_end(&capture);
	assert_non_null(strstr(text, "sender=a?listed"));
	assert_string_equal(text + strlen(text) - 5, "x...\n");
	assert_true(strlen(text) < 5000);
	free(text);
	free(big);
}

static void *
write_many(void *letter)
{
	char word[201];

	memset(word, *(char *)letter, 200);
	word[200] = '\0';
	for (int i = 0; i < 200; i++)
		log_info("%s", word);
	return NULL;
}

static void
threads_never_mix_their_lines(void **state)
{
	struct capture capture = capture_begin(STDERR_FILENO);
	char letters[] = "abcd";
	pthread_t threads[4];
	char *text, *line, *rest = NULL;
	int lines = 0;

	(void)state;
	log_open("t", LOG_LEVEL_INFO);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, write_many, &letters[i]);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	text = capture_end(&capture);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		const char *word = strrchr(line, ' ') + 1;
		const char same[] = { word[0], '\0' };

		assert_int_equal(strlen(word), 200);
		assert_int_equal(strspn(word, same), 200);
		lines++;
	}
	assert_int_equal(lines, 800);
	free(text);
}

static void
a_gate_lets_a_burst_pass_and_counts_the_rest(void **state)
{
	struct log_gate gate = LOG_GATE(3);
	struct capture capture;
	int passed = 0;
	char *text;

	(void)state;
	log_open("tester", LOG_LEVEL_INFO);
	for (int i = 0; i < 10; i++)
		passed += log_gate_open(&gate, "malformed");
	/* A minute may have begun between two of them, once. */
	assert_in_range(passed, 3, 6);
	gate.minute--;
	gate.suppressed = 7;
	capture = capture_begin(STDERR_FILENO);
	assert_true(log_gate_open(&gate, "malformed"));
	text = capture_end(&capture);
	assert_non_null(strstr(text, "left_out event=malformed lines=7\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_what_could_be_misread),
		cmocka_unit_test(cuts_long_text_between_characters),
		cmocka_unit_test(writes_time_program_and_level_for_a_terminal),
		cmocka_unit_test(writes_the_priority_for_the_journal),
		cmocka_unit_test(leaves_out_what_is_less_urgent_than_asked),
		cmocka_unit_test(knows_its_levels_by_name),
		cmocka_unit_test(no_event_becomes_two_lines),
		cmocka_unit_test(threads_never_mix_their_lines),
		cmocka_unit_test(a_gate_lets_a_burst_pass_and_counts_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
