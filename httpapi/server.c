#include "httpapi/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/listen.h"
#include "common/log.h"
#include "httpapi/certificate.h"
#include "httpapi/connection.h"
#include "httpapi/lane.h"
#include "httpapi/turn.h"

/* RFC 9325: TLS 1.2 at least, and of its suites what we would choose. */
#define PRIORITIES                                                             \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

/* More threads than this answer no faster: LMDB readers share one lock. */
#define THREADS_MAX 16

/* How long a stopping server waits for replies under way. */
#define GRACE_MS 2000
#define GRACE_STEP_MS 10

struct server {
	struct MHD_Daemon *daemons[SERVER_SOCKETS_MAX];
	size_t daemon_count;
	struct server_sockets sockets;
	struct connections connections;
};

/* --- what the library asks ------------------------------------------------ */

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

static int
listen_to(
    const struct settings_list *list, bool tls, struct server_sockets *sockets)
{
	for (size_t i = 0; i < list->count; i++) {
		int fd = listen_open(list->items[i], LISTEN_STREAM);
		char text[LISTEN_TEXT_MAX];

		if (fd < 0)
			return fd;
		sockets->tls[sockets->count] = tls;
		sockets->fds[sockets->count++] = fd;
		log_notice("listening protocol=%s address=%s",
		    tls ? "https" : "http", listen_format(fd, text));
	}
	return 0;
}

int
server_listen(const struct settings *settings, struct server_sockets *sockets)
{
	const struct settings_list *plain = &settings->httpapi.listen;
	const struct settings_list *tls = &settings->httpapi.tls_listen;
	int code;

	sockets->count = 0;
	if (plain->count + tls->count > SERVER_SOCKETS_MAX) {
		log_error("setting_refused name=httpapi.listen most=%d "
			  "reason=\"too many addresses\"",
		    SERVER_SOCKETS_MAX);
		return ERROR_LIMIT;
	}
	code = listen_to(plain, false, sockets);
	if (code == 0)
		code = listen_to(tls, true, sockets);
	if (code != 0)
		server_close(sockets);
	return code;
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
start_daemon(
    struct server *server, size_t socket, const struct settings *settings)
{
	const bool tls = server->sockets.tls[socket];
	struct connections *all = &server->connections;
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_complaint, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, server->sockets.fds[socket], NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, thread_count(), NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, settings->httpapi.connections,
		    NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, REQUEST_MEMORY, NULL },
		/* Beside the absolute deadline: for what is merely idle. */
		{ MHD_OPTION_CONNECTION_TIMEOUT,
		    settings->httpapi.request_seconds, NULL },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)connection_changed,
		    all },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)turn_begin, all },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)turn_end, all },
		{ MHD_OPTION_END, 0, NULL },
	};

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
				    MHD_ALLOW_SUSPEND_RESUME |
				    MHD_USE_ERROR_LOG | (tls ? MHD_USE_TLS : 0),
	    0, connection_allowed, all, turn_go_on, all, MHD_OPTION_ARRAY,
	    options, tls ? MHD_OPTION_HTTPS_CERT_CALLBACK2 : MHD_OPTION_END,
	    certificate_choose, MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES,
	    MHD_OPTION_END);
}

static int
start_daemons(struct server *server, const struct settings *settings)
{
	for (size_t i = 0; i < server->sockets.count; i++) {
		server->daemons[i] = start_daemon(server, i, settings);
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
	server->connections.service = service;
	server->sockets = *sockets;
	sockets->count = 0;
	deadlines_init(&server->connections.deadlines);
	linger_init(&server->connections.linger);
	clients = clients * server->sockets.count + 1;
	code = limit_new(clients, &server->connections.clients);
	if (code == 0)
		code = limit_new(clients, &server->connections.networks);
	if (code == 0)
		code = lanes_new(&server->connections.lanes);
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
	unsigned expired = deadlines_expire(
	    &server->connections.deadlines, clock_monotonic_ms());

	deadlines_rouse(&server->connections.deadlines);
	linger_go_on(&server->connections.linger, clock_monotonic_ms());
	if (expired == 0)
		return;
	atomic_fetch_add(
	    &server->connections.service->counters.requests_expired, expired);
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
	     atomic_load(&server->connections.busy) > 0 && waited < GRACE_MS;
	     waited += GRACE_STEP_MS)
		nanosleep(&step, NULL);
	for (size_t i = 0; i < server->daemon_count; i++)
		MHD_stop_daemon(server->daemons[i]);
	server_close(&server->sockets);
	limit_free(server->connections.clients);
	limit_free(server->connections.networks);
	lanes_free(server->connections.lanes);
	deadlines_deinit(&server->connections.deadlines);
	linger_deinit(&server->connections.linger);
	free(server);
}
