#include "ingest/smtp_command.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/smtp_path.h"
#include "ingest/smtp_xclient.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static size_t
left(const struct smtp_text *text)
{
	return (size_t)(text->end - text->next);
}

/* Takes `word` if it stands there, in any case. */
static bool
take_word(struct smtp_text *text, const char *word)
{
	const size_t len = strlen(word);

	if (left(text) < len || strncasecmp(text->next, word, len) != 0)
		return false;
	text->next += len;
	return true;
}

/* --- parameters of MAIL and RCPT ------------------------------------------ */

/*
 * size-value = 1*20DIGIT (RFC 1870 section 3), and chunk-size (RFC 3030 section
 * 2); what does not fit is UINT64_MAX.
 */
static bool
take_size(struct smtp_command *command, const char *value, size_t len)
{
	uint64_t size = 0;

	if (len == 0 || len > 20)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(value[i] - '0');

		if (value[i] < '0' || value[i] > '9')
			return false;
		size = size > (UINT64_MAX - digit) / 10 ? UINT64_MAX
							: size * 10 + digit;
	}
	command->size = size;
	return true;
}

static bool
take_body(struct smtp_command *command, const char *value, size_t len)
{
	(void)command;
	return (len == 4 && strncasecmp(value, "7BIT", len) == 0) ||
	       (len == 8 && strncasecmp(value, "8BITMIME", len) == 0);
}

/* It has no value, RFC 6531 section 3.4. */
static bool
take_smtputf8(struct smtp_command *command, const char *value, size_t len)
{
	(void)value;
	command->smtputf8 = true;
	return len == 0;
}

/*
 * The parameters of RFC 3461: we send nothing, so there is nothing to notify
 * about. Its keyword is not offered, and yet a client behind a careless proxy
 * may send them.
 */
static bool
tolerate(struct smtp_command *command, const char *value, size_t len)
{
	(void)command;
	(void)value;
	return len > 0;
}

static const struct {
	const char *name;
	enum smtp_verb verb;
	bool (*take)(
	    struct smtp_command *command, const char *value, size_t len);
} parameters[] = {
	{ "SIZE", SMTP_MAIL, take_size },
	{ "BODY", SMTP_MAIL, take_body },
	{ "SMTPUTF8", SMTP_MAIL, take_smtputf8 },
	{ "RET", SMTP_MAIL, tolerate },
	{ "ENVID", SMTP_MAIL, tolerate },
	{ "NOTIFY", SMTP_RCPT, tolerate },
	{ "ORCPT", SMTP_RCPT, tolerate },
};

/* esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-") */
static size_t
keyword_len(const struct smtp_text *text)
{
	size_t len = 0;

	while (len < left(text)) {
		char c = text->next[len];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || (c == '-' && len > 0)))
			break;
		len++;
	}
	return len;
}

/* esmtp-value = 1*(%d33-60 / %d62-126) */
static size_t
value_len(const struct smtp_text *text)
{
	size_t len = 0;

	while (len < left(text) && text->next[len] >= '!' &&
	       text->next[len] <= '~' && text->next[len] != '=')
		len++;
	return len;
}

/* `seen` has a bit for each row of the table. */
static enum smtp_outcome
read_parameter(
    struct smtp_text *text, struct smtp_command *command, unsigned *seen)
{
	const char *name = text->next, *value;
	size_t name_len = keyword_len(text), len;
	bool valued;

	text->next += name_len;
	if (name_len == 0)
		return SMTP_PARAMETER_BAD;
	valued = smtp_text_take(text, '=');
	value = text->next;
	len = value_len(text);
	text->next += len;
	if ((valued && len == 0) || (left(text) > 0 && *text->next != ' '))
		return SMTP_PARAMETER_BAD;
	for (unsigned i = 0; i < COUNT(parameters); i++) {
		if (parameters[i].verb != command->verb ||
		    strlen(parameters[i].name) != name_len ||
		    strncasecmp(parameters[i].name, name, name_len) != 0)
			continue;
		if ((*seen & 1u << i) != 0 ||
		    !parameters[i].take(command, value, len))
			return SMTP_PARAMETER_BAD;
		*seen |= 1u << i;
		return SMTP_UNDERSTOOD;
	}
	return SMTP_PARAMETER_UNKNOWN;
}

