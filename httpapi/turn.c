#include "httpapi/turn.h"

#include <stddef.h>

#include "common/clock.h"
#include "httpapi/connection.h"
#include "httpapi/dispatch.h"
#include "httpapi/lane.h"
#include "httpapi/problem.h"
#include "httpapi/reply.h"

static void
say_past_library(struct turn *turn)
{
	struct strbuf text;

	strbuf_init(&text, REPLY_BODY_MAX);
	reply_write(&turn->exchange, turn->lane, &text);
	if (text.error == 0)
		connection_say(turn->connection, text.text, text.len);
	strbuf_deinit(&text);
}

/* What the library would not answer: no more is heard of its client. */
static void
end_at_once(struct turn *turn)
{
	struct exchange *exchange = &turn->exchange;

	exchange->request.client = turn->connection->peer;
	problem_reply(exchange, PROBLEM_MALFORMED,
	    "The request line holds octets that it may not hold.");
	exchange->reply.close = true;
	turn->phase = PHASE_SENT;
	dispatch_finish(exchange);
	say_past_library(turn);
	connection_end(turn->connection);
}

/* The request line is in: the clock of this request starts. */
void *
turn_begin(void *context, const char *uri, struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *connection =
	    info != NULL ? info->socket_context : NULL;
	struct connections *all = context;
	struct lane *lane = lane_here(all->lanes);
	struct turn *turn;

	turn = connection != NULL && lane != NULL ? lane_take(lane) : NULL;
	if (turn == NULL)
		return NULL;
	connection_give_time(connection);
	atomic_fetch_add(&all->busy, 1);
	turn->connection = connection;
	turn->taken = NULL;
	exchange_init(&turn->exchange, all->service);
	turn->exchange.reply.body = turn->kept;
	strbuf_init(&turn->kept, REPLY_BODY_MAX);
	turn->exchange.request.tls = connection->tls;
	request_begin(&turn->exchange, &turn->line, handle, uri);
	turn->phase = PHASE_LINE;
	if (request_is_cut(&turn->line))
		end_at_once(turn);
	return turn;
}

static enum MHD_Result
send_reply(struct turn *turn)
{
	turn->phase = PHASE_SENT;
	dispatch_finish(&turn->exchange);
	return reply_send(&turn->exchange, turn->connection->handle, turn->lane,
	    &turn->taken);
}

/*
 * The library's first call: the header alone. A reply queued now closes the
 * connection, since the body is not read; so it waits for the second call
 * where there is no body to come.
 */
static enum MHD_Result
take_header(struct turn *turn, const char *method, const char *version)
{
	struct exchange *exchange = &turn->exchange;
	const struct request *request = &exchange->request;

	if (request_read(exchange, &turn->line, turn->connection->handle,
		&turn->connection->peer, method, version) != 0) {
		turn->connection->refused = true;
		return send_reply(turn);
	}
	dispatch_begin(exchange);
	if (exchange->reply.status == 0) {
		turn->phase = PHASE_BODY;
		return MHD_YES;
	}
	if (request->content_length > 0 || request->has_coding) {
		exchange->reply.close = true;
		turn->connection->refused = true;
		return send_reply(turn);
	}
	turn->phase = PHASE_READY;
	return MHD_YES;
}

/* The reply is filled: its connection has a thread again. */
static void
resume(struct exchange *exchange)
{
	struct turn *turn =
	    (struct turn *)(void *)((char *)exchange -
				    offsetof(struct turn, exchange));

	turn->phase = PHASE_READY;
	MHD_resume_connection(turn->connection->handle);
}

/* On the writer's thread. */
static void
on_written(struct writer_job *job, void *context)
{
	(void)context;
	resume(exchange_of_job(job));
}

/* On the prover's thread. What DNS says may be the leave to write. */
static void
on_proved(struct prover_job *job)
{
	struct exchange *exchange = job->owner;
	struct writer *writer = exchange->service->writer;

	if (exchange->go_on(exchange) != HANDLED_LATER) {
		resume(exchange);
	} else if (!writer_reserve(writer)) {
		problem_reply(exchange, PROBLEM_BUSY, NULL);
		resume(exchange);
	} else {
		exchange->job.done = on_written;
		writer_submit(writer, &exchange->job);
	}
}

/* What takes long has a thread of its own: nobody else waits for that. */
static struct writer *
writer_of(const struct exchange *exchange)
{
	return exchange->thread != NULL ? exchange->thread
					: exchange->service->writer;
}

