/*
 * The messages of tests/data/mail, one test for each, against what INDEX.tsv
 * there says: sender ("<>" null, "-" unknown), kind, grade, signs that must be
 * among those found, and the cause.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/classify.h"

#define FOLDER "tests/data/mail/"
#define ROWS_MAX 1024

static const uint8_t key[META_KEY_LEN] = { 1 };

struct row {
	char line[1024];
	char *file, *sender, *kind, *grade, *signs, *cause;
};
static struct row rows[ROWS_MAX];
static unsigned row_count;

static void
read_index(void)
{
	FILE *index = fopen(FOLDER "INDEX.tsv", "r");

	if (index == NULL) {
		perror(FOLDER "INDEX.tsv");
		exit(EXIT_FAILURE);
	}
	while (
	    row_count < ROWS_MAX &&
	    fgets(rows[row_count].line, sizeof(rows[0].line), index) != NULL) {
		struct row *row = &rows[row_count];
		char *rest = row->line;

		row->line[strcspn(row->line, "\n")] = '\0';
		row->file = strsep(&rest, "\t");
		row->sender = strsep(&rest, "\t");
		row->kind = strsep(&rest, "\t");
		row->grade = strsep(&rest, "\t");
		row->signs = strsep(&rest, "\t");
		row->cause = strsep(&rest, "\t");
		if (row->cause != NULL && strcmp(row->file, "file") != 0)
			row_count++;
	}
	fclose(index);
}

static struct classification
classify_file(const struct row *row)
{
	static uint8_t octets[1 << 20];
	struct envelope_recipient trap = { .path = "trap@trap.example.test",
		.trap = 1 };
	struct envelope envelope = { .recipients = &trap,
		.recipient_count = 1,
		.received_at = 1768292130 };
	struct classification result;
	char path[512];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), FOLDER "%s", row->file);
	file = fopen(path, "rb");
	assert_non_null(file);
	len = fread(octets, 1, sizeof(octets), file);
	fclose(file);
	envelope.sender_known = strcmp(row->sender, "-") != 0;
	if (envelope.sender_known && strcmp(row->sender, "<>") != 0)
		snprintf(envelope.sender, sizeof(envelope.sender), "%s",
		    row->sender);
	classify_message(&envelope, 0, octets, len, key, &result);
	return result;
}

static void
is_what_the_index_says(void **state)
{
	const struct row *row = *state;
	struct classification result = classify_file(row);
	char grade[2] = { proof_grade_letter(result.evidence.grade), '\0' };
	char wanted[512], *rest = wanted, *sign;

	assert_string_equal(backscatter_name(result.evidence.kind), row->kind);
	assert_string_equal(grade, row->grade);
	assert_string_equal(result.evidence.cause, row->cause);
	snprintf(wanted, sizeof(wanted), "%s", row->signs);
	while ((sign = strsep(&rest, " ")) != NULL) {
		if (strcmp(sign, "-") != 0 && !signs_have(&result.signs, sign))
			fail_msg(
			    "lacks %s, has %s", sign, result.evidence.signs);
	}
}

int
main(void)
{
	static struct CMUnitTest tests[ROWS_MAX];

	read_index();
	classify_init();
	for (unsigned i = 0; i < row_count; i++) {
		tests[i].name = rows[i].file;
		tests[i].test_func = is_what_the_index_says;
		tests[i].initial_state = &rows[i];
	}
	return _cmocka_run_group_tests("mail", tests, row_count, NULL, NULL);
}
