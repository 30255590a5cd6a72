#ifndef HTTPAPI_SERVER_H
#define HTTPAPI_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/settings.h"
#include "httpapi/service.h"

/*
 * The HTTP server on libmicrohttpd: threads, connections, their limits and
 * deadlines. A pool of threads, each with its own epoll, answers look-ups at
 * once; a request that has to wait for a commit waits without a thread.
 */
struct server;

/* Listening sockets, opened before privileges are dropped. */
#define SERVER_SOCKETS_MAX 8
struct server_sockets {
	int fds[SERVER_SOCKETS_MAX];
	bool tls[SERVER_SOCKETS_MAX];
	size_t count;
};
/* 0, or a negative code after one log line; nothing is then open. */
int server_listen(
    const struct settings *settings, struct server_sockets *sockets);
void server_close(struct server_sockets *sockets);

/* Takes the sockets over: *sockets is then empty. 0 or a negative code. */
int server_start(struct service *service, const struct settings *settings,
    struct server_sockets *sockets, struct server **server);

/*
 * Cuts off what is past its deadline, and what has hung up. To be called a few
 * times a second.
 */
void server_expire(struct server *server);

/* No new connection comes in from here on. */
void server_quiesce(struct server *server);
/*
 * Ends the connections; replies under way get a moment. Nothing may wait for
 * writer, prover or feeder any more: stop them between the two.
 */
void server_stop(struct server *server);

#endif
