#include "dnsd/transfer.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "dnsd/rrlist.h"

/* Of an SOA's data, where the serial stands from the end. */
#define SERIAL_FROM_END 20

/* --- requests ------------------------------------------------------------- */

struct transfer_request *
transfer_request_new(const struct ipaddr *client, const struct query *query,
    const struct tsig *tsig, struct rules *rules)
{
	struct transfer_request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		return NULL;
	request->client = *client;
	request->query = *query;
	memcpy(request->question, query->question, query->question_len);
	request->query.question = request->question;
	request->query.edns.cookie = NULL;
	if (tsig != NULL)
		request->tsig = *tsig;
	request->rules = rules_hold(rules);
	return request;
}

void
transfer_request_free(struct transfer_request *request)
{
	if (request == NULL)
		return;
	rules_release(request->rules);
	free(request);
}

/* --- begin and end -------------------------------------------------------- */

/*
 * The journal holds records, not how they looked: from before a change of
 * that nothing leads on.
 */
static bool
may_be_incremental(const struct transfer *transfer)
{
	const struct query *query = &transfer->request->query;

	return query->type == DNS_TYPE_IXFR && query->has_serial &&
	       !zone_serial_before(
		   query->serial, transfer->zone.settings.look_since);
}

int
transfer_begin(struct transfer *transfer, struct transfer_request *request,
    struct zonereader *reader)
{
	int error;

	memset(transfer, 0, sizeof(*transfer));
	transfer->request = request;
	error = zoneview_init(&transfer->view, reader);
	zone_init(&transfer->zone);
	zone_refresh(&transfer->zone, reader->txn);
	if (error != 0 || !transfer->zone.ready)
		return error != 0 ? error : ERROR_NOT_FOUND;
	transfer->incremental = may_be_incremental(transfer);
	transfer->stage =
	    transfer->incremental ? TRANSFER_COLLECT : TRANSFER_FIRST;
	transfer->place = zone_place_all(request->query.serial);
	return 0;
}

void
transfer_end(struct transfer *transfer)
{
	zoneview_deinit(&transfer->view);
	transfer_request_free(transfer->request);
	transfer->request = NULL;
}

/* --- steps ---------------------------------------------------------------- */

/* Instead of an incremental one: the whole of the newest version. */
static int
begin_whole(struct transfer *transfer, struct zonereader *reader)
{
	struct transfer_request *request = transfer->request;

	zoneview_deinit(&transfer->view);
	request->query.has_serial = false;
	return transfer_begin(transfer, request, reader);
}

/* More changes than names are dearer than the names. */
static int
collect(struct transfer *transfer, struct zonereader *reader)
{
	struct zoneview *view = &transfer->view;
	int result = zoneview_collect(view, reader, &transfer->place);

	if (result == 0 && changes_count(&view->changes) >
			       store_count(reader->txn, TABLE_ZONE))
		result = ERROR_LIMIT;
	if (result == 0)
		transfer->stage = TRANSFER_FIRST;
	if (result == ERROR_NOT_FOUND || result == ERROR_LIMIT)
		result = begin_whole(transfer, reader);
	return result;
}

int
transfer_follow(
    struct transfer *transfer, struct zonereader *reader, int64_t now_ms)
{
	int result = 0;

	if (transfer->stage == TRANSFER_COLLECT)
		result = collect(transfer, reader);
	/* What was collected needs no database any more. */
	if (result == 0 && !transfer->incremental)
		result = zoneview_follow(&transfer->view, reader, now_ms);
	return result;
}

/* --- records -------------------------------------------------------------- */

static int
add_soa(const struct transfer *transfer, struct reply *reply, uint32_t serial)
{
	const struct zone_template *soa = &transfer->zone.soa;
	uint8_t *to;

	if (!reply_has_room(reply, soa->len))
		return ERROR_LIMIT;
	to = reply_add(reply, REPLY_ANSWER, 1, soa->len);
	zone_template_write(soa, DNS_HEADER_LEN, to);
	dns_store_u32(to + soa->len - SERIAL_FROM_END, serial);
	return 0;
}

