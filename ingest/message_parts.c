#include "ingest/message_reader.h"

#include <string.h>

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
	reader->at += reader_line_len(reader, reader->at);
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
		end = reader_header(reader, &header, false);
		if (end == HEADER_NONE) {
			reader_stop_at_end(reader);
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
	part->content.len = reader_pass_content(reader) - from;
	if (boundary == NULL)
		return;
	read_children(reader, part, &place);
	if (!part->childless)
		part->content.octets = NULL;
	reader->bound_count--;
	if (reader->stop == own) { /* it ends; what follows is nothing */
		pass_line(reader);
		reader_pass_content(reader);
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

	if (reader->at >= reader->len || reader_stops(reader, reader->at)) {
		if (reader->at >= reader->len)
			reader_stop_at_end(reader);
		return;
	}
	end = reader_header(reader, &header, false);
	if (end == HEADER_NONE) {
		reader_stop_at_end(reader);
		return;
	}
	part->inner = header_keep(reader->message, &header);
	read_part(reader, &header, end, &place);
}

static void
read_leaf(struct reader *reader, struct message_part *part)
{
	size_t from = reader->at;

	part->content.octets = reader->octets + from;
	part->content.len = reader_pass_content(reader) - from;
}

/* Parts that are too many, or too deep, are passed over. */
static bool
pass_over(struct reader *reader, enum header_end end, unsigned depth)
{
	if (reader->message->part_count == MESSAGE_PARTS_MAX)
		reader_stop_at_end(reader);
	else if (depth <= MESSAGE_DEPTH_MAX)
		return false;
	else if (end == HEADER_READ)
		reader_pass_content(reader);
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
	enum header_end end = reader_header(&reader, &header, true);

	if (end == HEADER_NONE)
		return;
	message->fields = header_keep(message, &header);
	read_part(&reader, &header, end, &outermost);
}

const struct message_part *
message_parts(const struct message *message, unsigned *count)
{
	*count = message->part_count;
	return message->parts;
}
