#ifndef INGEST_SMTP_CHANNEL_H
#define INGEST_SMTP_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ingest/smtp_tls.h"

/*
 * A connection's octets, in plain text and later through TLS. The socket does
 * not wait, and is waited for as any other: all that TLS has read it has
 * handed over, when the buffer has room for a record (16 KiB).
 */
struct smtp_channel {
	int fd;
	struct ssl_st *tls; /* NULL: plain text */
};

/* Closes the socket, too. */
void smtp_channel_close(struct smtp_channel *channel);

/* How many octets; 0: the end; -EAGAIN: not now; else it is broken. */
ssize_t smtp_channel_recv(
    struct smtp_channel *channel, void *octets, size_t size);
/*
 * The same; what was not sent must be offered again, with more behind it or
 * not.
 */
ssize_t smtp_channel_send(
    struct smtp_channel *channel, const void *octets, size_t len);

/* TLS from now on: 0 or -ENOMEM. */
int smtp_channel_secure(
    struct smtp_channel *channel, const struct smtp_tls *tls);
/*
 * Goes on with TLS's handshake: 0 when it is done, -EAGAIN to be called again
 * when the socket is readable, or writable where *to_write says so, else
 * broken: smtp_tls_reason tells why.
 */
int smtp_channel_handshake(struct smtp_channel *channel, bool *to_write);

/* Nothing will be sent any more; the other end may still send. */
void smtp_channel_finish(struct smtp_channel *channel);

#endif
