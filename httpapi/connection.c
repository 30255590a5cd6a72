#include "httpapi/connection.h"

#include <gnutls/gnutls.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/log.h"
#include "httpapi/forwarded.h"
#include "httpapi/network.h"
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

struct share {
	unsigned client, network;
};

/* Trusted proxies speak for many and are not bound by the limits for one. */
static struct share
share_of(struct connections *all, const struct ipaddr *peer)
{
	const struct site *site = atomic_load(&all->service->site);

	if (forwarded_is_trusted(peer, site->proxies.list, site->proxies.count))
		return (struct share){ UINT_MAX, UINT_MAX };
	return (struct share){ site->per_client, site->per_network };
}

/* Which setting forbids one more; NULL: none. */
static const char *
look(struct connections *all, const struct ipaddr *peer)
{
	const struct share share = share_of(all, peer);
	struct ipprefix network = network_of(peer);

	if (!limit_allows(all->clients, peer, share.client))
		return "per_client";
	return limit_allows(all->networks, &network.address, share.network)
		   ? NULL
		   : "per_network";
}

/* The same of one that is there: it counts in any case. */
static const char *
take(struct connections *all, const struct ipaddr *peer)
{
	const struct share share = share_of(all, peer);
	struct ipprefix network = network_of(peer);
	bool client = limit_take(all->clients, peer, share.client);
	bool both =
	    limit_take(all->networks, &network.address, share.network) &&
	    client;

	return both ? NULL : client ? "per_network" : "per_client";
}

static void
give(struct connections *all, const struct ipaddr *peer)
{
	struct ipprefix network = network_of(peer);

	limit_give(all->clients, peer);
	limit_give(all->networks, &network.address);
}

static void
count_refused(
    struct connections *all, const struct ipaddr *peer, const char *reason)
{
	static struct log_gate gate = LOG_GATE(5);
	char text[IPADDR_TEXT_MAX];

	atomic_fetch_add(&all->service->counters.connections_refused, 1);
	if (log_gate_open(&gate, "connection_refused"))
		log_notice("connection_refused client=%s reason=%s",
		    ipaddr_format(peer, text), reason);
}

enum MHD_Result
connection_allowed(void *context, const struct sockaddr *sa, socklen_t len)
{
	struct connections *all = context;
	struct ipaddr peer = address_of(len > 0 ? sa : NULL);
	const char *reason = look(all, &peer);

	if (reason == NULL)
		return MHD_YES;
	count_refused(all, &peer, reason);
	return MHD_NO;
}

void
connection_give_time(struct connection *connection)
{
	const struct site *site = atomic_load(&connection->all->service->site);

	atomic_store_explicit(&connection->deadline.at_ms,
	    clock_coarse_ms() + site->request_ms, memory_order_relaxed);
}

void
connection_say(struct connection *connection, const char *text, size_t len)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection->handle, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (info != NULL)
		gnutls_record_send(info->tls_session, text, len);
	else
		send(connection->deadline.fd, text, len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
connection_end(struct connection *connection)
{
	shutdown(connection->deadline.fd, SHUT_RDWR);
}

static void
open_connection(
    struct connections *all, struct MHD_Connection *handle, void **context)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	const union MHD_ConnectionInfo *info;
	const char *reason;
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
	reason = take(all, &connection->peer);
	connection_give_time(connection);
	info =
	    MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD);
	fd = info != NULL ? info->connect_fd : -1;
	deadline_add(&all->deadlines, &connection->deadline, fd);
	atomic_fetch_add(&all->service->counters.connections, 1);
	atomic_fetch_add(&all->service->counters.connections_total, 1);
	if (reason != NULL) {
		count_refused(all, &connection->peer, reason);
		shutdown(fd, SHUT_RDWR);
	}
}

static void
close_connection(struct connections *all, struct connection *connection)
{
	if (connection == NULL)
		return;
	/* Octets that nobody has read would reset it. */
	if (linger_drop(connection->deadline.fd) && connection->refused)
		linger_take(&all->linger, connection->deadline.fd,
		    clock_monotonic_ms());
	/* The library closes the descriptor after this. */
	deadline_remove(&all->deadlines, &connection->deadline);
	give(all, &connection->peer);
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
