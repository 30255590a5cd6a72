#include "ingest/original.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/received.h"

/* --- where it is --------------------------------------------------- */

static const char *const header_types[] = { "text/rfc822-headers",
	"text/rfc822-header", "message/rfc822-headers",
	"message/global-headers", "text/rfc822" };

static bool
is_header_part(const struct message_part *part)
{
	for (size_t i = 0; i < sizeof(header_types) / sizeof(header_types[0]);
	     i++) {
		if (strcmp(part->type, header_types[i]) == 0)
			return true;
	}
	return false;
}

static void
take_fields(struct message *message, struct original *original,
    const char *text, size_t len)
{
	size_t end;

	while (len > 0 && (*text == '\n' || *text == '\r')) {
		text++;
		len--;
	}
	original->fields = message_scan_fields(message, text, len, &end);
	while (end < len && (text[end] == '\n' || text[end] == '\r'))
		end++;
	original->body = text + end;
	original->body_len = len - end;
}

/* The first text within the embedded message. */
static void
take_inner_body(struct message *message, struct original *original,
    const struct message_part *parts, unsigned count, unsigned index)
{
	for (unsigned i = index + 1;
	     i < count && parts[i].depth > parts[index].depth; i++) {
		if (strncmp(parts[i].type, "text/", 5) == 0) {
			original->body = message_part_text(
			    message, &parts[i], &original->body_len);
			return;
		}
	}
}

static bool
find_part(struct message *message, struct original *original)
{
	unsigned count;
	const struct message_part *parts = message_parts(message, &count);

	for (unsigned i = 0; i < count; i++) {
		if (parts[i].quoted)
			continue;
		if (parts[i].inner.count > 0) {
			original->fields = parts[i].inner;
			take_inner_body(message, original, parts, count, i);
			return true;
		}
		if (is_header_part(&parts[i])) {
			size_t len;
			const char *text =
			    message_part_text(message, &parts[i], &len);

			take_fields(message, original, text, len);
			if (original->fields.count > 0)
				return true;
		}
	}
	return false;
}

/*
 * Fields that mail systems write and that people do not copy into a letter,
 * and the others that a header has.
 */
static const struct {
	const char *name;
	bool machine;
} known_fields[] = {
	{ "Received:", true },
	{ "Return-Path:", true },
	{ "Message-ID:", true },
	{ "MIME-Version:", true },
	{ "DKIM-Signature:", true },
	{ "DomainKey-Signature:", true },
	{ "X-", true },
	{ "ARC-", true },
	{ "Delivered-To:", true },
	{ "Authentication-Results:", true },
	{ "Received-SPF:", true },
	{ "Content-Type:", true },
	{ "Content-Transfer-Encoding:", true },
	{ "Content-class:", true },
	{ "In-Reply-To:", true },
	{ "References:", true },
	{ "Thread-Topic:", true },
	{ "List-", true },
	{ "Precedence:", true },
	{ "From:", false },
	{ "To:", false },
	{ "Cc:", false },
	{ "Subject:", false },
	{ "Date:", false },
	{ "Sender:", false },
	{ "Reply-To:", false },
	{ "Importance:", false },
	{ "User-Agent:", false },
	{ "Organization:", false },
};

/* The bit that tells small letters from capital ones. */
#define ASCII_CASE 0x20

enum line_class { LINE_OTHER, LINE_FIELD, LINE_MACHINE_FIELD };

static enum line_class
classify_line(const char *line, size_t len)
{
	for (size_t i = 0; i < sizeof(known_fields) / sizeof(known_fields[0]);
	     i++) {
		const char *name = known_fields[i].name;
		size_t n;

		/* Most lines are none, and know it by their first letter. */
		if (len == 0 || ((line[0] ^ name[0]) & ~ASCII_CASE) != 0)
			continue;
		n = strlen(name);
		if (len < n || strncasecmp(line, name, n) != 0)
			continue;
		if (name[n - 1] == '-' && memchr(line, ':', len) == NULL)
			continue;
		return known_fields[i].machine ? LINE_MACHINE_FIELD
					       : LINE_FIELD;
	}
	return LINE_OTHER;
}

struct line {
	const char *at;
	size_t len; /* without the line end */
};

