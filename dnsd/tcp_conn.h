#ifndef DNSD_TCP_CONN_H
#define DNSD_TCP_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/ipaddr.h"
#include "dnsd/framing.h"
#include "dnsd/worker.h"

/*
 * One connection: queries in, answers out in the order they came, any number
 * of queries on the way (RFC 7766). While the client does not take its answers
 * no more is read from it.
 */
struct tcp_conn {
	int fd; /* -1: nobody's */
	struct ipaddr client, network;
	struct framing in;
	bool ended; /* the client will send no more */

	/* The next answer, for the caller to lend the connection to. */
	struct transfer_request *wanted;
	bool lent; /* it has: leave the socket alone */

	uint8_t *pending; /* answers the socket did not take yet */
	size_t pending_len, pending_at;

	/* Of the monotonic clock. */
	int64_t began_ms;
	int64_t active_ms;  /* the last whole query, or the beginning */
	int64_t partial_ms; /* since when half a query is here; 0 none */
	int64_t pending_ms; /* since when answers wait */
};

/* Room for answers on the way to a socket, one for all connections. */
struct tcp_scratch {
	uint8_t octets[2 * (2 + DNS_MESSAGE_MAX)];
	size_t len;
};

/* What counts as one client: an address, or an IPv6 /64. */
struct ipaddr tcp_conn_network(const struct ipaddr *client);

/* Takes the descriptor over. */
void tcp_conn_open(
    struct tcp_conn *conn, int fd, const struct ipaddr *client, int64_t now_ms);
void tcp_conn_close(struct tcp_conn *conn);

/*
 * Goes on where it can: writes what waits, reads, answers. Does not wait.
 * Returns 0, or a negative code when the connection is done for: the client
 * has gone or speaks no DNS.
 */
int tcp_conn_serve(struct tcp_conn *conn, struct worker *worker,
    struct tcp_scratch *scratch, int64_t now_ms);

/* Does it wait for the socket to take answers, rather than for queries? */
bool tcp_conn_is_pending(const struct tcp_conn *conn);

/* Is everything written that comes before a transfer? */
bool tcp_conn_is_wanted(const struct tcp_conn *conn);
/* Given back: it goes on as if the transfer had been an answer. */
void tcp_conn_resume(struct tcp_conn *conn, int64_t now_ms);

/* Idle, slow or old beyond what is granted? */
bool tcp_conn_is_expired(
    const struct tcp_conn *conn, int64_t idle_ms, int64_t now_ms);

#endif