static enum smtp_outcome
read_parameters(struct smtp_text *text, struct smtp_command *command)
{
	unsigned seen = 0;

	while (left(text) > 0) {
		enum smtp_outcome outcome;

		if (!smtp_text_take(text, ' '))
			return SMTP_PATH_MALFORMED;
		outcome = read_parameter(text, command, &seen);
		if (outcome != SMTP_UNDERSTOOD)
			return outcome;
	}
	return SMTP_UNDERSTOOD;
}

/* --- arguments by verb ---------------------------------------------------- */

/* What of it is not ASCII must be UTF-8, RFC 6531 section 3.3. */
static bool
note_charset(struct smtp_command *command)
{
	const char *octets = command->path;
	size_t len = strlen(octets), used;

	command->path_is_ascii = true;
	for (size_t at = 0; at < len; at += used) {
		long point = fold_decode(octets + at, len - at, &used);

		/* U+0080 to U+009F are control characters. */
		if (point < 0 || (point >= 0x80 && point < 0xa0))
			return false;
		if (point >= 0x80)
			command->path_is_ascii = false;
	}
	return true;
}

static enum smtp_outcome
read_path(struct smtp_text *text, struct smtp_command *command,
    const char *prefix, enum smtp_path_allowed allowed)
{
	if (!take_word(text, prefix))
		return SMTP_ARGUMENT_BAD;
	/* "spaces are not permitted" (RFC 5321 section 3.3), and common. */
	while (smtp_text_take(text, ' '))
		continue;
	switch (smtp_path_read(text, allowed, command->path)) {
	case SMTP_PATH_READ:
		return note_charset(command) ? read_parameters(text, command)
					     : SMTP_PATH_MALFORMED;
	case SMTP_PATH_LONG:
		return SMTP_PATH_TOO_LONG;
	default:
		return SMTP_PATH_MALFORMED;
	}
}

static enum smtp_outcome
read_mail(struct smtp_text *text, struct smtp_command *command)
{
	return read_path(text, command, "FROM:", SMTP_PATH_REVERSE);
}

static enum smtp_outcome
read_rcpt(struct smtp_text *text, struct smtp_command *command)
{
	return read_path(text, command, "TO:", SMTP_PATH_FORWARD);
}

/*
 * One word without control octets is enough: names with an underscore, without
 * a dot or made up are common on just those servers that we want to know of,
 * and the name is evidence, not a condition.
 */
static enum smtp_outcome
read_host(struct smtp_text *text, struct smtp_command *command)
{
	size_t len = left(text);

	if (len == 0 || len > ENVELOPE_HELO_MAX)
		return SMTP_ARGUMENT_BAD;
	for (size_t i = 0; i < len; i++) {
		if (text->next[i] < '!' || text->next[i] > '~')
			return SMTP_ARGUMENT_BAD;
	}
	memcpy(command->host, text->next, len);
	command->host[len] = '\0';
	return SMTP_UNDERSTOOD;
}

static enum smtp_outcome
read_nothing(struct smtp_text *text, struct smtp_command *command)
{
	(void)command;
	return left(text) == 0 ? SMTP_UNDERSTOOD : SMTP_ARGUMENT_BAD;
}

static enum smtp_outcome
read_anything(struct smtp_text *text, struct smtp_command *command)
{
	(void)text;
	(void)command;
	return SMTP_UNDERSTOOD;
}

static enum smtp_outcome
read_something(struct smtp_text *text, struct smtp_command *command)
{
	(void)command;
	return left(text) > 0 ? SMTP_UNDERSTOOD : SMTP_ARGUMENT_BAD;
}

