#include "httpapi/connection.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/log.h"
#include "httpapi/forwarded.h"
#include "httpapi/site.h"

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

void
connection_give_time(struct connection *connection)
{
	const struct site *site = atomic_load(&connection->all->service->site);

	atomic_store_explicit(&connection->deadline.at_ms,
	    clock_coarse_ms() + site->request_ms, memory_order_relaxed);
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
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	connection->peer = address_of(info != NULL ? info->client_addr : NULL);
	connection->tls = MHD_get_connection_info(handle,
			      MHD_CONNECTION_INFO_GNUTLS_SESSION) != NULL;
	within = limit_take(
	    all->limit, &connection->peer, share_of(all, &connection->peer));
	connection_give_time(connection);
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
