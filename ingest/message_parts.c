#include "ingest/message_private.h"

#include <string.h>
#include <strings.h>

/*
 * One pass over the octets. Broken structures are common among bounces; they
 * are read as GMime's own parser reads them, which was measured on them:
 *   - a boundary of an outer multipart ends all inner ones, within a header,
 *     too; text goes on to the end where no boundary comes
 *   - a header's lines that are no fields are passed over; at the beginning of
 *     a message they mean that it has no header, and it is not read at all
 *   - a message in a transfer encoding is no message but a part
 * That parser makes objects of all fields and addresses, at ten times the cost.
 */

/* Deeper parts are passed over, so no deeper boundaries are looked for. */
#define BOUNDS_MAX (MESSAGE_DEPTH_MAX + 1)
#define NO_BOUNDARY (-1)

struct reader {
	struct message *message;
	char *octets;
	size_t len, at;

	/* Of the multiparts that we are in; the innermost is the last. */
	struct {
		const char *text;
		size_t len;
	} bounds[BOUNDS_MAX];
	int bound_count;

	/* The boundary that stands at `at`: of which, and the last of it? */
	int stop; /* NO_BOUNDARY at the end of the text */
	bool stop_ends;
};

/* --- lines and boundaries ------------------------------------------- */

static size_t
line_len(const struct reader *reader, size_t at)
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

/* Notes which boundary stands at `at`, if one does. */
static bool
stops(struct reader *reader, size_t at)
{
	const char *line = reader->octets + at;
	size_t len;

	if (reader->bound_count == 0 || reader->len - at < 2 ||
	    line[0] != '-' || line[1] != '-')
		return false;
	len = line_len(reader, at);
	for (int i = reader->bound_count - 1; i >= 0; i--) {
		if (is_boundary(reader, i, line, len, &reader->stop_ends)) {
			reader->stop = i;
			reader->at = at;
			return true;
		}
	}
	return false;
}

static void
stop_at_end(struct reader *reader)
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

/* What stands before the next boundary; its end is returned. */
static size_t
pass_content(struct reader *reader)
{
	size_t from = reader->at, at = from;

	while (at < reader->len) {
		const char *next;

		if (stops(reader, at))
			return without_line_end(reader->octets, from, at);
		next = memmem(reader->octets + at, reader->len - at, "\n--", 3);
		if (next == NULL)
			break;
		at = (size_t)(next - reader->octets) + 1;
	}
	stop_at_end(reader);
	return reader->len;
}

/* --- headers -------------------------------------------------------- */

enum header_end {
	HEADER_READ,	/* the content follows */
	HEADER_STOPPED, /* a boundary does */
	HEADER_NONE
};

struct header {
	unsigned count;
	struct message_field fields[MESSAGE_FIELDS_MAX];
	struct message_content_fields content;
	bool encoded; /* by its first Content-Transfer-Encoding */
};

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
		at += line_len(reader, at);
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

static enum header_end
read_header(struct reader *reader, struct header *header, bool outermost)
{
	header->count = 0; /* the list is large */
	header->content = (struct message_content_fields){ 0 };
	header->encoded = false;
	if (reader->at >= reader->len)
		return HEADER_NONE;
	while (reader->at < reader->len) {
		size_t at = reader->at, len = line_len(reader, at), colon, end;
		const char *line = reader->octets + at;
		bool valid, whole = line[len - 1] == '\n';

		if (line[0] == '\n' || (line[0] == '\r' && line[1] == '\n')) {
			reader->at += len;
			break;
		}
		colon = scan_name(line, len, &valid);
		if (!valid && colon == len)
			return HEADER_NONE; /* the text ends within a name */
		if (!valid && header->count == 0 &&
		    !may_precede(line, colon, outermost))
			return HEADER_NONE;
		if (whole && stops(reader, at))
			return HEADER_STOPPED;
		if (!valid && header->count == 0) {
			reader->at = at + len;
			continue;
		}
		end = field_end(reader, at);
		if (valid)
			take_field(reader, header, at, at + colon, end);
		reader->at = end;
	}
	return HEADER_READ;
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

/* The fields Content-* come last. */
static struct message_fields
keep_fields(struct message *message, const struct header *header)
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

/* --- parts ---------------------------------------------------------- */

/* Where a part stands in the message. */
struct place {
	int parent;
	unsigned depth;
	bool quoted;
	const char *otherwise; /* its type when it names none */
};

static void read_part(struct reader *reader, const struct header *header,
    enum header_end end, const struct place *place);

static bool
is_message(const char *type)
{
	static const char *const types[] = { "message/rfc822",
		"message/rfc2822", "message/global", "message/news" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i]) == 0)
			return true;
	}
	return false;
}

