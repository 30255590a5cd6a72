#include "httpapi/server.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/listen.h"
#include "common/log.h"
#include "httpapi/deadline.h"
#include "httpapi/dispatch.h"
#include "httpapi/forwarded.h"
#include "httpapi/limit.h"
#include "httpapi/problem.h"
#include "httpapi/reply.h"
#include "httpapi/request.h"

/*
 * The header of a request and what is kept of it; browsers send a tenth. The
 * library clears all of it after each request.
 */
#define CONNECTION_MEMORY (16 << 10)

/* More threads than this answer no faster: LMDB readers share one lock. */
#define THREADS_MAX 16

/* How long a stopping server waits for replies under way. */
#define GRACE_MS 2000
#define GRACE_STEP_MS 10

struct server {
	struct service *service;
	struct MHD_Daemon *daemons[SERVER_SOCKETS_MAX];
	size_t daemon_count;
	struct server_sockets sockets;
	struct deadlines deadlines;
	struct limit *limit;
	_Atomic unsigned busy; /* requests between begin and end */
};

enum phase {
	PHASE_IDLE,    /* between requests */
	PHASE_LINE,    /* the request line is read */
	PHASE_BODY,    /* the header is sound; the body comes */
	PHASE_READY,   /* the reply is there and has to be sent */
	PHASE_WAITING, /* for the writer */
	PHASE_SENT
};

struct connection {
	struct server *server;
	struct MHD_Connection *handle;
	struct deadline deadline;
	struct ipaddr peer;
	enum phase phase;
	struct request_line line;
	struct exchange exchange;
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
share_of(struct server *server, const struct ipaddr *peer)
{
	const struct site *site = atomic_load(&server->service->site);

	return forwarded_is_trusted(
		   peer, site->proxies.list, site->proxies.count)
		   ? UINT_MAX
		   : site->per_client;
}

static void
count_refused(struct server *server, const struct ipaddr *peer)
{
	static struct log_gate gate = LOG_GATE(5);
	char text[IPADDR_TEXT_MAX];

	atomic_fetch_add(&server->service->counters.connections_refused, 1);
	if (log_gate_open(&gate, "connection_refused"))
		log_notice("connection_refused client=%s reason=per_client",
		    ipaddr_format(peer, text));
}

static enum MHD_Result
may_connect(void *context, const struct sockaddr *sa, socklen_t len)
{
	struct server *server = context;
	struct ipaddr peer = address_of(len > 0 ? sa : NULL);

	if (limit_allows(server->limit, &peer, share_of(server, &peer)))
		return MHD_YES;
	count_refused(server, &peer);
	return MHD_NO;
}

static void
give_time(struct connection *connection)
{
	const struct site *site =
	    atomic_load(&connection->server->service->site);

	atomic_store(&connection->deadline.at_ms,
	    clock_monotonic_ms() + site->request_ms);
}

static void
open_connection(
    struct server *server, struct MHD_Connection *handle, void **context)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	const union MHD_ConnectionInfo *info;
	bool within;
	int fd;

	*context = connection;
	if (connection == NULL)
		return;
	connection->server = server;
	connection->handle = handle;
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	connection->peer = address_of(info != NULL ? info->client_addr : NULL);
	within = limit_take(server->limit, &connection->peer,
	    share_of(server, &connection->peer));
	give_time(connection);
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	fd = info != NULL ? info->connect_fd : -1;
	deadline_add(&server->deadlines, &connection->deadline, fd);
	atomic_fetch_add(&server->service->counters.connections, 1);
	atomic_fetch_add(&server->service->counters.connections_total, 1);
	if (!within) {
		count_refused(server, &connection->peer);
		shutdown(fd, SHUT_RDWR);
	}
}

static void
close_connection(struct server *server, struct connection *connection)
{
	if (connection == NULL)
		return;
	/* The library closes the descriptor after this. */
	deadline_remove(&server->deadlines, &connection->deadline);
	limit_give(server->limit, &connection->peer);
	atomic_fetch_sub(&server->service->counters.connections, 1);
	free(connection);
}

