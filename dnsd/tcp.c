#include "dnsd/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "dnsd/tcp_conn.h"

#define EVENTS 64
#define ACCEPTS 32   /* of one listener, before the others' turn */
#define SWEEP_MS 250 /* how late a time limit may strike */

/* What an event of epoll is about; the connections' places come behind. */
enum source { SOURCE_WAKE, SOURCE_CONN, SOURCE_LISTENER, SOURCE_TRANSFERS };

struct tcp {
	int epoll;
	const int *listeners;
	unsigned listener_count;
	struct worker *worker;
	struct transfers *transfers;
	struct transfer_limit transfer_limit;
	struct tcp_scratch scratch;
	int64_t swept_ms;

	/* The first `open` of the order are in use, the rest free. */
	struct tcp_conn *conns;
	unsigned *order;
	unsigned size, open;
};

static int
watch(struct tcp *tcp, int op, int fd, uint32_t events, enum source source,
    unsigned number)
{
	struct epoll_event event = { .events = events,
		.data.u64 = (uint64_t)source << 32 | number };

	return epoll_ctl(tcp->epoll, op, fd, &event) == 0 ? 0 : -errno;
}

int
tcp_new(const int *listeners, unsigned count, unsigned connections,
    struct worker *worker, struct transfers *transfers, struct tcp **tcp)
{
	struct tcp *fresh = calloc(1, sizeof(*fresh));
	int error = 0;

	if (fresh == NULL)
		return -ENOMEM;
	fresh->listeners = listeners;
	fresh->listener_count = count;
	fresh->worker = worker;
	fresh->transfers = transfers;
	fresh->size = connections;
	fresh->conns = calloc(connections, sizeof(*fresh->conns));
	fresh->order = calloc(connections, sizeof(*fresh->order));
	fresh->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (fresh->conns == NULL || fresh->order == NULL || fresh->epoll < 0)
		error = -ENOMEM;
	for (unsigned i = 0; error == 0 && i < connections; i++)
		fresh->order[i] = i;
	for (unsigned i = 0; error == 0 && i < count; i++)
		error = watch(fresh, EPOLL_CTL_ADD, listeners[i], EPOLLIN,
		    SOURCE_LISTENER, i);
	if (error == 0 && transfers != NULL)
		error = watch(fresh, EPOLL_CTL_ADD, transfers_fd(transfers),
		    EPOLLIN, SOURCE_TRANSFERS, 0);
	if (error != 0) {
		tcp_free(fresh);
		return error;
	}
	*tcp = fresh;
	return 0;
}

void
tcp_free(struct tcp *tcp)
{
	if (tcp == NULL)
		return;
	for (unsigned i = 0; i < tcp->open; i++)
		tcp_conn_close(&tcp->conns[tcp->order[i]]);
	if (tcp->epoll >= 0)
		close(tcp->epoll);
	free(tcp->conns);
	free(tcp->order);
	free(tcp);
}

/* --- places --------------------------------------------------------------- */

static struct tcp_conn *
conn_at(const struct tcp *tcp, unsigned i)
{
	return &tcp->conns[tcp->order[i]];
}

/* Frees the i-th place in use; the last one in use takes its number. */
static void
drop(struct tcp *tcp, unsigned i)
{
	unsigned place = tcp->order[i];

	tcp_conn_close(&tcp->conns[place]);
	tcp->open--;
	tcp->order[i] = tcp->order[tcp->open];
	tcp->order[tcp->open] = place;
}

static void
drop_conn(struct tcp *tcp, const struct tcp_conn *conn)
{
	unsigned i = 0;

	while (conn_at(tcp, i) != conn)
		i++;
	drop(tcp, i);
}

/*
 * The connection that has not sent a whole query for the longest time; one
 * with a transfer on it is at work. False where all are.
 */
static bool
evict(struct tcp *tcp)
{
	unsigned oldest = tcp->open;

	for (unsigned i = 0; i < tcp->open; i++) {
		if (!conn_at(tcp, i)->lent &&
		    (oldest == tcp->open ||
			conn_at(tcp, i)->active_ms <
			    conn_at(tcp, oldest)->active_ms))
			oldest = i;
	}
	if (oldest == tcp->open)
		return false;
	drop(tcp, oldest);
	counter_add(&tcp->worker->counters.tcp_evicted, 1);
	return true;
}

static bool
has_too_many(const struct tcp *tcp, const struct ipaddr *client)
{
	struct ipaddr network = tcp_conn_network(client);
	unsigned count = 0;

	for (unsigned i = 0; i < tcp->open; i++)
		count += ipaddr_equal(&conn_at(tcp, i)->network, &network);
	return count >= tcp->worker->rules->tcp_per_client;
}

static void
sweep(struct tcp *tcp, int64_t now_ms)
{
	int64_t idle_ms = tcp->worker->rules->tcp_idle_seconds * INT64_C(1000);

	if (now_ms - tcp->swept_ms < SWEEP_MS)
		return;
	tcp->swept_ms = now_ms;
	for (unsigned i = tcp->open; i-- > 0;) {
		if (!tcp_conn_is_expired(conn_at(tcp, i), idle_ms, now_ms))
			continue;
		drop(tcp, i);
		counter_add(&tcp->worker->counters.tcp_expired, 1);
	}
}

/* --- new ones ------------------------------------------------------------- */

