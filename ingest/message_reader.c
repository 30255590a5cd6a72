#include "ingest/message_reader.h"

#include <string.h>
#include <strings.h>

/* --- lines and boundaries ------------------------------------------- */

size_t
reader_line_len(const struct reader *reader, size_t at)
{
	const char *end = memchr(reader->octets + at, '\n', reader->len - at);

	return end == NULL ? reader->len - at
			   : (size_t)(end - reader->octets) + 1 - at;
}

static bool
is_blank_from(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(" \t\r\n", line[i]) == NULL || line[i] == '\0')
			return false;
	}
	return true;
}

/* Is it that boundary? Blanks may follow (RFC 2046 section 5.1.1). */
static bool
is_boundary(const struct reader *reader, int which, const char *line,
    size_t len, bool *ends)
{
	size_t n = reader->bounds[which].len;

	if (len < 2 + n || memcmp(line + 2, reader->bounds[which].text, n) != 0)
		return false;
	line += 2 + n;
	len -= 2 + n;
	*ends = len >= 2 && line[0] == '-' && line[1] == '-' &&
		is_blank_from(line + 2, len - 2);
	return *ends || is_blank_from(line, len);
}

bool
reader_stops(struct reader *reader, size_t at)
{
	const char *line = reader->octets + at;
	size_t len;

	if (reader->bound_count == 0 || reader->len - at < 2 ||
	    line[0] != '-' || line[1] != '-')
		return false;
	len = reader_line_len(reader, at);
	for (int i = reader->bound_count - 1; i >= 0; i--) {
		if (is_boundary(reader, i, line, len, &reader->stop_ends)) {
			reader->stop = i;
			reader->at = at;
			return true;
		}
	}
	return false;
}

void
reader_stop_at_end(struct reader *reader)
{
	reader->stop = NO_BOUNDARY;
	reader->at = reader->len;
}

/* The line end before a boundary belongs to it. */
static size_t
without_line_end(const char *octets, size_t from, size_t end)
{
	if (end > from && octets[end - 1] == '\n')
		end--;
	if (end > from && octets[end - 1] == '\r')
		end--;
	return end;
}

/*
 * The next line that begins as a boundary does, or NULL. A library's search
 * for the three octets looks at each; the one for a line's end at 32 at once.
 */
static const char *
find_dashes(const char *at, const char *end)
{
	while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		at++;
		if (end - at >= 2 && at[0] == '-' && at[1] == '-')
			return at;
	}
	return NULL;
}

size_t
reader_pass_content(struct reader *reader)
{
	size_t from = reader->at, at = from;

	while (at < reader->len) {
		const char *next;

		if (reader_stops(reader, at))
			return without_line_end(reader->octets, from, at);
		next = find_dashes(
		    reader->octets + at, reader->octets + reader->len);
		if (next == NULL)
			break;
		at = (size_t)(next - reader->octets);
	}
	reader_stop_at_end(reader);
	return reader->len;
}

/* --- headers -------------------------------------------------------- */

/*
 * Where the colon is behind the name: not in front, no control character in
 * it, and blanks at its end alone. Else the length of what was looked at, and
 * *valid is false.
 */
static size_t
scan_name(const char *line, size_t len, bool *valid)
{
	bool blank = false;
	size_t n = 0;

	for (; n < len && line[n] != ':'; n++) {
		uint8_t c = (uint8_t)line[n];

		if (c == ' ' || c == '\t')
			blank = true;
		else if (blank || c < ' ' || c == 0x7f)
			break;
	}
	*valid = n > 0 && n < len && line[n] == ':';
	return n;
}

static bool
is_from_line(const char *line, size_t len)
{
	if (len > 0 && line[0] == '>') {
		line++;
		len--;
	}
	return len >= 5 && memcmp(line, "From ", 5) == 0;
}

static bool
is_content(const struct message_field *field)
{
	return strncasecmp(field->name, "Content-", 8) == 0;
}

static bool
says_encoded(const char *encoding)
{
	static const char *const encodings[] = { "quoted-printable", "base64",
		"uuencode", "x-uue" };

	encoding += strspn(encoding, " \t\r\n");
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		if (strncasecmp(encoding, encodings[i], strlen(encodings[i])) ==
		    0)
			return true;
	}
	return false;
}