static bool
next_line(const char *text, size_t len, size_t *at, struct line *line)
{
	const char *end;

	if (*at >= len)
		return false;
	line->at = text + *at;
	end = memchr(line->at, '\n', len - *at);
	line->len = end == NULL ? len - *at : (size_t)(end - line->at);
	*at += line->len + 1;
	while (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* Octets before the text proper: "> ", "| ", spaces. */
static size_t
prefix_len(const struct line *line)
{
	size_t n = 0;

	while (n < line->len && n < 16 && strchr(" \t>|", line->at[n]) != NULL)
		n++;
	return n;
}

/*
 * A header in the text: three fields or more, one of them a machine's, without
 * a line between them that is neither field nor continuation. Returns its
 * offset, or len.
 */
static size_t
find_header_run(const char *text, size_t len, size_t *prefix)
{
	size_t at = 0, begin = 0;
	unsigned fields = 0, machines = 0;
	struct line line;

	*prefix = 0;
	while (next_line(text, len, &at, &line)) {
		size_t indent = prefix_len(&line);
		enum line_class class =
		    classify_line(line.at + indent, line.len - indent);

		if (class != LINE_OTHER && (fields == 0 || indent == *prefix)) {
			if (fields == 0) {
				begin = (size_t)(line.at - text);
				*prefix = indent;
			}
			fields++;
			machines += class == LINE_MACHINE_FIELD;
			if (fields >= 3 && machines > 0)
				return begin;
		} else if (fields == 0 || indent <= *prefix) {
			fields = machines = 0;
		}
	}
	return len;
}

/* The lines from `at` on without their prefix. */
static char *
strip_prefix(const char *text, size_t len, size_t prefix, size_t *stripped_len)
{
	char *out = malloc(len + 1);
	size_t at = 0, used = 0;
	struct line line;

	while (out != NULL && next_line(text, len, &at, &line)) {
		size_t cut = prefix_len(&line);

		if (cut > prefix)
			cut = prefix;
		memcpy(out + used, line.at + cut, line.len - cut);
		used += line.len - cut;
		if (used < len)
			out[used++] = '\n';
	}
	*stripped_len = used;
	return out;
}

static bool
find_in_text(struct message *message, struct original *original)
{
	size_t len, prefix, begin;
	const char *text = message_text(message, &len);

	begin = find_header_run(text, len, &prefix);
	if (begin == len)
		return false;
	original->own_text_len = begin;
	if (prefix == 0) {
		take_fields(message, original, text + begin, len - begin);
	} else {
		char *stripped =
		    strip_prefix(text + begin, len - begin, prefix, &len);

		if (stripped == NULL)
			return false;
		take_fields(message, original, stripped, len);
		original->body = "";
		original->body_len = 0;
		free(stripped);
	}
	return original->fields.count > 0;
}

/* --- what it says -------------------------------------------------- */

static const char *
field(struct message *message, struct original *original, const char *name)
{
	unsigned from = 0;
	const char *value =
	    message_next_field(message, &original->fields, name, &from);

	return value != NULL ? value : "";
}

static void
read_fields(struct message *message, struct original *original)
{
	const char *received = field(message, original, "Received");
	struct received line;

	message_address(
	    field(message, original, "Return-Path"), original->return_path);
	message_address(field(message, original, "From"), original->from);
	message_address(
	    field(message, original, "Reply-To"), original->reply_to);
	message_address(field(message, original, "Sender"), original->sender);
	original->subject = field(message, original, "Subject");
	message_address(
	    field(message, original, "Message-ID"), original->message_id);
	received_parse(received, &line);
	original->arrived_at = line.at;
	memcpy(original->received_by, line.by, sizeof(original->received_by));
	memcpy(original->queue_id, line.id, sizeof(original->queue_id));
}

void
original_find(struct message *message, struct original *original)
{
	size_t len;

	memset(original, 0, sizeof(*original));
	original->body = original->subject = "";
	message_text(message, &len);
	original->own_text_len = len;
	original->found = find_in_text(message, original);
	/* A part is better than what the text quotes. */
	original->attached = find_part(message, original);
	original->found = original->found || original->attached;
	if (original->fields.count > 0)
		read_fields(message, original);
}