static int
next_client(struct tcp *tcp, int listener, struct ipaddr *client)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = accept4(listener, (struct sockaddr *)&peer, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	/* Descriptors are places, too. */
	if (fd < 0 && (errno == EMFILE || errno == ENFILE) && tcp->open > 0) {
		evict(tcp);
		return -EAGAIN;
	}
	if (fd < 0)
		return -errno;
	if (ipaddr_from_sockaddr((struct sockaddr *)&peer, client) != 0) {
		close(fd);
		return -EAFNOSUPPORT;
	}
	return fd;
}

static void
admit(struct tcp *tcp, int fd, const struct ipaddr *client, int64_t now_ms)
{
	static const int on = 1;
	unsigned place;

	if (has_too_many(tcp, client) ||
	    (tcp->open == tcp->size && !evict(tcp))) {
		counter_add(&tcp->worker->counters.tcp_refused, 1);
		close(fd);
		return;
	}
	place = tcp->order[tcp->open];
	if (watch(tcp, EPOLL_CTL_ADD, fd, EPOLLIN, SOURCE_CONN, place) != 0) {
		close(fd);
		return;
	}
	/* Answers are written whole: there is nothing to wait for. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	tcp_conn_open(&tcp->conns[place], fd, client, now_ms);
	tcp->open++;
	counter_add(&tcp->worker->counters.tcp_accepted, 1);
}

static void
accept_some(struct tcp *tcp, int listener, int64_t now_ms)
{
	static struct log_gate gate = LOG_GATE(5);

	for (unsigned i = 0; i < ACCEPTS; i++) {
		struct ipaddr client;
		int fd = next_client(tcp, listener, &client);

		if (fd >= 0)
			admit(tcp, fd, &client, now_ms);
		else if (fd == -EAGAIN)
			return;
		else if (log_gate_open(&gate, "accept_failed"))
			log_warning(
			    "accept_failed reason=\"%s\"", error_text(fd));
	}
}

/* --- transfers ------------------------------------------------------------ */

static bool
has_place(const struct tcp *tcp, const struct tcp_conn *conn, int64_t now_ms)
{
	const struct rules *rules = tcp->worker->rules;

	return tcp->transfers != NULL &&
	       transfers_count(tcp->transfers) < rules->transfers &&
	       transfer_limit_allows(&tcp->transfer_limit, &conn->network,
		   &rules->transfer_bounds, now_ms);
}

/* Until it comes back nothing is read from it. */
static int
lend(struct tcp *tcp, struct tcp_conn *conn, int64_t now_ms)
{
	struct transfer_request *request = conn->wanted;

	conn->wanted = NULL;
	transfer_limit_begin(&tcp->transfer_limit, &conn->network, now_ms);
	epoll_ctl(tcp->epoll, EPOLL_CTL_DEL, conn->fd, NULL);
	conn->lent = true;
	return transfers_add(
	    tcp->transfers, request, conn->fd, (unsigned)(conn - tcp->conns));
}

/* --- events --------------------------------------------------------------- */

static void
serve(struct tcp *tcp, unsigned place, int64_t now_ms)
{
	struct tcp_conn *conn = &tcp->conns[place];
	bool was_pending;

	/* Closed since the event was fetched. */
	if (conn->fd < 0)
		return;
	was_pending = tcp_conn_is_pending(conn);
	tcp->worker->transfer_place = has_place(tcp, conn, now_ms);
	if (tcp_conn_serve(conn, tcp->worker, &tcp->scratch, now_ms) != 0 ||
	    (tcp_conn_is_wanted(conn) && lend(tcp, conn, now_ms) != 0)) {
		drop_conn(tcp, conn);
		return;
	}
	if (conn->lent)
		return;
	if (tcp_conn_is_pending(conn) != was_pending)
		watch(tcp, EPOLL_CTL_MOD, conn->fd,
		    was_pending ? EPOLLIN : EPOLLOUT, SOURCE_CONN, place);
}

static void
take_back(struct tcp *tcp, int64_t now_ms)
{
	unsigned place;
	bool ended_well;

	while (transfers_take(tcp->transfers, &place, &ended_well)) {
		struct tcp_conn *conn = &tcp->conns[place];

		transfer_limit_end(&tcp->transfer_limit, &conn->network);
		if (!ended_well || watch(tcp, EPOLL_CTL_ADD, conn->fd, EPOLLIN,
				       SOURCE_CONN, place) != 0) {
			drop_conn(tcp, conn);
			continue;
		}
		tcp_conn_resume(conn, now_ms);
		/* More may have come already. */
		serve(tcp, place, now_ms);
	}
}

static void
handle(struct tcp *tcp, uint64_t event, int wake, int64_t now_ms)
{
	unsigned number = (unsigned)event;
	eventfd_t value;

	switch ((enum source)(event >> 32)) {
	case SOURCE_CONN:
		serve(tcp, number, now_ms);
		break;
	case SOURCE_LISTENER:
		accept_some(tcp, tcp->listeners[number], now_ms);
		break;
	case SOURCE_TRANSFERS:
		take_back(tcp, now_ms);
		break;
	case SOURCE_WAKE:
		eventfd_read(wake, &value);
		worker_take_rules(tcp->worker);
		break;
	}
}

void
tcp_run(struct tcp *tcp, int wake, const atomic_bool *stop)
{
	struct epoll_event events[EVENTS];

	watch(tcp, EPOLL_CTL_ADD, wake, EPOLLIN, SOURCE_WAKE, 0);
	while (!atomic_load(stop)) {
		int count = epoll_wait(
		    tcp->epoll, events, EVENTS, tcp->open > 0 ? SWEEP_MS : -1);
		int64_t now_ms = clock_monotonic_ms();

		for (int i = 0; i < count; i++)
			handle(tcp, events[i].data.u64, wake, now_ms);
		sweep(tcp, now_ms);
	}
}
