#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dnsd/tcp_conn.h"
#include "tests/support/dnsworker.h"
#include "tests/support/insist.h"

/*
 * The first octet says in what pieces the stream comes, the rest is what a
 * client sends before it ends its side. Out comes, whatever the pieces, the
 * answer to each message in its order, up to the first that gets none or is
 * longer than any we take: there the connection ends.
 */
#define NOW 1000000 /* of the clock, in ms */
#define STREAM_MOST 60000

static struct tcp_scratch scratch;
static struct tcp_conn conn;
static uint8_t got[1 << 22];
static size_t got_len;

static void
take(int client)
{
	ssize_t n;

	while ((n = recv(client, got + got_len, sizeof(got) - got_len,
		    MSG_DONTWAIT)) > 0)
		got_len += (size_t)n;
}

/* Serves as long as there is anything to do; 0, or how it ended. */
static int
serve(struct worker *worker, int client)
{
	int error;

	do {
		error = tcp_conn_serve(&conn, worker, &scratch, NOW);
		take(client);
	} while (error == 0 && tcp_conn_is_pending(&conn));
	insist(!tcp_conn_is_expired(&conn, 1, NOW));
	return error;
}

static int
send_pieces(struct worker *worker, int client, size_t step, const uint8_t *data,
    size_t size)
{
	int error = 0;

	for (size_t at = 0; at < size && error == 0; at += step) {
		size_t len = size - at < step ? size - at : step;

		insist(send(client, data + at, len, 0) == (ssize_t)len);
		error = serve(worker, client);
	}
	if (error == 0) {
		shutdown(client, SHUT_WR);
		error = serve(worker, client);
	}
	return error;
}

/* What must have come: all of it and nothing else. */
static void
check(struct worker *worker, const uint8_t *data, size_t size)
{
	static uint8_t answer[DNS_MESSAGE_MAX];
	size_t at = 0, got_at = 0;

	worker_begin(worker);
	while (size - at >= 2) {
		size_t len = (size_t)data[at] << 8 | data[at + 1], answer_len;

		at += 2;
		if (len > FRAMING_SIZE - 2 || len > size - at)
			break;
		answer_len = dnsworker_plain(data + at, len, true, answer);
		if (answer_len == 0)
			break;
		insist(got_len - got_at >= 2 + answer_len);
		insist(got[got_at] == answer_len >> 8);
		insist(got[got_at + 1] == (answer_len & 255));
		insist(memcmp(got + got_at + 2, answer, answer_len) == 0);
		got_at += 2 + answer_len;
		at += len;
	}
	worker_end(worker);
	insist(got_at == got_len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct worker *worker = dnsworker();
	struct ipaddr address = dnsworker_client();
	int fds[2];

	if (size == 0 || size > STREAM_MOST)
		return 0;
	worker->rules->cookies = false; /* they tell the second */
	insist(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
	tcp_conn_open(&conn, fds[0], &address, NOW);
	got_len = 0;
	/* However it ends, it ends. */
	insist(
	    send_pieces(worker, fds[1], 1 + data[0], data + 1, size - 1) < 0);
	take(fds[1]);
	tcp_conn_close(&conn);
	close(fds[1]);
	check(worker, data + 1, size - 1);
	return 0;
}
