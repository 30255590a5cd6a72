#include "ingest/smtp_server.h"

#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/error.h"
#include "common/listen.h"
#include "common/listen_passed.h"
#include "common/log.h"
#include "ingest/smtp_server_private.h"

/*
 * Octets of messages that are not complete, over all sessions; a few of the
 * largest at least.
 */
#define MEMORY_MAX (128LL << 20)
#define MEMORY_MESSAGES 4

/* How long clients may take to hear of a shutdown. */
#define STOP_MS 3000

static struct timeval
milliseconds(long ms)
{
	return (struct timeval){ ms / 1000, ms % 1000 * 1000 };
}

/* --- letting clients in --------------------------------------------------- */

static void
turn_away(struct smtp_server *server, int fd, const struct ipaddr *peer,
    enum client_limit_verdict verdict)
{
	static struct log_gate gate = LOG_GATE(10);
	bool all = verdict == CLIENT_LIMIT_ALL;
	char text[512], client[IPADDR_TEXT_MAX];
	int len;

	if (log_gate_open(&gate, "turned_away"))
		log_notice("turned_away client=%s reason=%s",
		    ipaddr_format(peer, client),
		    all ? "connections" : "per_client");
	len = snprintf(text, sizeof(text),
	    "421 4.7.0 %s Too many connections%s, try again later\r\n",
	    server->rules.hostname, all ? "" : " from your network");
	/* A new socket takes a line; when not, the close says it as well. */
	(void)send(fd, text, (size_t)len, MSG_NOSIGNAL);
}

/* Says so when it begins. */
static void
note_crowd(struct smtp_server *server)
{
	static struct log_gate gate = LOG_GATE(2);
	bool crowded = client_limit_is_crowded(&server->limit);

	if (crowded && !server->crowded && log_gate_open(&gate, "crowded"))
		log_warning("crowded connections=%zu limit=%u",
		    server->limit.count, server->limit.connections);
	server->crowded = crowded;
}

bool
smtp_server_admit(
    struct smtp_server *server, int fd, const struct ipaddr *client)
{
	static const struct ipaddr local;
	bool trusted = ipaddr_equal(client, &local) ||
		       smtp_peers_have(&server->peers, client);
	enum client_limit_verdict verdict =
	    client_limit_enter(&server->limit, client, trusted);

	if (verdict != CLIENT_LIMIT_OK)
		turn_away(server, fd, client, verdict);
	else
		note_crowd(server);
	return verdict == CLIENT_LIMIT_OK;
}

static void
admit(struct smtp_server *server, int fd, const struct sockaddr *address,
    bool lmtp)
{
	struct smtp_caller caller = { .fd = fd, .lmtp = lmtp };
	const int on = 1;

	/* A local socket has no address, and file permissions instead. */
	if (address->sa_family == AF_UNIX)
		caller.local = true;
	else if (ipaddr_from_sockaddr(address, &caller.address) != 0) {
		close(fd);
		return;
	}
	if (!smtp_server_admit(server, fd, &caller.address)) {
		close(fd);
		return;
	}
	/* Replies are whole as they are sent. */
	if (!caller.local)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	server->accepted++;
	smtp_connection_open(server, &caller);
}

static void
admit_smtp(void *context, int fd, const struct sockaddr *address)
{
	admit(context, fd, address, false);
}

static void
admit_lmtp(void *context, int fd, const struct sockaddr *address)
{
	admit(context, fd, address, true);
}

/* --- settings ------------------------------------------------------------- */

static int
read_hostname(const struct settings *settings, char *name, size_t size)
{
	if (settings->ingest.hostname[0] != '\0')
		snprintf(name, size, "%s", settings->ingest.hostname);
	else if (gethostname(name, size) != 0)
		return -errno;
	name[size - 1] = '\0';
	return 0;
}

