#include "httpapi/feed_api.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/feed.h"
#include "httpapi/jsonout.h"
#include "httpapi/limit.h"
#include "httpapi/network.h"
#include "httpapi/problem.h"

/* What one step of the feed writes: two thousand lines, and room to spare. */
#define STEP_OCTETS_MAX (1 << 20)

/* A difference up to this is sent at once: a thousand changes. */
#define WHOLE_OCTETS_MAX (64 << 10)

/* Sixteen hexadecimal digits, since JSON's numbers have 53 bits. */
#define LINEAGE_DIGITS 16

struct stream {
	struct reply_source source;
	struct service *service;
	struct feed *feed;
	bool all_read; /* of the feed; what is left is in `lines` */
	bool counted;  /* among service->feeds */
	uint64_t count;
	struct strbuf lines;
	size_t sent; /* of them */
};

static void
stream_free(struct reply_source *source)
{
	struct stream *stream = (struct stream *)(void *)source;

	feed_close(stream->feed);
	if (stream->counted)
		atomic_fetch_sub(&stream->service->feeds, 1);
	strbuf_deinit(&stream->lines);
	free(stream);
}

/* --- lines ---------------------------------------------------------------- */

static void
put_head(struct stream *stream, const struct zone_version *since)
{
	const struct zone_version *version = feed_version(stream->feed);
	char zone[DNAME_TEXT_MAX], lineage[LINEAGE_DIGITS + 1];
	struct jsonout json;

	dname_format(feed_zone(stream->feed)->origin, zone);
	snprintf(lineage, sizeof(lineage), "%016llx",
	    (unsigned long long)version->lineage);
	jsonout_init(&json, &stream->lines);
	jsonout_object(&json, NULL);
	jsonout_text(&json, "zone", zone);
	jsonout_integer(&json, "serial", version->serial);
	jsonout_text(&json, "lineage", lineage);
	if (since != NULL)
		jsonout_integer(&json, "since", since->serial);
	else
		jsonout_null(&json, "since");
	jsonout_end_object(&json);
	jsonout_done(&json);
	strbuf_putc(&stream->lines, '\n');
}

static int
put_item(const struct feed_item *item, void *context)
{
	struct stream *stream = context;
	char unit[IPPREFIX_TEXT_MAX];
	struct jsonout json;

	if (!item->is_listing)
		return 0;
	jsonout_init(&json, &stream->lines);
	jsonout_object(&json, NULL);
	jsonout_text(&json, "list", sublists[item->list].label);
	jsonout_text(&json, "unit", listing_unit_format(&item->unit, unit));
	if (item->gone)
		jsonout_bool(&json, "gone", true);
	else
		jsonout_codes(&json, item->node.entry.codes);
	jsonout_end_object(&json);
	jsonout_done(&json);
	strbuf_putc(&stream->lines, '\n');
	stream->count++;
	return stream->lines.error;
}

static void
put_end(struct stream *stream)
{
	struct jsonout json;

	jsonout_init(&json, &stream->lines);
	jsonout_object(&json, NULL);
	jsonout_bool(&json, "end", true);
	jsonout_integer(&json, "count", (int64_t)stream->count);
	jsonout_end_object(&json);
	jsonout_done(&json);
	strbuf_putc(&stream->lines, '\n');
}

/* A step's lines more; it may hold none. */
static int
read_step(struct stream *stream)
{
	int code = feed_step(stream->feed, put_item, stream);

	if (code < 0)
		return code;
	if (code == 0) {
		stream->all_read = true;
		put_end(stream);
	}
	return stream->lines.error;
}

/* The next lines in place of those before. */
static int
read_on(struct stream *stream)
{
	int code = 0;

	stream->sent = 0;
	strbuf_clear(&stream->lines);
	while (code == 0 && stream->lines.len == 0)
		code = read_step(stream);
	return code;
}

static ssize_t
stream_more(struct reply_source *source, char *to, size_t size)
{
	static struct log_gate gate = LOG_GATE(5);
	struct stream *stream = (struct stream *)(void *)source;
	size_t left = stream->lines.len - stream->sent;
	int code = 0;

	if (left == 0 && !stream->all_read) {
		code = read_on(stream);
		left = stream->lines.len;
	}
	if (code != 0) {
		if (log_gate_open(&gate, "feed_failed"))
			log_error(
			    "feed_failed reason=\"%s\"", error_text(code));
		return code;
	}
	if (left > size)
		left = size;
	memcpy(to, stream->lines.text + stream->sent, left);
	stream->sent += left;
	return (ssize_t)left;
}

/* --- the request ---------------------------------------------------------- */

struct wish {
	struct zone_version since;
	bool since_given; /* else all of it is wanted */
	long long wait_seconds;
};

/* Sixteen digits, or 0 and a false *good; absent is 0. */
static uint64_t
read_lineage(const json_t *query, bool *good)
{
	const char *text = json_string_value(json_object_get(query, "lineage"));

	if (text == NULL)
		return 0;
	if (strlen(text) == LINEAGE_DIGITS &&
	    strspn(text, "0123456789abcdef") == LINEAGE_DIGITS)
		return strtoull(text, NULL, 16);
	*good = false;
	return 0;
}