static void
on_connection(void *context, struct MHD_Connection *handle, void **own,
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
static void *
on_request_line(void *context, const char *uri, struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *connection =
	    info != NULL ? info->socket_context : NULL;
	struct server *server = context;

	if (connection == NULL)
		return NULL;
	give_time(connection);
	atomic_fetch_add(&server->busy, 1);
	exchange_init(&connection->exchange, server->service);
	request_begin(&connection->exchange, &connection->line, uri);
	connection->phase = PHASE_LINE;
	return connection;
}

static enum MHD_Result
send_reply(struct connection *connection)
{
	connection->phase = PHASE_SENT;
	dispatch_finish(&connection->exchange);
	return reply_send(&connection->exchange, connection->handle);
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

/* On the writer's thread: the reply is filled. */
static void
on_written(struct writer_job *job, void *context)
{
	struct exchange *exchange =
	    (struct exchange *)(void *)((char *)job -
					offsetof(struct exchange, job));
	struct connection *connection =
	    (struct connection *)(void *)((char *)exchange -
					  offsetof(
					      struct connection, exchange));

	(void)context;
	connection->phase = PHASE_READY;
	MHD_resume_connection(connection->handle);
}

/* Once suspended the connection may be resumed, and gone, at any moment. */
static enum MHD_Result
wait_for_writer(struct connection *connection)
{
	struct exchange *exchange = &connection->exchange;
	struct writer *writer = exchange->service->writer;

	if (!writer_reserve(writer)) {
		problem_reply(exchange, PROBLEM_BUSY, NULL);
		return send_reply(connection);
	}
	connection->phase = PHASE_WAITING;
	exchange->job.done = on_written;
	MHD_suspend_connection(connection->handle);
	writer_submit(writer, &exchange->job);
	return MHD_YES;
}

static enum MHD_Result
take_body(struct connection *connection, const char *data, size_t *len)
{
	struct exchange *exchange = &connection->exchange;

	if (*len > 0) {
		strbuf_add(&exchange->request.body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (exchange->request.body.error != 0)
		problem_reply(exchange, PROBLEM_INTERNAL, NULL);
	else if (dispatch_handle(exchange) == HANDLED_LATER)
		return wait_for_writer(connection);
	return send_reply(connection);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *handle, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **own)
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

/* Answered, or given up: the connection waits for its next request. */
static void
on_completed(void *context, struct MHD_Connection *handle, void **own,
    enum MHD_RequestTerminationCode code)
{
	struct connection *connection = *own;
	struct server *server = context;

	(void)handle;
	(void)code;
	*own = NULL;
	if (connection == NULL || connection->phase == PHASE_IDLE)
		return;
	connection->phase = PHASE_IDLE;
	exchange_deinit(&connection->exchange);
	give_time(connection);
	atomic_fetch_sub(&server->busy, 1);
}

/* Paths are decoded by route.c, which knows what may stand in them. */
static size_t
leave_escaped(void *context, struct MHD_Connection *handle, char *text)
{
	(void)context;
	(void)handle;
	return strlen(text);
}

static void on_complaint(void *context, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Much of what the library complains about is what strangers send. */
static void
on_complaint(void *context, const char *format, va_list args)
{
	static struct log_gate gate = LOG_GATE(5);
	char text[512], shown[LOG_TEXT_MAX];
	int len = vsnprintf(text, sizeof(text), format, args);

	(void)context;
	while (len > 0 && len < (int)sizeof(text) && text[len - 1] == '\n')
		text[--len] = '\0';
	if (log_gate_open(&gate, "http_complaint"))
		log_info("http_complaint text=%s", log_escape(text, shown));
}

/* --- the server ----------------------------------------------------------- */

int
server_listen(const struct settings *settings, struct server_sockets *sockets)
{
	const struct settings_list *list = &settings->httpapi.listen;

	sockets->count = 0;
	if (list->count > SERVER_SOCKETS_MAX) {
		log_error("setting name=httpapi.listen most=%d "
			  "reason=\"too many addresses\"",
		    SERVER_SOCKETS_MAX);
		return ERROR_LIMIT;
	}
	for (size_t i = 0; i < list->count; i++) {
		int fd = listen_open(list->items[i], LISTEN_STREAM);
		char text[LISTEN_TEXT_MAX];

		if (fd < 0) {
			server_close(sockets);
			return fd;
		}
		sockets->fds[sockets->count++] = fd;
		log_notice("listening protocol=http address=%s",
		    listen_format(fd, text));
	}
	return 0;
}

void
server_close(struct server_sockets *sockets)
{
	for (size_t i = 0; i < sockets->count; i++)
		close(sockets->fds[i]);
	sockets->count = 0;
}

static unsigned
thread_count(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	/* One is no pool to the library. */
	if (processors < 2)
		return 2;
	return processors < THREADS_MAX ? (unsigned)processors : THREADS_MAX;
}

/*
 * Not MHD_OPTION_STRICT_FOR_CLIENT: what it would refuse, request.c refuses
 * with a proper reply (the library's own comes with its header twice).
 */
static struct MHD_Daemon *
start_daemon(struct server *server, int fd, const struct settings *settings)
{
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_complaint, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, fd, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, thread_count(), NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, settings->httpapi.connections,
		    NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		/* Beside the absolute deadline: for what is merely idle. */
		{ MHD_OPTION_CONNECTION_TIMEOUT,
		    settings->httpapi.request_seconds, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection,
		    server },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line,
		    server },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, server },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
				    MHD_ALLOW_SUSPEND_RESUME |
				    MHD_USE_ERROR_LOG,
	    0, may_connect, server, on_request, server, MHD_OPTION_ARRAY,
	    options, MHD_OPTION_END);
}

static int
start_daemons(struct server *server, const struct settings *settings)
{
	for (size_t i = 0; i < server->sockets.count; i++) {
		server->daemons[i] =
		    start_daemon(server, server->sockets.fds[i], settings);
		if (server->daemons[i] == NULL) {
			log_error("http_not_started reason=\"%s\"",
			    error_text(-errno));
			return -EIO;
		}
		server->daemon_count++;
	}
	return 0;
}

int
server_start(struct service *service, const struct settings *settings,
    struct server_sockets *sockets, struct server **out)
{
	struct server *server = calloc(1, sizeof(*server));
	size_t clients = (size_t)settings->httpapi.connections;
	int code;

	if (server == NULL)
		return -ENOMEM;
	server->service = service;
	server->sockets = *sockets;
	sockets->count = 0;
	deadlines_init(&server->deadlines);
	code = limit_new(clients * server->sockets.count + 1, &server->limit);
	if (code == 0)
		code = start_daemons(server, settings);
	if (code != 0)
		server_stop(server);
	else
		*out = server;
	return code;
}

void
server_expire(struct server *server)
{
	static struct log_gate gate = LOG_GATE(5);
	unsigned expired =
	    deadlines_expire(&server->deadlines, clock_monotonic_ms());

	if (expired == 0)
		return;
	atomic_fetch_add(&server->service->counters.requests_expired, expired);
	if (log_gate_open(&gate, "connections_expired"))
		log_info("connections_expired count=%u", expired);
}

void
server_quiesce(struct server *server)
{
	for (size_t i = 0; i < server->daemon_count; i++)
		MHD_quiesce_daemon(server->daemons[i]);
}

void
server_stop(struct server *server)
{
	const struct timespec step = { .tv_nsec = GRACE_STEP_MS * 1000000 };

	if (server == NULL)
		return;
	for (int waited = 0;
	     atomic_load(&server->busy) > 0 && waited < GRACE_MS;
	     waited += GRACE_STEP_MS)
		nanosleep(&step, NULL);
	for (size_t i = 0; i < server->daemon_count; i++)
		MHD_stop_daemon(server->daemons[i]);
	server_close(&server->sockets);
	limit_free(server->limit);
	deadlines_deinit(&server->deadlines);
	free(server);
}
