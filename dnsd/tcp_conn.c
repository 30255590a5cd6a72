#include "dnsd/tcp_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"

/*
 * A query is a segment or two: a client that has sent half of one sends the
 * rest at once, or means no good.
 */
#define PARTIAL_MS 3000

/* For the other direction, where a bad line may lose a segment twice. */
#define PENDING_MS 10000

/* However busy: nobody keeps a place for ever. */
#define LIFE_MS (10 * 60 * 1000)

#define IPV6_CLIENT 64

#define READS 4 /* of one connection, before the others' turn */

struct ipaddr
tcp_conn_network(const struct ipaddr *client)
{
	return ipaddr_is_ipv4(client) ? *client
				      : ipaddr_masked(client, IPV6_CLIENT);
}

void
tcp_conn_open(
    struct tcp_conn *conn, int fd, const struct ipaddr *client, int64_t now_ms)
{
	conn->fd = fd;
	conn->client = *client;
	conn->network = tcp_conn_network(client);
	framing_init(&conn->in);
	conn->ended = false;
	conn->wanted = NULL;
	conn->lent = false;
	conn->pending = NULL;
	conn->began_ms = conn->active_ms = now_ms;
	conn->partial_ms = conn->pending_ms = 0;
}

void
tcp_conn_close(struct tcp_conn *conn)
{
	close(conn->fd);
	transfer_request_free(conn->wanted);
	conn->wanted = NULL;
	conn->lent = false;
	free(conn->pending);
	conn->pending = NULL;
	conn->fd = -1;
}

bool
tcp_conn_is_pending(const struct tcp_conn *conn)
{
	return conn->pending != NULL;
}

bool
tcp_conn_is_wanted(const struct tcp_conn *conn)
{
	return conn->wanted != NULL && conn->pending == NULL;
}

void
tcp_conn_resume(struct tcp_conn *conn, int64_t now_ms)
{
	conn->lent = false;
	conn->active_ms = now_ms;
}

bool
tcp_conn_is_expired(
    const struct tcp_conn *conn, int64_t idle_ms, int64_t now_ms)
{
	if (conn->lent)
		return false;
	if (now_ms - conn->began_ms >= LIFE_MS)
		return true;
	if (conn->pending != NULL)
		return now_ms - conn->pending_ms >= PENDING_MS;
	if (conn->partial_ms != 0 && now_ms - conn->partial_ms >= PARTIAL_MS)
		return true;
	return now_ms - conn->active_ms >= idle_ms;
}

/* --- out ------------------------------------------------------------------ */

/* How much the socket took; negative when it is broken. */
static ssize_t
write_some(int fd, const uint8_t *octets, size_t len)
{
	ssize_t n = send(fd, octets, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static int
write_pending(struct tcp_conn *conn)
{
	ssize_t n = write_some(conn->fd, conn->pending + conn->pending_at,
	    conn->pending_len - conn->pending_at);

	if (n < 0)
		return (int)n;
	conn->pending_at += (size_t)n;
	if (conn->pending_at == conn->pending_len) {
		free(conn->pending);
		conn->pending = NULL;
	}
	return 0;
}

/* Sends what was answered; keeps what the socket does not take. */
static int
flush(struct tcp_conn *conn, struct tcp_scratch *scratch, int64_t now_ms)
{
	ssize_t n = write_some(conn->fd, scratch->octets, scratch->len);
	size_t rest;

	if (n < 0)
		return (int)n;
	rest = scratch->len - (size_t)n;
	scratch->len = 0;
	if (rest == 0)
		return 0;
	conn->pending = malloc(rest);
	if (conn->pending == NULL)
		return -ENOMEM;
	memcpy(conn->pending, scratch->octets + n, rest);
	conn->pending_len = rest;
	conn->pending_at = 0;
	conn->pending_ms = now_ms;
	return 0;
}

/* --- in ------------------------------------------------------------------- */

/* One answer behind those in the scratch, which has room for any. */
static int
answer(struct tcp_conn *conn, struct worker *worker,
    struct tcp_scratch *scratch, const uint8_t *message, size_t message_len)
{
	uint8_t *to = scratch->octets + scratch->len;
	struct worker_query query;
	size_t len;

	worker_read(worker, message, message_len, &query);
	len = worker_answer(
	    worker, &conn->client, true, &query, to + 2, DNS_MESSAGE_MAX);
	conn->wanted = worker->wanted;
	worker->wanted = NULL;
	if (conn->wanted != NULL)
		return 0;

	/* What gets no answer is no query; the next would not be one. */
	if (len == 0)
		return ERROR_FORMAT;
	dns_store_u16(to, (uint16_t)len);
	scratch->len += 2 + len;
	return 0;
}

/*
 * All whole messages, as long as the client takes the answers. Returns how
 * many, or a negative code.
 */
static int
answer_all(struct tcp_conn *conn, struct worker *worker,
    struct tcp_scratch *scratch, int64_t now_ms)
{
	int64_t began_us = clock_monotonic_us();
	const uint8_t *message;
	int count = 0, error = 0;
	size_t len;

	scratch->len = 0;
	while (error == 0 && conn->pending == NULL && conn->wanted == NULL) {
		error = framing_next(&conn->in, &message, &len);
		if (error != 0)
			break;
		if (count++ == 0)
			worker_begin(worker);
		error = answer(conn, worker, scratch, message, len);
		if (scratch->len > sizeof(scratch->octets) / 2 && error == 0)
			error = flush(conn, scratch, now_ms);
	}
	if (count > 0)
		worker_end(worker);
	/* What came before the mistake is still answered. */
	if (scratch->len > 0 && flush(conn, scratch, now_ms) != 0)
		return -EPIPE;
	if (count > 0)
		counters_add_time(&worker->counters, (uint64_t)count,
		    clock_monotonic_us() - began_us);
	return error == 0 || error == ERROR_NOT_FOUND ? count : error;
}

/* 1 when something came, 0 when nothing is there, or a negative code. */
static int
read_some(struct tcp_conn *conn)
{
	size_t room;
	uint8_t *to = framing_room(&conn->in, &room);
	ssize_t n = recv(conn->fd, to, room, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		conn->ended = true;
	framing_got(&conn->in, (size_t)n);
	return n > 0;
}

/* The clocks of RFC 7766 section 6.2.3: whole messages count. */
static void
note(struct tcp_conn *conn, int answered, int64_t now_ms)
{
	if (answered > 0) {
		conn->active_ms = now_ms;
		conn->partial_ms = 0;
	}
	if (framing_partial(&conn->in) == 0)
		conn->partial_ms = 0;
	else if (conn->partial_ms == 0)
		conn->partial_ms = now_ms;
}

int
tcp_conn_serve(struct tcp_conn *conn, struct worker *worker,
    struct tcp_scratch *scratch, int64_t now_ms)
{
	int error = conn->pending != NULL ? write_pending(conn) : 0;

	for (unsigned i = 0;
	     error == 0 && conn->pending == NULL && conn->wanted == NULL; i++) {
		int answered = answer_all(conn, worker, scratch, now_ms), got;

		if (answered < 0)
			return answered;
		note(conn, answered, now_ms);
		if (conn->pending != NULL || conn->wanted != NULL || i == READS)
			return 0;
		if (conn->ended)
			return -EPIPE;
		got = read_some(conn);
		if (got < 0)
			error = got;
		else if (got == 0 && !conn->ended)
			return 0;
	}
	return error;
}