static void
set_times(struct smtp_server *server, const struct settings *settings)
{
	server->command_ms = settings->ingest.command_seconds * 1000;
	server->session_ms = settings->ingest.session_seconds * 1000;
	server->greeting_ms = settings->ingest.greeting_seconds * 1000;
	server->memory_max = MEMORY_MESSAGES * settings->ingest.message_bytes;
	if (server->memory_max < MEMORY_MAX)
		server->memory_max = MEMORY_MAX;
}

int
smtp_server_check(const struct settings *settings)
{
	char hostname[sizeof(((struct smtp_rules *)NULL)->hostname)];
	struct smtp_peers peers = { .xclient.count = 0 };
	struct smtp_tls *tls = NULL;
	int code = read_hostname(settings, hostname, sizeof(hostname));

	if (code == 0)
		code = smtp_peers_read(settings, &peers);
	if (code == 0 && settings->ingest.tls_certificate[0] != '\0')
		code = smtp_tls_open(settings, &tls);
	smtp_tls_close(tls);
	smtp_peers_free(&peers);
	return code;
}

int
smtp_server_apply(struct smtp_server *server, const struct settings *settings)
{
	struct smtp_rules rules = {
		.message_bytes = (size_t)settings->ingest.message_bytes,
		.recipients = (unsigned)settings->ingest.recipients,
		.commands = (unsigned)settings->ingest.commands,
	};
	struct smtp_peers peers = { .xclient.count = 0 };
	struct smtp_tls *tls = NULL;
	int code =
	    read_hostname(settings, rules.hostname, sizeof(rules.hostname));

	if (code == 0)
		code = smtp_peers_read(settings, &peers);
	if (code == 0)
		code = smtp_tls_open(settings, &tls);
	if (code == 0)
		code = client_limit_change(&server->limit,
		    (unsigned)settings->ingest.connections,
		    (unsigned)settings->ingest.per_client);
	if (code != 0) {
		smtp_tls_close(tls);
		smtp_peers_free(&peers);
		return code;
	}
	smtp_tls_close(server->tls);
	smtp_peers_free(&server->peers);
	rules.tls = tls != NULL;
	server->rules = rules;
	server->tls = tls;
	server->peers = peers;
	set_times(server, settings);
	return 0;
}

/* --- start ---------------------------------------------------------------- */

/* Whoever may write to a local socket may connect to it. */
static int
share(const char *path, const char *group)
{
	const struct group *entry = getgrnam(group);
	char shown[LOG_TEXT_MAX];
	int code = entry == NULL ? ERROR_NOT_FOUND : 0;

	if (code == 0 && (chown(path, (uid_t)-1, entry->gr_gid) != 0 ||
			     chmod(path, 0660) != 0))
		code = -errno;
	if (code != 0)
		log_error("not_shared path=%s group=%s reason=\"%s\"",
		    log_escape(path, shown), group, error_text(code));
	return code;
}

static int
listen_for_lmtp(
    struct smtp_server *server, const char *where, const char *group)
{
	int code = acceptor_listen(
	    server->acceptor, where, "lmtp", admit_lmtp, server);

	/* Of one that was passed in the manager has decided. */
	if (code == 0 && where[0] == '/' && group[0] != '\0' &&
	    listen_passed_count(where, LISTEN_STREAM) == 0)
		code = share(where, group);
	return code;
}

static int
listen_for_all(struct smtp_server *server, const struct settings *settings)
{
	const struct settings_list *smtp = &settings->ingest.listen;
	const struct settings_list *lmtp = &settings->ingest.lmtp_listen;
	int code = 0;

	for (size_t i = 0; code == 0 && i < smtp->count; i++)
		code = acceptor_listen(server->acceptor, smtp->items[i], "smtp",
		    admit_smtp, server);
	for (size_t i = 0; code == 0 && i < lmtp->count; i++)
		code = listen_for_lmtp(
		    server, lmtp->items[i], settings->ingest.lmtp_group);
	return code;
}

/*
 * One thread uses it, and no descriptor stands for the same socket as another:
 * then libevent needs no locks, and fewer calls of the kernel.
 */
