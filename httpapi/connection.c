#include "httpapi/connection.h"

#include <limits.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/log.h"
#include "httpapi/dispatch.h"
#include "httpapi/forwarded.h"
#include "httpapi/problem.h"
#include "httpapi/reply.h"
#include "httpapi/request.h"

enum phase {
	PHASE_IDLE,    /* between requests */
	PHASE_LINE,    /* the request line is read */
	PHASE_BODY,    /* the header is sound; the body comes */
	PHASE_READY,   /* the reply is there and has to be sent */
	PHASE_WAITING, /* for the writer, for DNS, for a change */
	PHASE_SENT
};

/*
 * So much of a reply's memory waits for the connection's next one: an answer to
 * a look-up fits, and a thousand idle clients hold 4 MiB.
 */
#define KEPT_OCTETS_MAX 4096

struct connection {
	struct connections *all;
	struct MHD_Connection *handle;
	struct deadline deadline;
	struct ipaddr peer;
	bool tls;
	enum phase phase;
	struct request_line line;
	struct exchange exchange;
	struct strbuf kept;    /* the memory of the last reply's body */
	struct stocked *taken; /* what the reply is sent with; NULL: none */
};

/* --- connections ---------------------------------------------------------- */

/*
 * A local socket has no address: it stands for this machine, and a proxy
 * behind it is trusted when 127.0.0.1 is.
 */
static struct ipaddr
address_of(const struct sockaddr *sa)
{
	struct ipaddr address;

	if (sa == NULL || ipaddr_from_sockaddr(sa, &address) != 0)
		address = ipaddr_from_ipv4(INADDR_LOOPBACK);
	return address;
}

/* Trusted proxies speak for many and are not bound by the limit for one. */
static unsigned
share_of(struct connections *all, const struct ipaddr *peer)
{
	const struct site *site = atomic_load(&all->service->site);

	return forwarded_is_trusted(
		   peer, site->proxies.list, site->proxies.count)
		   ? UINT_MAX
		   : site->per_client;
}

static void
count_refused(struct connections *all, const struct ipaddr *peer)
{
	static struct log_gate gate = LOG_GATE(5);
	char text[IPADDR_TEXT_MAX];

	atomic_fetch_add(&all->service->counters.connections_refused, 1);
	if (log_gate_open(&gate, "connection_refused"))
		log_notice("connection_refused client=%s reason=per_client",
		    ipaddr_format(peer, text));
}

enum MHD_Result
connection_allowed(void *context, const struct sockaddr *sa, socklen_t len)
{
	struct connections *all = context;
	struct ipaddr peer = address_of(len > 0 ? sa : NULL);

	if (limit_allows(all->limit, &peer, share_of(all, &peer)))
		return MHD_YES;
	count_refused(all, &peer);
	return MHD_NO;
}

static void
give_time(struct connection *connection)
{
	const struct site *site = atomic_load(&connection->all->service->site);

	atomic_store(&connection->deadline.at_ms,
	    clock_monotonic_ms() + site->request_ms);
}

static void
open_connection(
    struct connections *all, struct MHD_Connection *handle, void **context)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	const union MHD_ConnectionInfo *info;
	bool within;
	int fd;

	*context = connection;
	if (connection == NULL)
		return;
	connection->all = all;
	connection->handle = handle;
	strbuf_init(&connection->kept, REPLY_BODY_MAX);
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	connection->peer = address_of(info != NULL ? info->client_addr : NULL);
	connection->tls = MHD_get_connection_info(handle,
			      MHD_CONNECTION_INFO_GNUTLS_SESSION) != NULL;
	within = limit_take(
	    all->limit, &connection->peer, share_of(all, &connection->peer));
	give_time(connection);
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	fd = info != NULL ? info->connect_fd : -1;
	deadline_add(&all->deadlines, &connection->deadline, fd);
	atomic_fetch_add(&all->service->counters.connections, 1);
	atomic_fetch_add(&all->service->counters.connections_total, 1);
	if (!within) {
		count_refused(all, &connection->peer);
		shutdown(fd, SHUT_RDWR);
	}
}

static void
close_connection(struct connections *all, struct connection *connection)
{
	if (connection == NULL)
		return;
	/* The library closes the descriptor after this. */
	deadline_remove(&all->deadlines, &connection->deadline);
	limit_give(all->limit, &connection->peer);
	atomic_fetch_sub(&all->service->counters.connections, 1);
	strbuf_deinit(&connection->kept);
	free(connection);
}

void
connection_changed(void *context, struct MHD_Connection *handle, void **own,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		open_connection(context, handle, own);
	} else {
		close_connection(context, *own);
		*own = NULL;
	}
}

/* --- requests ------------------------------------------------------------- */

/* The request line is in: the clock of this request starts. */
void *
connection_request_line(
    void *context, const char *uri, struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *connection =
	    info != NULL ? info->socket_context : NULL;
	struct connections *all = context;

	if (connection == NULL)
		return NULL;
	give_time(connection);
	atomic_fetch_add(&all->busy, 1);
	exchange_init(&connection->exchange, all->service);
	connection->exchange.reply.body = connection->kept;
	strbuf_init(&connection->kept, REPLY_BODY_MAX);
	connection->exchange.request.tls = connection->tls;
	request_begin(&connection->exchange, &connection->line, uri);
	connection->phase = PHASE_LINE;
	return connection;
}