/* Of several the last one is right. */
static void
note_content(struct header *header, const struct message_field *field)
{
	const char *name = field->name + strlen("Content-");

	if (strcasecmp(name, "Type") == 0)
		header->content.type = field->raw;
	else if (strcasecmp(name, "Disposition") == 0)
		header->content.disposition = field->raw;
	else if (strcasecmp(name, "Transfer-Encoding") == 0) {
		if (header->content.encoding == NULL)
			header->encoded = says_encoded(field->raw);
		header->content.encoding =
		    field->raw + strspn(field->raw, " \t\r\n");
	}
}

/* A field from `at` to `end`, with its colon; it becomes two strings. */
static void
take_field(struct reader *reader, struct header *header, size_t at,
    size_t colon, size_t end)
{
	char *octets = reader->octets;
	size_t name_end = colon;
	struct message_field field = { .name = octets + at,
		.raw = octets + colon + 1 };

	while (name_end > at &&
	       (octets[name_end - 1] == ' ' || octets[name_end - 1] == '\t'))
		name_end--;
	octets[name_end] = '\0';
	if (octets[end - 1] == '\n')
		octets[end - 1] = '\0';
	field.hash = message_hash_name(field.name, name_end - at);
	if (is_content(&field))
		note_content(header, &field);
	if (header->count < MESSAGE_FIELDS_MAX)
		header->fields[header->count] = field;
	header->count++;
}

/* With the lines that continue it. */
static size_t
field_end(const struct reader *reader, size_t at)
{
	do
		at += reader_line_len(reader, at);
	while (at < reader->len &&
	       (reader->octets[at] == ' ' || reader->octets[at] == '\t'));
	return at;
}

/* Before the first field; does the header begin behind that line? */
static bool
may_precede(const char *line, size_t len, bool outermost)
{
	return !outermost || is_from_line(line, len);
}

static bool
is_blank_line(const char *line)
{
	return line[0] == '\n' || (line[0] == '\r' && line[1] == '\n');
}

/* The line at `at`, and those that continue it. */
static enum header_end
read_line(struct reader *reader, struct header *header, bool outermost)
{
	size_t at = reader->at, len = reader_line_len(reader, at), colon, end;
	const char *line = reader->octets + at;
	bool valid, whole = line[len - 1] == '\n';

	colon = scan_name(line, len, &valid);
	if (!valid && colon == len)
		return HEADER_NONE; /* the text ends within a name */
	if (!valid && header->count == 0 &&
	    !may_precede(line, colon, outermost))
		return HEADER_NONE;
	if (whole && reader_stops(reader, at))
		return HEADER_STOPPED;
	end = valid || header->count > 0 ? field_end(reader, at) : at + len;
	if (valid)
		take_field(reader, header, at, at + colon, end);
	reader->at = end;
	return HEADER_READ;
}

enum header_end
reader_header(struct reader *reader, struct header *header, bool outermost)
{
	enum header_end end =
	    reader->at < reader->len ? HEADER_READ : HEADER_NONE;

	header->count = 0; /* the list is large */
	header->content = (struct message_content_fields){ 0 };
	header->encoded = false;
	while (end == HEADER_READ && reader->at < reader->len) {
		const char *line = reader->octets + reader->at;

		if (is_blank_line(line)) {
			reader->at += reader_line_len(reader, reader->at);
			break;
		}
		end = read_line(reader, header, outermost);
	}
	return end;
}

static void
append_fields(
    struct message_fields *fields, const struct header *header, bool content)
{
	unsigned count = header->count < MESSAGE_FIELDS_MAX
			     ? header->count
			     : MESSAGE_FIELDS_MAX;

	for (unsigned i = 0; i < count; i++) {
		if (is_content(&header->fields[i]) == content)
			fields->list[fields->count++] = header->fields[i];
	}
}

struct message_fields
header_keep(struct message *message, const struct header *header)
{
	unsigned count = header->count < MESSAGE_FIELDS_MAX
			     ? header->count
			     : MESSAGE_FIELDS_MAX;
	struct message_fields fields = { NULL, 0 };

	fields.list =
	    message_reserve_aligned(message, count * sizeof(fields.list[0]));
	if (fields.list == NULL)
		return fields;
	append_fields(&fields, header, false);
	append_fields(&fields, header, true);
	return fields;
}