static struct event_base *
new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL) {
		event_config_set_flag(
		    config, EVENT_BASE_FLAG_NOLOCK |
				EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	return base;
}

int
smtp_server_open(const struct settings *settings, struct smtp_server **opened)
{
	struct smtp_server *server = calloc(1, sizeof(*server));
	int code = -ENOMEM;

	if (server == NULL)
		return code;
	server->base = new_base();
	if (server->base != NULL)
		server->acceptor = acceptor_new(server->base);
	if (server->acceptor != NULL)
		code = listen_for_all(server, settings);
	if (code != 0) {
		smtp_server_close(server);
		return code;
	}
	*opened = server;
	return 0;
}

/* --- the loop ------------------------------------------------------------- */

struct event_base *
smtp_server_loop(const struct smtp_server *server)
{
	return server->base;
}

static void
on_signal(evutil_socket_t fd, short what, void *context)
{
	struct smtp_server *server = context;

	(void)fd;
	(void)what;
	server->on_signal(server->context);
}

/* How often the service manager may be told that the loop goes round. */
#define ALIVE_MS 1000

static void
on_alive(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	daemon_alive();
}

static void
on_collect(evutil_socket_t fd, short what, void *context)
{
	struct smtp_server *server = context;

	(void)fd;
	(void)what;
	recorder_collect(server->recorder);
}

/* Calls `each` for all connections, which may go in it. */
static void
for_each(struct smtp_server *server, void (*each)(struct connection *))
{
	struct connection *connection = server->connections;

	while (connection != NULL) {
		struct connection *next = smtp_connection_next(connection);

		each(connection);
		connection = next;
	}
}

static void
on_cut_off(evutil_socket_t fd, short what, void *context)
{
	struct smtp_server *server = context;

	(void)fd;
	(void)what;
	server->is_cut_off = true;
	for_each(server, smtp_connection_cut_off);
}

void
smtp_server_idle(struct smtp_server *server)
{
	if (server->stopping)
		event_base_loopbreak(server->base);
}

void
smtp_server_stop(struct smtp_server *server)
{
	struct timeval patience = milliseconds(STOP_MS);

	if (server->stopping)
		return;
	server->stopping = true;
	acceptor_free(server->acceptor);
	server->acceptor = NULL;
	event_add(&server->cut_off, &patience);
	for_each(server, smtp_connection_stop);
	if (server->connections == NULL)
		smtp_server_idle(server);
}

int
smtp_server_run(struct smtp_server *server, struct mailboxes *mailboxes,
    struct recorder *recorder, int signal_fd, void (*signalled)(void *context),
    void *context)
{
	struct timeval alive = milliseconds(ALIVE_MS);
	int code;

	server->mailboxes = mailboxes;
	server->recorder = recorder;
	server->on_signal = signalled;
	server->context = context;
	event_assign(&server->signal, server->base, signal_fd,
	    EV_READ | EV_PERSIST, on_signal, server);
	event_assign(&server->collect, server->base, recorder_fd(recorder),
	    EV_READ | EV_PERSIST, on_collect, server);
	evtimer_assign(&server->cut_off, server->base, on_cut_off, server);
	event_assign(
	    &server->alive, server->base, -1, EV_PERSIST, on_alive, server);
	event_add(&server->signal, NULL);
	event_add(&server->collect, NULL);
	event_add(&server->alive, &alive);
	acceptor_begin(server->acceptor);
	code = event_base_dispatch(server->base);
	log_notice(
	    "stopped connections=%llu", (unsigned long long)server->accepted);
	return code < 0 ? -EIO : 0;
}

void
smtp_server_close(struct smtp_server *server)
{
	if (server == NULL)
		return;
	for_each(server, smtp_connection_free);
	acceptor_free(server->acceptor);
	smtp_peers_free(&server->peers);
	smtp_tls_close(server->tls);
	client_limit_deinit(&server->limit);
	if (server->base != NULL)
		event_base_free(server->base);
	free(server);
}
