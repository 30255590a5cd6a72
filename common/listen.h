#ifndef COMMON_LISTEN_H
#define COMMON_LISTEN_H

#include <sys/socket.h>

/*
 * Sockets that wait for others: "192.0.2.1:53", "[::1]:53", "*:53" (both
 * families through one socket), "/run/bsbl/lmtp" (a local stream socket).
 * "[::]:53" takes IPv6 alone. Port 0 lets the kernel choose.
 */
struct listen_address {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* 0 or ERROR_FORMAT. */
int listen_parse(const char *text, struct listen_address *address);

enum listen_option {
	LISTEN_STREAM = 0,
	LISTEN_DATAGRAM = 1,
	LISTEN_REUSEPORT = 2, /* several workers, a socket each */
};

/*
 * A non-blocking, close-on-exec socket bound to `text` (listening when it is a
 * stream). A stale local socket of ours is replaced. Returns the descriptor or
 * a negative code, after one log line that names the address and the reason
 * ("address in use", "needs the right to bind ports below 1024").
 *
 * A socket that was passed in for that address comes first (listen_passed.h).
 *
 * With LISTEN_REUSEPORT the kernel lets another process of the same user share
 * the address: open one socket without it first to be told.
 */
int listen_open(const char *text, unsigned options);

#define LISTEN_TEXT_MAX 128
/* The bound address as `text` above would write it. */
char *listen_format(int fd, char text[LISTEN_TEXT_MAX]);

#endif
