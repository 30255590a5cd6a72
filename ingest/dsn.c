#include "ingest/dsn.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A group of fields: one recipient's, or the message's. */
struct group {
	bool has_recipient;
	enum action {
		ACTION_NONE,
		ACTION_SUCCESS,
		ACTION_DELAYED,
		ACTION_FAILED
	} action;
	char recipient[DSN_NAME_MAX];
	char remote_mta[DSN_NAME_MAX];
	char status[16];
	char diagnostic[DSN_TEXT_MAX];
};

static const struct {
	const char *word;
	enum action action;
} actions[] = {
	{ "failed", ACTION_FAILED },
	{ "failure", ACTION_FAILED },
	{ "delayed", ACTION_DELAYED },
	{ "delivered", ACTION_SUCCESS },
	{ "relayed", ACTION_SUCCESS },
	{ "expanded", ACTION_SUCCESS },
};

/* Fields by which programs give their queue's id (RFC 3464 section 2.2.1). */
static const char *const queue_id_fields[] = { "X-Postfix-Queue-ID",
	"X-Spam-Queue-ID", "X-Queue-ID", "X-Exim-Message-ID",
	"X-OpenSMTPD-Queue-ID", "Original-Envelope-Id" };

static enum action
parse_action(const char *value)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		size_t n = strlen(actions[i].word);

		if (strncasecmp(value, actions[i].word, n) == 0 &&
		    !isalpha((unsigned char)value[n]))
			return actions[i].action;
	}
	return ACTION_NONE;
}

/* "dns; mx.example" -> "mx.example". */
static const char *
pass_type(const char *value)
{
	const char *semicolon = strchr(value, ';');

	if (semicolon == NULL)
		return value;
	return semicolon + 1 + strspn(semicolon + 1, " \t");
}

static void
copy(char *to, size_t size, const char *value)
{
	size_t len = strnlen(value, size - 1);

	memcpy(to, value, len);
	to[len] = '\0';
}

/* The first wins: programs repeat fields, none mends them. */
static void
copy_first(char *to, size_t size, const char *value)
{
	if (*to == '\0')
		copy(to, size, value);
}

static void
take_recipient(struct group *group, const char *name, const char *value)
{
	if (strcasecmp(name, "Final-Recipient") == 0 ||
	    strcasecmp(name, "Original-Recipient") == 0) {
		group->has_recipient = true;
		copy_first(group->recipient, sizeof(group->recipient),
		    pass_type(value));
	} else if (strcasecmp(name, "Action") == 0) {
		group->action = parse_action(value);
	} else if (strcasecmp(name, "Status") == 0) {
		copy_first(group->status, sizeof(group->status), value);
		group->status[strspn(group->status, "0123456789.")] = '\0';
	} else if (strcasecmp(name, "Diagnostic-Code") == 0) {
		copy_first(group->diagnostic, sizeof(group->diagnostic),
		    pass_type(value));
	} else if (strcasecmp(name, "Remote-MTA") == 0) {
		copy_first(group->remote_mta, sizeof(group->remote_mta),
		    pass_type(value));
	}
}

static void
take_message(struct dsn *dsn, const char *name, const char *value)
{
	if (strcasecmp(name, "Reporting-MTA") == 0)
		copy_first(dsn->reporting_mta, sizeof(dsn->reporting_mta),
		    pass_type(value));
	else if (strcasecmp(name, "Arrival-Date") == 0)
		copy_first(dsn->arrival_date, sizeof(dsn->arrival_date), value);
	for (size_t i = 0;
	     i < sizeof(queue_id_fields) / sizeof(queue_id_fields[0]); i++) {
		if (strcasecmp(name, queue_id_fields[i]) != 0)
			continue;
		copy_first(dsn->queue_id, sizeof(dsn->queue_id), value);
		copy_first(dsn->queue_id_field, sizeof(dsn->queue_id_field),
		    queue_id_fields[i]);
	}
}

static unsigned
grade(const struct dsn *dsn)
{
	return dsn->failed > 0	    ? ACTION_FAILED
	       : dsn->delayed > 0   ? ACTION_DELAYED
	       : dsn->succeeded > 0 ? ACTION_SUCCESS
				    : ACTION_NONE;
}

