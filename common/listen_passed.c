#include "common/listen_passed.h"

#include <fcntl.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "common/listen.h"
#include "common/log.h"

/* More is no use: dnsd has at most 64 workers, each with a socket. */
#define PASSED_MAX 256

static struct passed {
	int fd, type;
	bool both; /* families, at "*" */
	struct listen_address address;
	unsigned taken;
} passed[PASSED_MAX];
static unsigned passed_count;
static bool is_known;

static bool
parse(const char *text, struct listen_address *address, bool *both)
{
	*both = text[0] == '*';
	return listen_parse(text, address) == 0;
}

/* What it is bound to, as a setting would name it. */
static void
know(int fd)
{
	struct passed *own = &passed[passed_count];
	socklen_t len = sizeof(own->type);
	char text[LISTEN_TEXT_MAX];

	*own = (struct passed){ .fd = fd };
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &own->type, &len) != 0 ||
	    !parse(listen_format(fd, text), &own->address, &own->both)) {
		log_warning("socket_unused fd=%d reason=\"no address\"", fd);
		return;
	}
	/* Whoever bound it may have meant others, which block. */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	passed_count++;
}

/* The environment is cleared, should we ever start something. */
static void
know_all(void)
{
	int count;

	if (is_known)
		return;
	is_known = true;
	count = sd_listen_fds(1);
	for (int i = 0; i < count && passed_count < PASSED_MAX; i++)
		know(SD_LISTEN_FDS_START + i);
}

static bool
is_at(const struct passed *own, const struct listen_address *address, bool both,
    unsigned options)
{
	int type = options & LISTEN_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;

	return own->type == type && own->both == both &&
	       own->address.len == address->len &&
	       memcmp(&own->address.sa, &address->sa, address->len) == 0;
}

unsigned
listen_passed_count(const char *text, unsigned options)
{
	struct listen_address address;
	unsigned count = 0;
	bool both;

	know_all();
	if (passed_count == 0 || !parse(text, &address, &both))
		return 0;
	for (unsigned i = 0; i < passed_count; i++)
		count += is_at(&passed[i], &address, both, options);
	return count;
}

static struct passed *
least_taken(const char *text, unsigned options)
{
	struct listen_address address;
	struct passed *least = NULL;
	bool both;

	know_all();
	if (passed_count == 0 || !parse(text, &address, &both))
		return NULL;
	for (unsigned i = 0; i < passed_count; i++) {
		if (is_at(&passed[i], &address, both, options) &&
		    (least == NULL || passed[i].taken < least->taken))
			least = &passed[i];
	}
	return least;
}

int
listen_passed_take(const char *text, unsigned options)
{
	struct passed *own = least_taken(text, options);

	if (own == NULL)
		return -1;
	return own->taken++ == 0 ? own->fd : fcntl(own->fd, F_DUPFD_CLOEXEC, 0);
}

void
listen_passed_check(void)
{
	char text[LISTEN_TEXT_MAX];

	know_all();
	for (unsigned i = 0; i < passed_count; i++) {
		if (passed[i].taken == 0)
			log_warning("socket_unused address=%s kind=%s "
				    "reason=\"no setting names it\"",
			    listen_format(passed[i].fd, text),
			    passed[i].type == SOCK_DGRAM ? "datagram"
							 : "stream");
	}
}