/* Once suspended the connection may be resumed, and gone, at any moment. */
static void
wait_for_writer(struct turn *turn)
{
	struct exchange *exchange = &turn->exchange;

	exchange->job.done = on_written;
	MHD_suspend_connection(turn->connection->handle);
	writer_submit(writer_of(exchange), &exchange->job);
}

static void
wait_for_prover(struct turn *turn)
{
	struct exchange *exchange = &turn->exchange;

	exchange->proving->job.done = on_proved;
	exchange->proving->job.owner = exchange;
	MHD_suspend_connection(turn->connection->handle);
	prover_submit(exchange->service->prover, &exchange->proving->job);
}

/* On the feeder's thread. */
static void
on_fed(struct feeder_job *job)
{
	resume((struct exchange *)(void *)((char *)job -
					   offsetof(struct exchange, feeding)));
}

/* What is waited for a change is no part of the request's time. */
static void
wait_for_feeder(struct turn *turn)
{
	struct exchange *exchange = &turn->exchange;

	exchange->feeding.done = on_fed;
	exchange->feeding.gone = &turn->connection->deadline.roused;
	atomic_store(&turn->connection->deadline.at_ms,
	    exchange->feeding.until_ms + exchange->site->request_ms);
	MHD_suspend_connection(turn->connection->handle);
	feeder_submit(exchange->service->feeder, &exchange->feeding);
}

static bool
reserve(const struct exchange *exchange, enum handled what)
{
	const struct service *service = exchange->service;

	switch (what) {
	case HANDLED_LATER:
		return writer_reserve(writer_of(exchange));
	case HANDLED_ASKING:
		return prover_reserve(service->prover);
	default:
		return feeder_reserve(service->feeder);
	}
}

static enum MHD_Result
wait_for(struct turn *turn, enum handled what)
{
	static void (*const waits[])(struct turn * turn) = {
		[HANDLED_LATER] = wait_for_writer,
		[HANDLED_ASKING] = wait_for_prover,
		[HANDLED_FEEDING] = wait_for_feeder,
	};
	struct exchange *exchange = &turn->exchange;

	if (!reserve(exchange, what)) {
		problem_reply(exchange, PROBLEM_BUSY, NULL);
		return send_reply(turn);
	}
	turn->phase = PHASE_WAITING;
	waits[what](turn);
	return MHD_YES;
}

static enum MHD_Result
take_body(struct turn *turn, const char *data, size_t *len)
{
	struct exchange *exchange = &turn->exchange;
	enum handled handled = HANDLED;

	if (*len > 0) {
		strbuf_add(&exchange->request.body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (exchange->request.body.error != 0)
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
	else
		handled = dispatch_handle(exchange);
	return handled == HANDLED ? send_reply(turn) : wait_for(turn, handled);
}

enum MHD_Result
turn_go_on(void *context, struct MHD_Connection *handle, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **own)
{
	struct turn *turn = *own;

	(void)context;
	(void)handle;
	(void)url;
	if (turn == NULL)
		return MHD_NO;
	switch (turn->phase) {
	case PHASE_LINE:
		return take_header(turn, method, version);
	case PHASE_BODY:
		return take_body(turn, data, len);
	case PHASE_READY:
		return send_reply(turn);
	case PHASE_WAITING:
		return MHD_YES;
	default:
		return MHD_NO;
	}
}

/*
 * A refusal that ended in an error: the header it refuses left no room for its
 * own, and nothing of it was sent. Or the client is gone, and hears nothing.
 */
static bool
is_unsaid(const struct turn *turn, enum MHD_RequestTerminationCode code)
{
	return code == MHD_REQUEST_TERMINATED_WITH_ERROR &&
	       turn->phase == PHASE_SENT && turn->exchange.reply.close;
}

/* Answered, or given up: the connection waits for its next request. */
void
turn_end(void *context, struct MHD_Connection *handle, void **own,
    enum MHD_RequestTerminationCode code)
{
	struct turn *turn = *own;
	struct connections *all = context;

	(void)handle;
	*own = NULL;
	if (turn == NULL)
		return;
	if (is_unsaid(turn, code))
		say_past_library(turn);
	if (turn->taken != NULL)
		stock_give(turn->lane->stock, turn->taken);
	turn->kept = turn->exchange.reply.body;
	strbuf_init(&turn->exchange.reply.body, REPLY_BODY_MAX);
	exchange_deinit(&turn->exchange);
	connection_give_time(turn->connection);
	lane_give(turn);
	atomic_fetch_sub(&all->busy, 1);
}
