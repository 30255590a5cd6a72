#include "ingest/policy_request.h"

#include <string.h>

/* --- attributes ----------------------------------------------------------- */

#define FIELD(attribute, member)                                               \
	{                                                                      \
		attribute, offsetof(struct policy_request, member),            \
		    sizeof(((struct policy_request *)0)->member)               \
	}

/* All others are passed over. */
static const struct {
	const char *name;
	size_t offset, size;
} fields[] = {
	FIELD("protocol_state", stage_name),
	FIELD("instance", instance),
	FIELD("client_address", client_text),
	FIELD("helo_name", helo),
	FIELD("sender", sender),
	FIELD("recipient", recipient),
	FIELD("sasl_username", user),
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static const struct {
	const char *name;
	enum policy_stage stage;
} stages[] = {
	{ "RCPT", POLICY_STAGE_RCPT },
	{ "DATA", POLICY_STAGE_MESSAGE },
	{ "BDAT", POLICY_STAGE_MESSAGE },
	{ "END-OF-MESSAGE", POLICY_STAGE_MESSAGE },
};

static enum policy_stage
stage_of(const char *name)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (strcmp(stages[i].name, name) == 0)
			return stages[i].stage;
	}
	return POLICY_STAGE_OTHER;
}

/* Of whom the name alone matters, a cut name will do. */
static bool
is_wanted_whole(size_t field)
{
	return fields[field].offset != offsetof(struct policy_request, user);
}

static void
take_value(struct policy_request *request, size_t field, const char *value,
    size_t len, bool whole)
{
	char *to = (char *)request + fields[field].offset;

	if (len >= fields[field].size) {
		len = fields[field].size - 1;
		whole = false;
	}
	memcpy(to, value, len);
	to[len] = '\0';
	if (!whole && is_wanted_whole(field))
		request->cut = true;
}

/* --- lines ---------------------------------------------------------------- */

static bool
take_line(struct policy_reader *reader, bool whole)
{
	const char *line = reader->line;
	const char *equals = memchr(line, '=', reader->line_len);
	size_t name_len;

	if (equals == NULL || memchr(line, '\0', reader->line_len) != NULL)
		return false;
	name_len = (size_t)(equals - line);
	for (size_t i = 0; i < FIELDS; i++) {
		if (strlen(fields[i].name) == name_len &&
		    memcmp(fields[i].name, line, name_len) == 0)
			take_value(&reader->request, i, equals + 1,
			    reader->line_len - name_len - 1, whole);
	}
	return true;
}

static void
complete(struct policy_request *request)
{
	request->stage = stage_of(request->stage_name);
	request->client_known =
	    ipaddr_parse(request->client_text, &request->client) == 0;
}

/* An empty line ends a request, one that was empty as well is none. */
static enum policy_outcome
end_line(struct policy_reader *reader, bool whole)
{
	bool empty = reader->line_len == 0;
	bool good = empty ? reader->total > 1 : take_line(reader, whole);

	reader->line_len = 0;
	if (!good)
		return POLICY_MALFORMED;
	if (!empty)
		return POLICY_MORE;
	complete(&reader->request);
	return POLICY_COMPLETE;
}

void
policy_reader_init(struct policy_reader *reader)
{
	memset(reader, 0, sizeof(*reader));
}

/*
 * A line's octets beyond those kept are counted in line_len no more: that it
 * is full tells that it may not be whole.
 */
static void
keep(struct policy_reader *reader, const char *octets, size_t len)
{
	size_t room = sizeof(reader->line) - reader->line_len;

	if (len > room)
		len = room;
	memcpy(reader->line + reader->line_len, octets, len);
	reader->line_len += len;
}

enum policy_outcome
policy_reader_feed(
    struct policy_reader *reader, const char *octets, size_t len, size_t *taken)
{
	enum policy_outcome outcome = POLICY_MORE;

	*taken = 0;
	if (len > 0 && reader->total == 0)
		memset(&reader->request, 0, sizeof(reader->request));
	while (*taken < len && outcome == POLICY_MORE) {
		const char *from = octets + *taken;
		const char *end = memchr(from, '\n', len - *taken);
		size_t run = end != NULL ? (size_t)(end - from) : len - *taken;

		keep(reader, from, run);
		*taken += run + (end != NULL);
		reader->total += run + (end != NULL);
		if (reader->total > POLICY_REQUEST_MAX)
			return POLICY_MALFORMED;
		if (end != NULL)
			outcome = end_line(
			    reader, reader->line_len < sizeof(reader->line));
	}
	if (outcome == POLICY_COMPLETE)
		reader->total = 0;
	return outcome;
}