static enum MHD_Result
send_reply(struct connection *connection)
{
	connection->phase = PHASE_SENT;
	dispatch_finish(&connection->exchange);
	return reply_send(&connection->exchange, connection->handle,
	    connection->all->stock, &connection->taken);
}

/*
 * The library's first call: the header alone. A reply queued now closes the
 * connection, since the body is not read; so it waits for the second call
 * where there is no body to come.
 */
static enum MHD_Result
take_header(
    struct connection *connection, const char *method, const char *version)
{
	struct exchange *exchange = &connection->exchange;
	const struct request *request = &exchange->request;

	if (request_read(exchange, &connection->line, connection->handle,
		&connection->peer, method, version) != 0)
		return send_reply(connection);
	dispatch_begin(exchange);
	if (exchange->reply.status == 0) {
		connection->phase = PHASE_BODY;
		return MHD_YES;
	}
	if (request->content_length > 0 || request->has_coding) {
		exchange->reply.close = true;
		return send_reply(connection);
	}
	connection->phase = PHASE_READY;
	return MHD_YES;
}

/* The reply is filled: its connection has a thread again. */
static void
resume(struct exchange *exchange)
{
	struct connection *connection =
	    (struct connection *)(void *)((char *)exchange -
					  offsetof(
					      struct connection, exchange));

	connection->phase = PHASE_READY;
	MHD_resume_connection(connection->handle);
}

/* On the writer's thread. */
static void
on_written(struct writer_job *job, void *context)
{
	(void)context;
	resume((struct exchange *)(void *)((char *)job -
					   offsetof(struct exchange, job)));
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
wait_for_writer(struct connection *connection)
{
	struct exchange *exchange = &connection->exchange;

	exchange->job.done = on_written;
	MHD_suspend_connection(connection->handle);
	writer_submit(writer_of(exchange), &exchange->job);
}

static void
wait_for_prover(struct connection *connection)
{
	struct exchange *exchange = &connection->exchange;

	exchange->proving->job.done = on_proved;
	exchange->proving->job.owner = exchange;
	MHD_suspend_connection(connection->handle);
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
wait_for_feeder(struct connection *connection)
{
	struct exchange *exchange = &connection->exchange;

	exchange->feeding.done = on_fed;
	atomic_store(&connection->deadline.at_ms,
	    exchange->feeding.until_ms + exchange->site->request_ms);
	MHD_suspend_connection(connection->handle);
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
wait_for(struct connection *connection, enum handled what)
{
	static void (*const waits[])(struct connection * connection) = {
		[HANDLED_LATER] = wait_for_writer,
		[HANDLED_ASKING] = wait_for_prover,
		[HANDLED_FEEDING] = wait_for_feeder,
	};
	struct exchange *exchange = &connection->exchange;

	if (!reserve(exchange, what)) {
		problem_reply(exchange, PROBLEM_BUSY, NULL);
		return send_reply(connection);
	}
	connection->phase = PHASE_WAITING;
	waits[what](connection);
	return MHD_YES;
}

static enum MHD_Result
take_body(struct connection *connection, const char *data, size_t *len)
{
	struct exchange *exchange = &connection->exchange;
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
	return handled == HANDLED ? send_reply(connection)
				  : wait_for(connection, handled);
}

enum MHD_Result
connection_request(void *context, struct MHD_Connection *handle,
    const char *url, const char *method, const char *version, const char *data,
    size_t *len, void **own)
{
	struct connection *connection = *own;

	(void)context;
	(void)handle;
	(void)url;
	if (connection == NULL)
		return MHD_NO;
	switch (connection->phase) {
	case PHASE_LINE:
		return take_header(connection, method, version);
	case PHASE_BODY:
		return take_body(connection, data, len);
	case PHASE_READY:
		return send_reply(connection);
	default:
		return MHD_YES;
	}
}

static void
keep_body(struct connection *connection)
{
	struct strbuf *body = &connection->exchange.reply.body;

	if (body->size > KEPT_OCTETS_MAX)
		return;
	connection->kept = *body;
	connection->kept.max_len = REPLY_BODY_MAX;
	strbuf_clear(&connection->kept);
	strbuf_init(body, REPLY_BODY_MAX);
}

/* Answered, or given up: the connection waits for its next request. */
void
connection_completed(void *context, struct MHD_Connection *handle, void **own,
    enum MHD_RequestTerminationCode code)
{
	struct connection *connection = *own;
	struct connections *all = context;

	(void)handle;
	(void)code;
	*own = NULL;
	if (connection == NULL || connection->phase == PHASE_IDLE)
		return;
	connection->phase = PHASE_IDLE;
	if (connection->taken != NULL)
		stock_give(all->stock, connection->taken);
	connection->taken = NULL;
	keep_body(connection);
	exchange_deinit(&connection->exchange);
	give_time(connection);
	atomic_fetch_sub(&all->busy, 1);
}
