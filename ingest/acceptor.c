#include "ingest/acceptor.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/error.h"
#include "common/listen.h"
#include "common/log.h"

/* Connections taken at a time before those that are open are heard again. */
#define BATCH 64

/*
 * Pause after an accept() that failed for want of descriptors or memory: some
 * connections end meanwhile, and a client does not notice.
 */
#define PAUSE_MS 200

struct door {
	struct door *next;
	struct acceptor *acceptor;
	struct event event;
	int fd;
	acceptor_came *came;
	void *context;
};

struct acceptor {
	struct event_base *base;
	struct event again;
	struct door *doors;
};

static void
set_open(struct acceptor *acceptor, bool open)
{
	for (struct door *door = acceptor->doors; door != NULL;
	     door = door->next) {
		if (open)
			event_add(&door->event, NULL);
		else
			event_del(&door->event);
	}
}

static void
on_again(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	set_open(context, true);
}

static void
pause_all(struct acceptor *acceptor, int error)
{
	static struct log_gate gate = LOG_GATE(5);
	const struct timeval pause = { 0, PAUSE_MS * 1000 };

	if (log_gate_open(&gate, "accept_failed"))
		log_warning("accept_failed reason=\"%s\"", error_text(-error));
	set_open(acceptor, false);
	event_add(&acceptor->again, &pause);
}

/* Errors of the connection that was to be, accept(2). */
static bool
is_clients_error(int error)
{
	static const int errors[] = { EINTR, ECONNABORTED, ENETDOWN, EPROTO,
		ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
		ENETUNREACH, EPERM };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i] == error)
			return true;
	}
	return false;
}

static void
on_accept(evutil_socket_t socket, short what, void *context)
{
	const struct door *door = context;

	(void)what;
	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_storage address = { 0 };
		socklen_t len = sizeof(address);
		int fd = accept4(socket, (struct sockaddr *)&address, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			door->came(
			    door->context, fd, (struct sockaddr *)&address);
		} else if (errno == EAGAIN) {
			return;
		} else if (!is_clients_error(errno)) {
			pause_all(door->acceptor, errno);
			return;
		}
	}
}

int
acceptor_listen(struct acceptor *acceptor, const char *where,
    const char *protocol, acceptor_came *came, void *context)
{
	struct door *door = calloc(1, sizeof(*door));
	char text[LISTEN_TEXT_MAX];
	int fd = door == NULL ? -ENOMEM : listen_open(where, LISTEN_STREAM);

	if (fd < 0) {
		free(door);
		return fd;
	}
	*door = (struct door){ .next = acceptor->doors,
		.acceptor = acceptor,
		.fd = fd,
		.came = came,
		.context = context };
	event_assign(&door->event, acceptor->base, fd, EV_READ | EV_PERSIST,
	    on_accept, door);
	acceptor->doors = door;
	log_notice("listening protocol=%s address=%s", protocol,
	    listen_format(fd, text));
	return 0;
}

bool
acceptor_listens(const struct acceptor *acceptor)
{
	return acceptor->doors != NULL;
}

void
acceptor_begin(struct acceptor *acceptor)
{
	set_open(acceptor, true);
}

struct acceptor *
acceptor_new(struct event_base *base)
{
	struct acceptor *acceptor = calloc(1, sizeof(*acceptor));

	if (acceptor == NULL)
		return NULL;
	acceptor->base = base;
	evtimer_assign(&acceptor->again, base, on_again, acceptor);
	return acceptor;
}

void
acceptor_free(struct acceptor *acceptor)
{
	struct door *next;

	if (acceptor == NULL)
		return;
	set_open(acceptor, false);
	event_del(&acceptor->again);
	for (struct door *door = acceptor->doors; door != NULL; door = next) {
		next = door->next;
		close(door->fd);
		free(door);
	}
	free(acceptor);
}
