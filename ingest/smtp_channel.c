#include "ingest/smtp_channel.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The other end should know that nothing was cut off. */
static void
say_goodbye(SSL *tls)
{
	if (tls != NULL && SSL_is_init_finished(tls) &&
	    (SSL_get_shutdown(tls) & SSL_SENT_SHUTDOWN) == 0)
		SSL_shutdown(tls);
}

void
smtp_channel_close(struct smtp_channel *channel)
{
	say_goodbye(channel->tls);
	SSL_free(channel->tls);
	channel->tls = NULL;
	close(channel->fd);
}

/* OpenSSL leaves word of errors for whoever asks next; that is us. */
static ssize_t
outcome(struct smtp_channel *channel, int done, size_t len)
{
	if (done > 0)
		return (ssize_t)len;
	switch (SSL_get_error(channel->tls, done)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	default:
		return -EPIPE;
	}
}

static ssize_t
plain_outcome(ssize_t len)
{
	if (len >= 0)
		return len;
	return errno == EINTR ? -EAGAIN : -errno;
}

ssize_t
smtp_channel_recv(struct smtp_channel *channel, void *octets, size_t size)
{
	size_t len = 0;
	int done;

	if (channel->tls == NULL)
		return plain_outcome(recv(channel->fd, octets, size, 0));
	ERR_clear_error();
	done = SSL_read_ex(channel->tls, octets, size, &len);
	return outcome(channel, done, len);
}

ssize_t
smtp_channel_send(struct smtp_channel *channel, const void *octets, size_t len)
{
	size_t sent = 0;
	int done;

	if (channel->tls == NULL)
		return plain_outcome(
		    send(channel->fd, octets, len, MSG_NOSIGNAL));
	ERR_clear_error();
	done = SSL_write_ex(channel->tls, octets, len, &sent);
	return outcome(channel, done, sent);
}

int
smtp_channel_secure(struct smtp_channel *channel, const struct smtp_tls *tls)
{
	channel->tls = smtp_tls_connection(tls, channel->fd);
	return channel->tls != NULL ? 0 : -ENOMEM;
}

int
smtp_channel_handshake(struct smtp_channel *channel, bool *to_write)
{
	int done;

	ERR_clear_error();
	errno = 0;
	done = SSL_accept(channel->tls);
	if (done == 1)
		return 0;
	*to_write = SSL_get_error(channel->tls, done) == SSL_ERROR_WANT_WRITE;
	return (int)outcome(channel, done, 0) == -EAGAIN ? -EAGAIN : -EPIPE;
}

void
smtp_channel_finish(struct smtp_channel *channel)
{
	say_goodbye(channel->tls);
	shutdown(channel->fd, SHUT_WR);
}