/* False: the reply is a problem. */
static bool
read_wish(struct exchange *exchange, struct wish *wish)
{
	json_t *query = exchange_query(exchange);
	long long serial;
	bool good, sound = true;

	if (query == NULL)
		return false;
	good = exchange_number(
		   exchange, query, "since", 0, UINT32_MAX, 0, &serial) &&
	       exchange_number(exchange, query, "wait", 0, FEED_WAIT_MOST, 0,
		   &wish->wait_seconds);
	wish->since_given = json_object_get(query, "since") != NULL;
	wish->since.lineage = read_lineage(query, &sound);
	json_decref(query);
	if (!good)
		return false;
	wish->since.serial = (uint32_t)serial;
	if (sound && (wish->since_given || wish->wait_seconds == 0))
		return true;
	problem_reply(exchange, PROBLEM_BAD_QUERY, NULL);
	return false;
}

static void
refuse(struct exchange *exchange, int code)
{
	static struct log_gate gate = LOG_GATE(5);

	if (code == ERROR_NOT_FOUND || code == ERROR_LIMIT) {
		problem_reply(exchange, PROBLEM_TOO_OLD, NULL);
		return;
	}
	if (log_gate_open(&gate, "feed_failed"))
		log_error("feed_failed request=%s reason=\"%s\"",
		    exchange->request.id, error_text(code));
	problem_reply(exchange, PROBLEM_DATABASE, NULL);
}

static int
stream_new(struct service *service, const struct zone_version *since,
    struct stream **out)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	int code;

	if (stream == NULL)
		return -ENOMEM;
	code = feed_open(service->store, since, &stream->feed);
	if (code != 0) {
		free(stream);
		return code;
	}
	stream->source.more = stream_more;
	stream->source.free = stream_free;
	stream->service = service;
	strbuf_init(&stream->lines, STEP_OCTETS_MAX);
	put_head(stream, since);
	*out = stream;
	return 0;
}

/* Sends it in pieces; false where too many are sent. */
static bool
send_stream(struct exchange *exchange, struct stream *stream)
{
	struct service *service = exchange->service;

	stream->counted = true;
	if (atomic_fetch_add(&service->feeds, 1) >= FEED_MAX)
		return false;
	exchange->reply.source = &stream->source;
	return true;
}

/* A short answer holds nothing of the database while it is sent. */
static int
send_whole(struct exchange *exchange, struct stream *stream)
{
	int code = 0;

	while (code == 0 && !stream->all_read &&
	       stream->lines.len < WHOLE_OCTETS_MAX)
		code = read_step(stream);
	if (code != 0 || !stream->all_read)
		return code;
	strbuf_deinit(&exchange->reply.body);
	exchange->reply.body = stream->lines;
	strbuf_init(&stream->lines, STEP_OCTETS_MAX);
	return 0;
}

static void
tell(struct exchange *exchange, const struct zone_version *since)
{
	struct reply *reply = &exchange->reply;
	struct stream *stream;
	int code = stream_new(exchange->service, since, &stream);

	if (code != 0) {
		refuse(exchange, code);
		return;
	}
	reply->status = 200;
	reply->type = "application/x-ndjson";
	reply_header(reply, "Cache-Control", "no-store");
	if (since != NULL)
		code = send_whole(exchange, stream);
	if (code != 0)
		refuse(exchange, code);
	else if (!stream->all_read && send_stream(exchange, stream))
		return;
	else if (!stream->all_read)
		problem_reply(exchange, PROBLEM_BUSY, NULL);
	stream_free(&stream->source);
}

/* On the feeder's thread. */
static void
tell_changes(struct feeder_job *job)
{
	struct exchange *exchange =
	    (struct exchange *)(void *)((char *)job -
					offsetof(struct exchange, feeding));

	tell(exchange, &job->since);
}

/* Each network has a share of what there is. */
static bool
may_feed(struct exchange *exchange)
{
	struct ipprefix network = network_of(&exchange->request.client);

	exchange->feeds = true;
	if (limit_take(
		exchange->service->feeding, &network.address, FEED_PER_NETWORK))
		return true;
	problem_reply(exchange, PROBLEM_TOO_MANY_REQUESTS,
	    "Your network reads the feed, or waits for changes of it, as "
	    "often as one may at a time.");
	reply_header(&exchange->reply, "Retry-After", "10");
	return false;
}

enum handled
feed_get(struct exchange *exchange)
{
	struct wish wish;

	if (!read_wish(exchange, &wish) || !may_feed(exchange))
		return HANDLED;
	if (!wish.since_given) {
		tell(exchange, NULL);
		return HANDLED;
	}
	exchange->feeding.since = wish.since;
	exchange->feeding.until_ms =
	    clock_monotonic_ms() + wish.wait_seconds * 1000;
	exchange->feeding.run = tell_changes;
	return HANDLED_FEEDING;
}