static int
add_table(
    struct transfer *transfer, struct zonereader *reader, struct reply *reply)
{
	struct octets key, value;
	struct rrlist list;
	int error;

	for (;;) {
		error = zoneview_next(&transfer->view, reader, &key, &value);
		if (error == 0)
			error = rrlist_of(
			    &list, &transfer->zone.settings, key, value);
		if (error == 0)
			error = rrlist_add(&list, key, reply);
		if (error == 0)
			error = zoneview_take(&transfer->view, reader);
		if (error != 0)
			return error == ERROR_NOT_FOUND ? 0 : error;
	}
}

/* One side of a change: what the other has not. */
static int
add_change(const struct transfer *transfer, size_t i, bool removed,
    struct reply *reply)
{
	const struct zone_settings *settings = &transfer->zone.settings;
	struct octets key, before, after;
	struct rrlist list, other;
	int error;

	changes_get(&transfer->view.changes, i, &key, &before, &after);
	error = rrlist_of(&list, settings, key, removed ? before : after);
	if (error == 0)
		error =
		    rrlist_of(&other, settings, key, removed ? after : before);
	if (error != 0)
		return error;
	rrlist_subtract(&list, &other);
	return rrlist_add(&list, key, reply);
}

static int
add_changes(struct transfer *transfer, bool removed, struct reply *reply)
{
	size_t count = changes_count(&transfer->view.changes);
	int error = 0;

	while (error == 0 && transfer->at < count) {
		error = add_change(transfer, transfer->at, removed, reply);
		transfer->at += error == 0;
	}
	if (error == 0)
		transfer->at = 0;
	return error;
}

/* --- messages ------------------------------------------------------------- */

/* All of a stage, or what fits: ERROR_LIMIT. */
static int
add_stage(
    struct transfer *transfer, struct zonereader *reader, struct reply *reply)
{
	uint32_t serial = transfer->zone.version.serial;

	switch (transfer->stage) {
	case TRANSFER_TABLE:
		return add_table(transfer, reader, reply);
	case TRANSFER_OLD:
		return add_soa(
		    transfer, reply, transfer->request->query.serial);
	case TRANSFER_REMOVED:
	case TRANSFER_ADDED:
		return add_changes(
		    transfer, transfer->stage == TRANSFER_REMOVED, reply);
	default:
		return add_soa(transfer, reply, serial);
	}
}

static enum transfer_stage
next_stage(const struct transfer *transfer)
{
	if (transfer->stage == TRANSFER_FIRST && transfer->incremental)
		return TRANSFER_OLD;
	if (transfer->stage == TRANSFER_TABLE)
		return TRANSFER_LAST;
	return transfer->stage + 1;
}

static void
begin_message(struct transfer *transfer, uint64_t now, uint8_t *octets,
    struct reply *reply)
{
	struct transfer_request *request = transfer->request;

	reply_begin(reply, &request->query, octets, TRANSFER_MESSAGE_MAX);
	reply->authoritative = true;
	reply->udp_size = request->rules->udp_size;
	reply->tsig = request->query.tsig.present ? &request->tsig : NULL;
	reply->now = now;
}

int
transfer_message(struct transfer *transfer, struct zonereader *reader,
    uint64_t now, uint8_t *octets)
{
	struct reply reply;
	int error = 0;
	size_t len;

	if (transfer->stage == TRANSFER_DONE)
		return 0;
	begin_message(transfer, now, octets, &reply);
	while (error == 0 && transfer->stage != TRANSFER_DONE) {
		error = add_stage(transfer, reader, &reply);
		if (error == 0)
			transfer->stage = next_stage(transfer);
	}
	/* A message is full; no name is too large for an empty one. */
	if (error != 0 &&
	    (error != ERROR_LIMIT || reply.counts[REPLY_ANSWER] == 0))
		return error;
	transfer->records += reply.counts[REPLY_ANSWER];
	len = reply_finish(&reply);
	transfer->messages++;
	transfer->octets += len;
	return len > 0 ? (int)len : ERROR_LIMIT;
}
