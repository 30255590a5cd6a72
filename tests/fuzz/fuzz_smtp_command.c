#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "ingest/fold.h"
#include "ingest/smtp_command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text, size_t max_len)
{
	assert(strlen(text) <= max_len);
	for (; *text != '\0'; text++)
		assert(*text >= ' ' && *text <= '~');
}

/* Beyond ASCII it is UTF-8, and known to be there. */
static void
check_utf8(const char *text, bool is_ascii)
{
	size_t left = strlen(text), used;
	bool ascii = true;

	for (; left > 0; left -= used, text += used) {
		long point = fold_decode(text, left, &used);

		assert(point >= ' ' && (point < 0x7f || point >= 0xa0));
		ascii = ascii && point < 0x80;
	}
	assert(ascii == is_ascii);
}

/* A path that was read is written the one way that reads as itself. */
static void
check_path(const struct smtp_command *command)
{
	struct smtp_command again;
	char line[SMTP_LINE_MAX];
	int len;

	assert(strlen(command->path) <= ENVELOPE_PATH_MAX);
	check_utf8(command->path, command->path_is_ascii);
	len = snprintf(line, sizeof(line), "%s:<%s>",
	    command->verb == SMTP_MAIL ? "MAIL FROM" : "RCPT TO",
	    command->path);
	assert(
	    smtp_command_parse(line, (size_t)len, &again) == SMTP_UNDERSTOOD);
	assert(strcmp(command->path, again.path) == 0);
}

/* One line; what is understood holds printable text within its bounds. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_command command;

	if (smtp_command_parse((const char *)data, size, &command) !=
	    SMTP_UNDERSTOOD)
		return 0;
	assert(command.verb < SMTP_VERB_COUNT);
	check_text(command.host, ENVELOPE_HELO_MAX);
	check_text(command.xclient.helo, ENVELOPE_HELO_MAX);
	if (command.verb == SMTP_MAIL || command.verb == SMTP_RCPT)
		check_path(&command);
	return 0;
}