static enum smtp_outcome
read_xclient(struct smtp_text *text, struct smtp_command *command)
{
	return smtp_xclient_read(
	    text, SMTP_ATTRIBUTE_XCLIENT, &command->xclient);
}

static enum smtp_outcome
read_xforward(struct smtp_text *text, struct smtp_command *command)
{
	return smtp_xclient_read(
	    text, SMTP_ATTRIBUTE_XFORWARD, &command->xclient);
}

/* chunk-size [ SP "LAST" ], RFC 3030 section 2. */
static enum smtp_outcome
read_chunk(struct smtp_text *text, struct smtp_command *command)
{
	const char *size = text->next;
	size_t len = value_len(text);

	text->next += len;
	if (!take_size(command, size, len))
		return SMTP_ARGUMENT_BAD;
	command->last = take_word(text, " LAST");
	return left(text) == 0 ? SMTP_UNDERSTOOD : SMTP_ARGUMENT_BAD;
}

static const struct {
	const char *name;
	enum smtp_verb verb;
	enum smtp_outcome (*read)(
	    struct smtp_text *text, struct smtp_command *command);
} verbs[] = {
	/* The commonest first. */
	{ "MAIL", SMTP_MAIL, read_mail },
	{ "RCPT", SMTP_RCPT, read_rcpt },
	{ "DATA", SMTP_DATA, read_nothing },
	{ "EHLO", SMTP_EHLO, read_host },
	{ "QUIT", SMTP_QUIT, read_nothing },
	{ "RSET", SMTP_RSET, read_nothing },
	{ "HELO", SMTP_HELO, read_host },
	{ "NOOP", SMTP_NOOP, read_anything },
	{ "VRFY", SMTP_VRFY, read_something },
	{ "HELP", SMTP_HELP, read_anything },
	{ "BDAT", SMTP_BDAT, read_chunk },
	{ "STARTTLS", SMTP_STARTTLS, read_nothing },
	{ "LHLO", SMTP_LHLO, read_host },
	{ "XFORWARD", SMTP_XFORWARD, read_xforward },
	{ "XCLIENT", SMTP_XCLIENT, read_xclient },
	{ "EXPN", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "AUTH", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "ETRN", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "SAML", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "SEND", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "SOML", SMTP_KNOWN_ELSEWHERE, read_anything },
	{ "TURN", SMTP_KNOWN_ELSEWHERE, read_anything },
};

/* Control octets have no place in any command. */
static bool
is_garbled(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			return true;
	}
	return false;
}

/* Trailing white space is tolerated, RFC 5321 section 4.1.1. */
static struct smtp_text
trimmed(const char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	return (struct smtp_text){ line, line + len };
}

/* Its row in `verbs`, and the text behind it; COUNT(verbs): none. */
static size_t
find_verb(struct smtp_text *text)
{
	size_t i;

	for (i = 0; i < COUNT(verbs); i++) {
		struct smtp_text rest = *text;

		if (!take_word(&rest, verbs[i].name) ||
		    (left(&rest) > 0 && !smtp_text_take(&rest, ' ')))
			continue;
		*text = rest;
		break;
	}
	return i;
}

enum smtp_verb
smtp_command_verb(const char *line, size_t len)
{
	struct smtp_text text = trimmed(line, len);
	size_t found = find_verb(&text);

	return found < COUNT(verbs) ? verbs[found].verb : SMTP_VERB_COUNT;
}

enum smtp_outcome
smtp_command_parse(const char *line, size_t len, struct smtp_command *command)
{
	struct smtp_text text = trimmed(line, len);
	bool garbled = is_garbled(line, left(&text));
	size_t found = find_verb(&text);

	command->verb = SMTP_VERB_COUNT;
	if (found < COUNT(verbs))
		*command = (struct smtp_command){ .verb = verbs[found].verb };
	if (garbled)
		return SMTP_LINE_GARBLED;
	return found < COUNT(verbs) ? verbs[found].read(&text, command)
				    : SMTP_VERB_UNKNOWN;
}
