#ifndef INGEST_MESSAGE_READER_H
#define INGEST_MESSAGE_READER_H

#include "ingest/message_private.h"

/*
 * One pass over the octets of a message, for message_parts.c alone: boundaries
 * and headers. Broken structures are common among bounces; they are read as
 * GMime's own parser reads them, which was measured on them:
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

/* With its line end, if it has one. */
size_t reader_line_len(const struct reader *reader, size_t at);
/* Notes which boundary stands at `at`, if one does. */
bool reader_stops(struct reader *reader, size_t at);
void reader_stop_at_end(struct reader *reader);
/* What stands before the next boundary; its end is returned. */
size_t reader_pass_content(struct reader *reader);

enum header_end {
	HEADER_READ,	/* the content follows */
	HEADER_STOPPED, /* a boundary does */
	HEADER_NONE
};

struct header {
	unsigned count; /* of those that came; kept are not all */
	struct message_field fields[MESSAGE_FIELDS_MAX];
	struct message_content_fields content;
	bool encoded; /* by its first Content-Transfer-Encoding */
};

/* From `at` on. `outermost`: the message's own. */
enum header_end reader_header(
    struct reader *reader, struct header *header, bool outermost);
/* Its fields, those of Content-* last, as long as the message is kept. */
struct message_fields header_keep(
    struct message *message, const struct header *header);

#endif