static void
pass_line(struct reader *reader)
{
	reader->at += line_len(reader, reader->at);
}

/* The parts of the innermost multipart, whose boundary stands at `at`. */
static void
read_children(
    struct reader *reader, struct message_part *part, const struct place *place)
{
	int own = reader->bound_count - 1;
	struct header header;

	while (reader->stop == own && !reader->stop_ends) {
		enum header_end end;

		pass_line(reader);
		end = read_header(reader, &header, false);
		if (end == HEADER_NONE) {
			stop_at_end(reader);
			break;
		}
		if (end == HEADER_STOPPED && header.count == 0)
			continue;
		part->childless = false;
		read_part(reader, &header, end, place);
	}
}

static void
read_multipart(struct reader *reader, struct message_part *part, int index,
    const char *boundary)
{
	int own = reader->bound_count;
	const struct place place = { .parent = index,
		.depth = part->depth + 1,
		.quoted = part->quoted,
		.otherwise = strcmp(part->type, "multipart/digest") == 0
				 ? "message/rfc822"
				 : "text/plain" };
	size_t from = reader->at;

	part->childless = true;
	if (boundary != NULL) {
		reader->bounds[own].text = boundary;
		reader->bounds[own].len = strlen(boundary);
		reader->bound_count++;
	}
	part->content.octets = reader->octets + from;
	part->content.len = pass_content(reader) - from;
	if (boundary == NULL)
		return;
	read_children(reader, part, &place);
	if (!part->childless)
		part->content.octets = NULL;
	reader->bound_count--;
	if (reader->stop == own) { /* it ends; what follows is nothing */
		pass_line(reader);
		pass_content(reader);
	}
}

static void
read_message(struct reader *reader, struct message_part *part, int index)
{
	const struct place place = { .parent = index,
		.depth = part->depth + 1,
		.quoted = true,
		.otherwise = "text/plain" };
	struct header header;
	enum header_end end;

	if (reader->at >= reader->len || stops(reader, reader->at)) {
		if (reader->at >= reader->len)
			stop_at_end(reader);
		return;
	}
	end = read_header(reader, &header, false);
	if (end == HEADER_NONE) {
		stop_at_end(reader);
		return;
	}
	part->inner = keep_fields(reader->message, &header);
	read_part(reader, &header, end, &place);
}

static void
read_leaf(struct reader *reader, struct message_part *part)
{
	size_t from = reader->at;

	part->content.octets = reader->octets + from;
	part->content.len = pass_content(reader) - from;
}

/* Parts that are too many, or too deep, are passed over. */
static bool
pass_over(struct reader *reader, enum header_end end, unsigned depth)
{
	if (reader->message->part_count == MESSAGE_PARTS_MAX)
		stop_at_end(reader);
	else if (depth <= MESSAGE_DEPTH_MAX)
		return false;
	else if (end == HEADER_READ)
		pass_content(reader);
	return true;
}

static void
read_part(struct reader *reader, const struct header *header,
    enum header_end end, const struct place *place)
{
	struct message *message = reader->message;
	int index = (int)message->part_count;
	struct message_part *part = &message->parts[index];
	const char *boundary;

	if (pass_over(reader, end, place->depth))
		return;
	message->part_count++;
	*part = (struct message_part){ .depth = place->depth,
		.parent = place->parent,
		.quoted = place->quoted };
	boundary = message_read_type(
	    message, &header->content, place->otherwise, part);
	if (strncmp(part->type, "multipart/", 10) == 0)
		read_multipart(reader, part, index, boundary);
	else if (is_message(part->type) && !header->encoded) {
		if (end == HEADER_READ)
			read_message(reader, part, index);
	} else if (end == HEADER_READ)
		read_leaf(reader, part);
	else
		part->content.octets = "";
}

void
message_find_parts(struct message *message)
{
	static const struct place outermost = { .parent = -1,
		.otherwise = "text/plain" };
	struct reader reader = { .message = message,
		.octets = message->octets,
		.len = message->len,
		.stop = NO_BOUNDARY };
	struct header header;
	enum header_end end = read_header(&reader, &header, true);

	if (end == HEADER_NONE)
		return;
	message->fields = keep_fields(message, &header);
	read_part(&reader, &header, end, &outermost);
}

const struct message_part *
message_parts(const struct message *message, unsigned *count)
{
	*count = message->part_count;
	return message->parts;
}