static void
end_group(struct dsn *dsn, struct group *group)
{
	unsigned before = grade(dsn);

	if (group->has_recipient && group->action == ACTION_NONE) {
		/* Doubled line ends: its other fields come as the next. */
		dsn->has_recipient = true;
		return;
	}
	if (group->has_recipient) {
		dsn->failed += group->action == ACTION_FAILED;
		dsn->delayed += group->action == ACTION_DELAYED;
		dsn->succeeded += group->action == ACTION_SUCCESS;
		if (!dsn->has_recipient || group->action > before) {
			memcpy(dsn->recipient, group->recipient,
			    sizeof(dsn->recipient));
			memcpy(dsn->remote_mta, group->remote_mta,
			    sizeof(dsn->remote_mta));
			memcpy(dsn->status, group->status, sizeof(dsn->status));
			memcpy(dsn->diagnostic, group->diagnostic,
			    sizeof(dsn->diagnostic));
		}
		dsn->has_recipient = true;
	}
	memset(group, 0, sizeof(*group));
}

/* Appends the line's text to `value`, white space at its ends gone. */
static size_t
append(char *value, size_t size, size_t used, const char *line, size_t len)
{
	while (len > 0 && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	if (used > 0 && used + 1 < size)
		value[used++] = ' ';
	if (len > size - 1 - used)
		len = size - 1 - used;
	memcpy(value + used, line, len);
	value[used + len] = '\0';
	return used + len;
}

/* Length of "Name:" at the line's beginning without the colon, else 0. */
static size_t
name_length(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)line[n]) || line[n] == '-' ||
			      line[n] == '_'))
		n++;
	return n > 0 && n < 40 && n < len && line[n] == ':' ? n : 0;
}

/* The field that is being read, with the lines that continue it. */
struct reader {
	struct dsn *dsn;
	struct group group;
	char name[40]; /* "" between fields */
	char value[1024];
	size_t value_len;
};

static void
end_field(struct reader *reader)
{
	if (reader->name[0] == '\0')
		return;
	take_recipient(&reader->group, reader->name, reader->value);
	take_message(reader->dsn, reader->name, reader->value);
	reader->name[0] = '\0';
}

static void
take_line(struct reader *reader, const char *line, size_t len)
{
	size_t n = name_length(line, len);

	if (n == 0 && len > 0 && (*line == ' ' || *line == '\t')) {
		reader->value_len = append(reader->value, sizeof(reader->value),
		    reader->value_len, line, len);
		return;
	}
	end_field(reader);
	if (n == 0) {
		end_group(reader->dsn, &reader->group);
		return;
	}
	memcpy(reader->name, line, n);
	reader->name[n] = '\0';
	reader->value_len = append(
	    reader->value, sizeof(reader->value), 0, line + n + 1, len - n - 1);
}

bool
dsn_parse(const char *text, size_t len, struct dsn *dsn)
{
	struct reader reader = { .dsn = dsn };
	size_t at = 0;

	memset(dsn, 0, sizeof(*dsn));
	while (at < len) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t line_len =
		    lf == NULL ? len - at : (size_t)(lf - text) - at;

		take_line(&reader, text + at, line_len);
		at += line_len + 1;
	}
	end_field(&reader);
	end_group(dsn, &reader.group);
	if (reader.group.has_recipient && dsn->status[0] == '\0') {
		/* One without an action. */
		memcpy(dsn->status, reader.group.status, sizeof(dsn->status));
		memcpy(dsn->diagnostic, reader.group.diagnostic,
		    sizeof(dsn->diagnostic));
	}
	return dsn->has_recipient && grade(dsn) != ACTION_NONE;
}

bool
dsn_is_success(const struct dsn *dsn)
{
	return dsn->succeeded > 0 && dsn->failed == 0 && dsn->delayed == 0;
}

bool
dsn_is_delay(const struct dsn *dsn)
{
	return dsn->delayed > 0 && dsn->failed == 0;
}
